"""The rows of the newsletter, one file a noun."""

from .dispatches import Chunk, Delivery, Dispatch, Slot
from .ebooks import Ebook, EbookGrant
from .issues import IssuePage, NewsletterPage
from .letter_texts import LetterText
from .subscribers import Consent, ConsentWording, Subscriber
from .suppression import Suppression

__all__ = [
    "Chunk",
    "Consent",
    "ConsentWording",
    "Delivery",
    "Dispatch",
    "Ebook",
    "EbookGrant",
    "IssuePage",
    "LetterText",
    "NewsletterPage",
    "Slot",
    "Subscriber",
    "Suppression",
]
