"""A subscriber moves to another mailbox: both ends have a say."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class AddressChange(models.Model):
    """One wish for another address; forgotten after a month (`newsletter.keeping`).

    `newsletter.actions.address_changes` alone writes the moments, by conditional update, in this order:

    asked_at      on the subscriber's own page, by a link that was mailed to the old address
    looked_at     the worker has posted the letter to the new address, or has decided that none may go there
    done_at       the button in that letter was pressed: the address is changed, and the old one is told
    put_back_at   whoever reads the old mailbox said "this was not me"
    """

    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="address_changes")
    old_email = models.EmailField(max_length=320)
    new_email = models.EmailField(max_length=320)
    asked_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    put_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("id",), condition=Q(looked_at=None), name="address_change_waiting")
        ]

    def __str__(self) -> str:
        return f"Address change {self.pk}"
