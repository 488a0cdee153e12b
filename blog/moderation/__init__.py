"""The moderators' desk in Wagtail's admin: one queue, one page a comment, decisions one by one or many at once."""
