"""The picture that stands for a page where somebody shares its address."""

from blog.social_cards.drawing import HEIGHT, WIDTH, draw_card
from blog.social_cards.words import CardWords

__all__ = ["HEIGHT", "WIDTH", "CardWords", "draw_card"]
