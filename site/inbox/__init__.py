"""A local mailbox for a laptop: a small SMTP server that keeps what it gets, and a page at /mail/ to read it."""
