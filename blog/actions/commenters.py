"""Who writes from one mailbox: found by its normal form, known again without an account."""

from blog.models import Commenter
from guard.addresses import InvalidAddressError, fingerprint, normalise


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
