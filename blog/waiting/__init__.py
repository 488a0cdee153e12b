"""What waits for one person: the panel on the admin's first page."""
