"""The page of the monthly draft in the admin."""
