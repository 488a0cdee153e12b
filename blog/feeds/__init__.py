"""Feeds in full text: RSS 2.0 and JSON Feed 1.1, of the site, of one author, of one topic."""
