"""What can be done with articles and comments: one file a noun, functions that raise `BlogError`."""
