"""Articles, authors, topics and moderated comments. Knows nothing of the newsletter."""
