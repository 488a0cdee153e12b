"""The ledger of a dispatch: the order, the chunks it is cut into, the open connections, and one row per outcome."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from newsletter.models.subject_tests import TESTED, Lot, SubjectTest
from newsletter.wall_clock import site_zone

CAMPAIGNS = "newsletter.senders.campaigns.CampaignSender"  # the kind of sender that makes a campaign at Mailchimp
AHEAD = timedelta(minutes=20)  # a campaign is made so long before its moment, which Mailchimp then keeps


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    """Reads of dispatches."""

    def due(self) -> "DispatchQuerySet":
        """Scheduled ones whose moment has come."""
        now = timezone.now()
        is_due = Q(due_at__lte=now) | Q(due_at__lte=now + AHEAD, backend=CAMPAIGNS)
        return self.filter(is_due, state=Dispatch.State.SCHEDULED)

    def scheduled_as(self, dispatch: "Dispatch") -> "DispatchQuerySet":
        """This one, if it still waits for the moment that was read: moved or launched meanwhile, it is not here."""
        return self.filter(pk=dispatch.pk, state=Dispatch.State.SCHEDULED, due_at=dispatch.due_at)

    def running(self) -> "DispatchQuerySet":
        """Those that workers may hand messages over for."""
        return self.filter(state=Dispatch.State.RUNNING)


class Dispatch(models.Model):
    """One run that sends one issue.

    Only `newsletter.actions` changes `state`:

    scheduled -> running <-> paused
    scheduled -> held -> scheduled     (too late, another list, another text than was approved: a person decides)
    running <-> done                   (back, when a person has held readers sent to once more)
    scheduled, held, running, paused -> cancelled

    After a pause or a cancellation is committed no message leaves, save those already past their gate: one per
    open connection.

    The segment's rule is copied when the order is given; the content and whom the rule meant at that moment are
    frozen at the launch (the chunks hold their keys). Nobody who joins the list or the segment later is added, and
    who leaves the segment still gets the issue: a segment is the editors' choice, not the reader's consent. Who
    leaves the list, pauses or asks for big news only is skipped to the last moment.
    """

    class State(models.TextChoices):
        SCHEDULED = "scheduled", "scheduled"
        HELD = "held", "held"
        RUNNING = "running", "running"
        PAUSED = "paused", "paused"
        DONE = "done", "done"
        CANCELLED = "cancelled", "cancelled"

    issue = models.ForeignKey("newsletter.IssuePage", on_delete=models.PROTECT, related_name="dispatches")
    state = models.CharField(max_length=10, choices=State, default=State.SCHEDULED)
    due_at = models.DateTimeField(default=timezone.now)
    zone = models.CharField(
        max_length=64, default=site_zone, help_text="Whose wall clocks its moments are shown by: the site's, then."
    )
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ordered_at = models.DateTimeField(default=timezone.now)
    expected = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Readers to whom whoever ordered agreed; with many more or fewer it asks again.",
    )
    doubts = models.JSONField(default=list, blank=True, help_text="What the checks said that stops nobody.")
    reason = models.CharField(max_length=500, blank=True, help_text="Why it goes out all the same.")
    launched_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=250, blank=True)
    alarmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When returned mail or complaints paused it, which they do once."
    )

    # Copied from the segment when the order was given. Without a name: everybody.
    segment_name = models.CharField(max_length=80, blank=True)
    segment_rule = models.JSONField(default=dict, blank=True, help_text="See newsletter.segments.")
    segment_words = models.TextField(blank=True, help_text="The rule as it reads.")

    # Frozen at launch.
    candidates = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(
        default=dict,
        blank=True,
        help_text="How many on the list it was not for, by the reasons of newsletter.audience.",
    )
    is_big_news = models.BooleanField(default=False)
    backend = models.CharField(
        max_length=200,
        blank=True,
        help_text="The kind of sender that every connection opens, whatever the settings say meanwhile. A campaign is "
        "one from the order on.",
    )
    subject = models.CharField(max_length=250, blank=True)
    sender = models.CharField(max_length=400, blank=True, help_text="The From header.")
    reply_to = models.CharField(max_length=320, blank=True)
    html = models.TextField(blank=True, help_text="With placeholders where a reader's own words and links go.")
    text = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "dispatches"
        permissions = [  # noqa: RUF012 - Django's own type
            ("send_issue", "Can send issues to all readers"),
            ("approve_issue", "Can approve issues that others wrote"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Two clicks, two editors, a button and a command: one dispatch.
            models.UniqueConstraint(fields=("issue",), condition=~Q(state="cancelled"), name="one_dispatch_per_issue")
        ]

    def __str__(self) -> str:
        return f"Dispatch {self.pk} of {self.issue}"

    @property
    def is_campaign(self) -> bool:
        """Whether Mailchimp sends it."""
        return self.backend == CAMPAIGNS

    @property
    def test(self) -> SubjectTest | None:
        """Its test of two subjects, if it has one."""
        if self._state.adding:  # a trial, of which the database knows nothing
            found: SubjectTest | None = self._state.fields_cache.get("subject_test")
            return found
        return getattr(self, "subject_test", None)


class Chunk(models.Model):
    """Some subscribers, leased to one worker at a time; done when each of them has an outcome.

    With two subjects it waits once those of its readers who test have one, until the better subject is chosen.

    `members` holds their keys (`newsletter.audience.pack_keys`). Ranges of a dispatch do not overlap, but others than
    the members may lie in one.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        LEASED = "leased", "leased"
        WAITS = "waits", "waits for the better subject"
        DONE = "done", "done"

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="chunks")
    low = models.PositiveBigIntegerField()
    high = models.PositiveBigIntegerField()
    members = models.BinaryField(default=bytes)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(
        null=True, blank=True, help_text="Set when only deferred or unknown deliveries are left in it."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("dispatch", "low"), name="unique_chunk")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("dispatch", "state", "low"), name="chunk_open")]

    def __str__(self) -> str:
        return f"{self.low}-{self.high} of {self.dispatch_id}"


class Slot(models.Model):
    """One open connection of one worker: it may be handing this message over right now.

    Written before the message can be accepted. A slot of a dead worker whose subscriber has no outcome is the one
    message of that connection of which nobody can say whether it left.
    """

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="slots")
    owner = models.CharField(max_length=80)
    connection = models.PositiveSmallIntegerField()
    subscriber_id = models.PositiveBigIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=1, help_text="Counted before the attempt.")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("owner", "connection"), name="unique_slot")
        ]

    def __str__(self) -> str:
        return f"Connection {self.connection} of {self.owner}"


class Delivery(models.Model):
    """One outcome: this dispatch to this subscriber. No row and no slot: still waiting. Never two rows.

    handed over   a mail server accepted it
    deferred      a passing refusal or fault: tried again at `next_try_at`
    refused       a lasting refusal, or tried too often
    unknown       nobody can say whether it was handed over; sent again once, with the same Message-ID
    held          as unknown, but waits for a person
    skipped       left or suppressed after the launch, has paused, or asked for big news only since
    cancelled     the dispatch was cancelled before its turn, or the reader erased
    """

    class State(models.TextChoices):
        HANDED_OVER = "handed_over", "handed over"
        DEFERRED = "deferred", "deferred"
        REFUSED = "refused", "refused"
        UNKNOWN = "unknown", "unknown"
        HELD = "held", "held"
        SKIPPED = "skipped", "skipped"
        CANCELLED = "cancelled", "cancelled"

    OPEN_STATES = (State.DEFERRED, State.UNKNOWN)

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(
        "newsletter.Subscriber", on_delete=models.SET_NULL, null=True, related_name="deliveries"
    )
    state = models.CharField(max_length=11, choices=State)
    attempts = models.PositiveSmallIntegerField(default=1)
    doubts = models.PositiveSmallIntegerField(
        default=0, help_text="How often nobody could say whether it was handed over. Sent again after the first only."
    )
    next_try_at = models.DateTimeField(null=True, blank=True)
    reply_code = models.PositiveSmallIntegerField(null=True, blank=True)
    reply = models.CharField(max_length=250, blank=True, help_text="What the mail server said, or why not.")
    at = models.DateTimeField(default=timezone.now)
    lot = models.CharField(
        max_length=1,
        blank=True,
        default="",
        db_default="",
        choices=Lot,
        help_text="Of the test of two subjects, if there was one.",
    )

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("dispatch", "subscriber"), name="one_delivery_per_subscriber")
        ]
        indexes: ClassVar[list[models.Index]] = [
            # All counts are read from it alone, and each list and the last minute from a part of it.
            models.Index(fields=("dispatch", "state", "at"), name="delivery_report"),
            models.Index(fields=("dispatch", "state"), condition=Q(doubts__gt=0), name="delivery_doubted"),
            models.Index(fields=("dispatch", "lot", "state"), condition=Q(lot__in=TESTED), name="delivery_tested"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: subscriber {self.subscriber_id} of dispatch {self.dispatch_id}"
