"""The list in the admin: who is on it, how they came, what they got."""
