"""The mailboxes that comments come from."""

from django.db import models
from django.utils import timezone


class Commenter(models.Model):
    """Whoever writes from one mailbox. There are no accounts: trust and history follow the mailbox.

    `key` is `guard.addresses.fingerprint` of the mailbox in its normal form, so that a wish to get no letters outlives
    the erasure of the address. Raising `links_version` makes the links and cookies that were given out worthless, but
    for the ways out of letters.
    """

    key = models.CharField(max_length=64, unique=True)
    mailbox = models.CharField(max_length=320, blank=True, help_text="Empty once it was erased.")
    proven_at = models.DateTimeField(null=True, blank=True, help_text="When a letter there was answered.")
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="Since when no letter may go there.")
    links_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.mailbox or "an erased address"
