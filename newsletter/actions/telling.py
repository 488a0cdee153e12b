"""Telling the earlier readers of a book that a new edition is out: once each, in rows, while nobody waits."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from guard.bells import ring_after_commit
from newsletter import letters
from newsletter.errors import WrongState
from newsletter.models import EbookEdition, EbookGrant, EditionNotice, Subscriber
from newsletter.models.ebooks import EditionQuerySet, grant_expiry
from newsletter.models.subscribers import SubscriberQuerySet

AT_ONCE = 50  # letters in one transaction: a third of a second, in which nobody else can write to SQLite


def earlier_readers(edition: EbookEdition) -> SubscriberQuerySet:
    """Who was given the book before this edition was out, is on the list, has not paused, and was not told yet."""
    had_it = EbookGrant.objects.filter(
        ebook=edition.ebook_id, subscriber=OuterRef("pk"), created_at__lt=edition.published_at
    )
    was_told = EditionNotice.objects.filter(edition=edition, subscriber=OuterRef("pk"))
    return Subscriber.objects.confirmed().unpaused().filter(Exists(had_it), ~Exists(was_told)).order_by("pk")


def why_not_tell(edition: EbookEdition) -> str:
    """Why nobody can be told of this edition now, in words for an editor; empty when they can."""
    newest = EbookEdition.objects.published().filter(ebook=edition.ebook_id).first()
    if edition.published_at > timezone.now():
        return "This edition is not out yet."
    if edition != newest:
        return "There is a newer edition, and it is the one that readers get."
    if edition.telling_since:
        return "Earlier readers have been told, or are being told just now."
    return ""


def order_telling(edition: EbookEdition) -> None:
    """Have all earlier readers told. The row is the order; a worker does the rest. Raises WrongState."""
    from newsletter.tasks import tell_earlier_readers  # noqa: PLC0415 - the task calls this module

    if reason := why_not_tell(edition):
        raise WrongState(reason)
    with transaction.atomic():
        if not EbookEdition.objects.filter(pk=edition.pk, telling_since=None).update(telling_since=timezone.now()):
            raise WrongState("Somebody else was faster: earlier readers are being told.")
        ring_after_commit(tell_earlier_readers, edition.pk)


def unfinished_tellings() -> EditionQuerySet:
    """Editions of which not everybody was told yet."""
    return EbookEdition.objects.filter(telling_since__isnull=False, told_at=None)


@transaction.atomic
def tell_some(pk: int) -> bool:
    """Post the next letters of one telling; False when nobody is left, which ends it.

    A notice and its letter are written together or not at all, so a worker that dies leaves nothing half done; the
    edition is locked meanwhile, so two workers never tell the same readers.
    """
    edition = unfinished_tellings().select_for_update().filter(pk=pk).first()
    if edition is None:
        return False
    readers = list(earlier_readers(edition)[:AT_ONCE])
    for reader in readers:
        EditionNotice.objects.create(edition=edition, subscriber=reader)
        grant = EbookGrant.objects.create(ebook=edition.ebook, subscriber=reader, expires_at=grant_expiry())
        letters.post_new_edition(grant, edition)
    if not readers:
        EbookEdition.objects.filter(pk=pk).update(told_at=timezone.now())
    return bool(readers)
