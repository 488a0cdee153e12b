"""What partners give to subscribers: offers, their codes, and what was redeemed."""

import uuid
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from blog.blocks.boxes import OFFER_LABELS
from newsletter.codes import make_code, show_code


class Partner(models.Model):
    """A practice, shop or course where codes are redeemed. Its page is behind a private link, without a log-in."""

    name = models.CharField(max_length=120)
    place = models.CharField(max_length=200, blank=True, help_text="The address, or how to book: readers see it.")
    is_active = models.BooleanField(default=True, help_text="Switch off, and its link leads nowhere.")
    key_version = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text="Part of the private link; raise it and the earlier link dies."
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class OfferQuerySet(models.QuerySet["Offer"]):
    """Reads of offers."""

    def current(self) -> "OfferQuerySet":
        """Those that can be redeemed today."""
        today = timezone.localdate()
        return self.filter(is_active=True, valid_from__lte=today, valid_until__gte=today, partner__is_active=True)


class Offer(models.Model):
    """One thing a partner gives, from one day to another, both included.

    With codes of their own each subscriber has one that works once; a shared code is the same for all and counted.
    `newsletter.actions.redeeming` alone counts `redeemed`.
    """

    class Kind(models.TextChoices):
        OWN = "own", "a code for each subscriber, good for one time"
        SHARED = "shared", "one code for all subscribers"

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="offers")
    title = models.CharField(max_length=120, help_text="Such as “A third off the class for stiff backs”.")
    what = models.TextField(max_length=600, verbose_name="what readers get")
    for_whom = models.CharField(max_length=200, blank=True, help_text="For whom it is, if not for everybody.")
    terms = models.TextField(max_length=600, help_text="What the practice and the reader must know before they meet.")
    label = models.CharField(
        max_length=10, choices=list(OFFER_LABELS.items()), default="own", help_text="Stands on the offer in words."
    )
    about_health = models.BooleanField(
        default=True,
        verbose_name="it concerns health",
        help_text="A treatment, test, product, course or consultation that is to do somebody good.",
    )
    evidence = models.TextField(
        max_length=600,
        blank=True,
        verbose_name="what the evidence says",
        help_text="Needed if it concerns health: how well it is known to work, and for whom.",
    )
    valid_from = models.DateField(default=timezone.localdate, help_text="The first day.")
    valid_until = models.DateField(help_text="The last day.")
    is_active = models.BooleanField(default=True, help_text="Switch off, and no code of this offer is good any more.")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.OWN, verbose_name="codes")
    shared_code = models.CharField(max_length=12, unique=True, null=True, editable=False)  # noqa: DJ001 - unique or none
    most = models.PositiveIntegerField(
        null=True, blank=True, verbose_name="redemptions, at most", help_text="Empty: as many as there are codes."
    )
    is_for_new = models.BooleanField(
        default=True, verbose_name="for new subscribers", help_text="Everybody who joins gets it in the welcome letter."
    )
    outlives_leaving = models.BooleanField(
        default=True,
        verbose_name="good after leaving",
        help_text="Who leaves the list keeps the code. Off: it is refused from that moment on.",
    )
    redeemed = models.PositiveIntegerField(default=0, editable=False)
    minting_since = models.DateTimeField(null=True, editable=False)
    minted_up_to = models.PositiveBigIntegerField(default=0, editable=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-valid_until", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="offer_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(most=None) | Q(redeemed__lte=F("most")), name="offer_within_its_limit"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Give a shared offer its code. It stays when the kind is changed and changed back."""
        if self.kind == self.Kind.SHARED and not self.shared_code:
            self.shared_code = make_code()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Refuse a period that ends before it begins, and a claim about health that says not what it rests on."""
        super().clean()
        wrong = {}
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            wrong["valid_until"] = "The last day comes before the first one."
        if self.about_health and not self.evidence.strip():
            wrong["evidence"] = "Say how well it is known to work. If nobody knows, say that."
        if self.most is not None and self.most < self.redeemed:
            wrong["most"] = f"{self.redeemed} were redeemed already."
        if wrong:
            raise ValidationError(wrong)

    @property
    def is_over(self) -> bool:
        """Whether its last day has gone by."""
        return timezone.localdate() > self.valid_until


class OfferCode(models.Model):
    """One subscriber's code for one offer.

    open -> redeemed      (a practice marks it as used)
    redeemed -> open      (taken back there within ten minutes)
    open -> void          (an editor)

    `newsletter.actions.redeeming` alone changes `state`, by conditional update. `holder` is a keyed hash of offer and
    inbox: it outlives the subscriber's row, so who is erased and comes back has no second code.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        REDEEMED = "redeemed", "redeemed"
        VOID = "void", "void"

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="codes")
    subscriber = models.ForeignKey(
        "newsletter.Subscriber", null=True, blank=True, on_delete=models.SET_NULL, related_name="offer_codes"
    )
    holder = models.CharField(max_length=64, unique=True, editable=False)
    code = models.CharField(max_length=12, unique=True, default=make_code, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    redeemed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("offer", "state"), name="offer_code_counts")]

    def __str__(self) -> str:
        return show_code(self.code)


class Redemption(models.Model):
    """One time that a practice pressed “Mark as used”, with a code of somebody's own or with a shared one.

    `press` comes from the form: the same press sent twice, by a double click or a reload, is one redemption.
    """

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="redemptions")
    code = models.ForeignKey(OfferCode, null=True, blank=True, on_delete=models.SET_NULL, related_name="redemptions")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="redemptions")
    press = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("partner", "at"), name="redemptions_of_a_day")]

    def __str__(self) -> str:
        return f"{self.offer} at {self.at:%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class OwnOffer:
    """An offer with the code of one subscriber, as it is shown. `is_used`: their own code was redeemed."""

    offer: Offer
    code: str
    is_used: bool = False
