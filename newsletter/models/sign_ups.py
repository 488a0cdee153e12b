"""What visitors sent by the sign-up forms, before anybody has looked whose address it is."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class SignUpRequestQuerySet(models.QuerySet["SignUpRequest"]):
    """Reads of requests."""

    def waiting(self) -> "SignUpRequestQuerySet":
        """Those that the worker has not answered."""
        return self.filter(settled_at=None)


class SignUpRequest(models.Model):
    """One form that was sent. The row is the queue.

    The web process writes it without a look at who is on the list, so that no answer and no stopwatch tells; the worker
    decides and posts the letter (`newsletter.actions.asking`).

    A settled row has lost its address and name. It counts as one sign-up that nobody has confirmed, until its owner
    presses the button in the letter or an hour is over.
    """

    email = models.EmailField(max_length=320, blank=True, help_text="As it was written; wiped when settled.")
    name = models.CharField(max_length=80, blank=True)
    fingerprint = models.CharField(max_length=64, db_index=True)
    form = models.CharField(max_length=40)
    source_url = models.CharField(max_length=500, blank=True)
    wording = models.ForeignKey("newsletter.ConsentWording", on_delete=models.CASCADE, related_name="+")
    follow = models.CharField(max_length=40, blank=True, help_text="What they want to follow: “author-12”.")
    detail = models.CharField(max_length=250, blank=True, help_text="What is special about the address.")
    network = models.CharField(max_length=50, blank=True, help_text="Only where the site keeps networks.")
    asked_at = models.DateTimeField(default=timezone.now, db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = SignUpRequestQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("id",), condition=models.Q(settled_at=None), name="sign_up_waiting"),
        ]

    def __str__(self) -> str:
        return f"Sign-up {self.pk} at {self.asked_at:%Y-%m-%d %H:%M}"


class ConsentOrigin(models.Model):
    """From which network somebody asked or confirmed, where the site has chosen to know.

    A row of its own, because a consent can never be changed and this is forgotten after thirty days.
    """

    consent = models.OneToOneField("newsletter.Consent", on_delete=models.CASCADE, related_name="origin")
    network = models.CharField(max_length=50, help_text="An address of IPv4, a /64 of IPv6.")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.network
