"""What can go wrong with subscribers and issues; actions raise these, the edge translates them."""


class NewsletterError(Exception):
    """Any refusal of the newsletter, in words for a person."""
