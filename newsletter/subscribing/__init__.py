"""What readers do with the list: joining, leaving, their own page, their books and codes."""
