"""The rows of the newsletter, one file a noun."""

from .dispatches import Chunk, Delivery, Dispatch, Slot
from .ebooks import Ebook, EbookGrant
from .imports import ImportLine, SubscriberImport
from .issues import IssuePage, NewsletterPage
from .letter_texts import LetterText
from .segments import Segment
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
    "ImportLine",
    "IssuePage",
    "LetterText",
    "NewsletterPage",
    "Segment",
    "Slot",
    "Subscriber",
    "SubscriberImport",
    "Suppression",
]
