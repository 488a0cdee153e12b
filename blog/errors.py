"""What can go wrong with articles and comments; actions raise these, the edge translates them."""


class BlogError(Exception):
    """Any refusal of the blog, in words for a person."""
