"""Giving a subscriber a book, and counting what is left of the gift."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from guard.limits import EBOOK_LETTERS, take_mailbox_turn
from newsletter import letters
from newsletter.errors import LateLink, NotAllowed
from newsletter.models import Ebook, EbookGrant, Subscriber
from newsletter.models.ebooks import grant_expiry

# A reader program fetches one book in many pieces, and comes back for pages as they are turned.
PIECES_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class OwnBook:
    """A book that a subscriber has or may ask for."""

    ebook: Ebook
    is_had: bool


def grant_ebook(subscriber: Subscriber) -> EbookGrant | None:
    """Give the book that comes first of those on offer; None if there is none."""
    ebook = Ebook.objects.offered().first()
    return EbookGrant.objects.create(ebook=ebook, subscriber=subscriber) if ebook else None


def newest_grant(subscriber: Subscriber) -> EbookGrant | None:
    """The gift a subscriber was given last."""
    return subscriber.ebook_grants.select_related("ebook", "subscriber").order_by("-pk").first()


def books_of(subscriber: Subscriber) -> list[OwnBook]:
    """What a subscriber can have sent: the books on offer, then those that were given to them and no longer are."""
    had = set(subscriber.ebook_grants.values_list("ebook", flat=True))
    offered = list(Ebook.objects.offered())
    earlier = Ebook.objects.filter(pk__in=had - {book.pk for book in offered}).select_related("cover").order_by("-pk")
    return [OwnBook(book, book.pk in had) for book in [*offered, *earlier] if book.newest_edition]


def send_ebook(subscriber: Subscriber, ebook: Ebook) -> None:
    """Mail a link to a book that this subscriber has or may ask for, within the limits of any letter.

    By mail and not on the page, so that a forwarded address of such a page gives nobody else the book.
    Raises NotAllowed.
    """
    if subscriber.state != Subscriber.State.CONFIRMED:
        raise NotAllowed("The e-book is for people on the list.")
    if all(own.ebook.pk != ebook.pk for own in books_of(subscriber)):
        raise NotAllowed("This book is not given away any more.")
    if take_mailbox_turn("ebook", subscriber.mailbox, EBOOK_LETTERS):
        fresh = EbookGrant.objects.create(ebook=ebook, subscriber=subscriber, expires_at=grant_expiry())
        letters.post_ebook_link(fresh)


def renew_grant(grant: EbookGrant) -> None:
    """Mail a new link for the same book to its owner. Raises NotAllowed."""
    send_ebook(grant.subscriber, grant.ebook)


def is_usable(grant: EbookGrant) -> bool:
    """Whether the link still gives the book to somebody who presses it now."""
    return grant.expires_at > timezone.now() and grant.downloads < EbookGrant.MAX_DOWNLOADS


def use_download(grant: EbookGrant, *, is_piece: bool = False) -> None:
    """Count one download; of two at once for the last one, exactly one passes. Raises LateLink when none is left.

    A piece (a range of the file) of a book whose download was counted lately belongs to that one.
    """
    now = timezone.now()
    alive = EbookGrant.objects.filter(pk=grant.pk, expires_at__gt=now)
    if is_piece and alive.filter(last_download_at__gt=now - PIECES_FOR).exists():
        return
    counted = alive.filter(downloads__lt=EbookGrant.MAX_DOWNLOADS)
    if not counted.update(downloads=F("downloads") + 1, last_download_at=now):
        raise LateLink("This link has been used up, or its seven days are over.")
