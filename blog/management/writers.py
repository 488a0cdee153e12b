"""Finds whom an address names, for the commands about everything that somebody wrote."""

from django.core.management.base import CommandError

from blog.actions.commenters import find_commenter
from blog.models import Comment, Commenter
from guard.addresses import InvalidAddressError, fingerprint, normalise


def find_writer(address: str) -> Commenter:
    """Whoever writes from that address, with all comments that carry it, imported ones too.

    Raises CommandError for an address from which nobody wrote.
    """
    try:
        known = Commenter.objects.filter(key=fingerprint(normalise(address)))
    except InvalidAddressError as error:
        raise CommandError(str(error)) from error
    loose = Comment.objects.filter(commenter=None, staff=None, email__iexact=address.strip())
    if loose.exists():
        loose.update(commenter=find_commenter(address))
    found = known.first()
    if found is None:
        raise CommandError(f"Nobody has written from {address}.")
    return found
