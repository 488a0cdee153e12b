"""Management commands of the newsletter."""
