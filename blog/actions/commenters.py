"""Who writes from one mailbox: found by its normal form, known again without an account, written to or left alone."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from blog.commenting import letters
from blog.models import Comment, Commenter
from guard.addresses import InvalidAddressError, fingerprint, normalise
from guard.limits import Limits, take_letter_turn, take_turn
from letters.actions import delete_letters

OF_ALL: Limits = ((timedelta(hours=1), 200),)


def find_commenter(email: str) -> Commenter | None:
    """The row of the mailbox that an address names, made if it is new; None for an address that names none."""
    try:
        mailbox = normalise(email)
    except InvalidAddressError:
        return None
    commenter, is_new = Commenter.objects.get_or_create(key=fingerprint(mailbox), defaults={"mailbox": mailbox})
    if not is_new and not commenter.mailbox:  # it was erased, and somebody writes from it again
        commenter.mailbox = mailbox
        commenter.save(update_fields=["mailbox"])
    return commenter


@transaction.atomic
def ask_for_proof(comment: Comment) -> bool:
    """Post the letter that asks whether the address is the writer's; False where it may not go now.

    At most one in ten minutes and three a day to one inbox, whoever types its address, and so many an hour to all.
    """
    commenter = comment.commenter
    if commenter is None or commenter.stopped_at or comment.proven_at or comment.staff_id or not comment.email:
        return False
    if not take_letter_turn(commenter.mailbox, kind="prove") or not take_turn("prove", OF_ALL):
        return False
    letters.post_prove_address(comment)
    return True


@transaction.atomic
def ask_for_my_comments(email: str, *, by_owner: bool = False) -> bool:
    """Post the link to the list of everything from that mailbox, if there is anything; whether it was posted.

    Where letters are stopped it goes out only for who asks `by_owner`, with a link that came to that mailbox: anybody
    can type its address. Raises InvalidAddressError. The answer must be the same whatever comes of it.
    """
    mailbox = normalise(email)
    may_go = take_letter_turn(mailbox, kind="my comments")
    found = Commenter.objects.filter(key=fingerprint(mailbox), comments__isnull=False).first()
    commenter = found if found and may_go and (by_owner or not found.stopped_at) else None
    letters.post_my_comments(commenter, to=mailbox)
    return commenter is not None


@transaction.atomic
def stop_letters(commenter: Commenter) -> bool:
    """Write to that mailbox no more about comments, and take back what waits; False if that was so already."""
    delete_letters(addresses_of(commenter), kinds=letters.KINDS, only_waiting=True)
    return bool(Commenter.objects.filter(pk=commenter.pk, stopped_at=None).update(stopped_at=timezone.now()))


def resume_letters(commenter: Commenter) -> None:
    """Its owner wants letters again."""
    Commenter.objects.filter(pk=commenter.pk).update(stopped_at=None)


def stop_reply_letters(commenter: Commenter, *, comment: int) -> bool:
    """Tell of no more answers to one comment; False if that was so already, or it is not from that mailbox."""
    return bool(commenter.comments.filter(pk=comment, wants_replies=True).update(wants_replies=False))


def forget_devices(commenter: Commenter) -> None:
    """Make every link and every device that stood for that mailbox worth nothing."""
    Commenter.objects.filter(pk=commenter.pk).update(links_version=F("links_version") + 1)


def addresses_of(commenter: Commenter) -> set[str]:
    """The mailbox in every spelling in which it was given."""
    spellings = Comment.objects.filter(commenter=commenter).order_by().values_list("email", flat=True).distinct()
    return {address for address in (commenter.mailbox, *spellings) if address}
