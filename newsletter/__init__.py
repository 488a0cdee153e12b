"""Subscribers, monthly issues and their dispatch. Knows the blog, not the home app."""
