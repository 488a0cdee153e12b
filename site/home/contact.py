"""A reader's message to the editors: a letter in the outbox, and nothing else that is kept."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from blog.models import ArticlePage
from guard.limits import Limits, take_network_turn, take_turn
from letters.actions import post_letter
from letters.models import Letter

MESSAGES_OF_A_NETWORK: Limits = ((timedelta(hours=1), 5), (timedelta(hours=24), 20))
MESSAGES_OF_A_WRITER: Limits = ((timedelta(hours=1), 5), (timedelta(hours=24), 10))
# What the editors' inbox may get, also from behind a proxy that hides who asks.
MESSAGES_IN_ALL: Limits = ((timedelta(hours=1), 60), (timedelta(hours=24), 300))
THE_SAME_WORDS: Limits = ((timedelta(minutes=10), 1),)


class ContactError(Exception):
    """A message could not be taken; the words say what the reader can do."""


class TooManyMessagesError(ContactError):
    """This network, this writer or all together wrote too often."""


class Subject(models.TextChoices):
    """What a message is about; the words stand in the form and in the letter."""

    MISTAKE = "mistake", "A mistake in an article"
    SITE = "site", "A question about the site"
    SUGGESTION = "suggestion", "A suggestion"
    PRIVACY = "privacy", "What you keep about me"
    OTHER = "other", "Something else"


@dataclass(frozen=True)
class Message:
    """What a reader wrote. `name` and `email` may be empty; `article` is the one that it is about."""

    subject: Subject
    text: str
    name: str = ""
    email: str = ""
    article: ArticlePage | None = None


def find_article(key: str) -> ArticlePage | None:
    """The article that an address names by its number, if readers can see it; None for anything else."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):  # noqa: PLR2004 - what a database key can be
        return None
    return ArticlePage.objects.published().filter(pk=int(key)).first()


@transaction.atomic
def send_message(message: Message, *, to: str, network: str) -> Letter | None:
    """Put the message into the outbox, for the editors at `to`; whoever answers the letter answers the writer.

    The same words within ten minutes are one message: None. Raises TooManyMessagesError.
    """
    words = sha256(repr((message.subject.value, message.email, message.text)).encode()).hexdigest()
    if not take_turn(f"message-words:{words}", THE_SAME_WORDS):
        return None
    _take_turns(message, network)
    context = {
        "message": message,
        "subject": message.subject.label,
        "article_url": message.article.full_url if message.article else "",
        "admin_url": _edit_url(message.article),
    }
    return post_letter("contact", to=to, context=context, headers={"Reply-To": message.email} if message.email else {})


def _take_turns(message: Message, network: str) -> None:
    may_write = take_network_turn(network, kind="message-network", limits=MESSAGES_OF_A_NETWORK)
    if may_write and message.email:
        may_write = take_turn(f"message-writer:{message.email.casefold()}", MESSAGES_OF_A_WRITER)
    if not (may_write and take_turn("message", MESSAGES_IN_ALL)):
        raise TooManyMessagesError("Too many messages lately.")


def _edit_url(article: ArticlePage | None) -> str:
    return settings.SITE_URL + reverse("wagtailadmin_pages:edit", args=[article.pk]) if article else ""
