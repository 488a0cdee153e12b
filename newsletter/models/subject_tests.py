"""Two subjects for one issue: what an editor asks for, and the test as a dispatch carries it out."""

from hashlib import blake2b

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.crypto import get_random_string
from wagtail.models import Page

LEAST_SHARE, MOST_SHARE = 2, 90  # per cent: somebody is in each lot, and somebody is left for the better one
MOST_HOURS = 72
_PLACES = 200  # of the draw: as many of them as the share is per cent make half of the share


class Lot(models.TextChoices):
    """In which lot a reader is: for the whole dispatch, whatever happens to the message."""

    FIRST = "a", "tests the first subject"
    SECOND = "b", "tests the second subject"
    REST = "r", "waits for the better one"


TESTED = (Lot.FIRST, Lot.SECOND)


def draw_salt() -> str:
    """The key of a dispatch's draw: its own, so that nobody is in the first lot every month."""
    return get_random_string(32)


def is_same_subject(first: str, second: str) -> bool:
    """Whether a reader would see no difference; without a second one there is none to see."""
    return bool(second.strip()) and " ".join(first.split()).casefold() == " ".join(second.split()).casefold()


class PageWithTwoSubjects(Page):
    """What an issue says of its second subject; without one, all readers get the same."""

    class Choice(models.TextChoices):
        CLICKS = "clicks", "by what readers do"
        HAND = "hand", "by a person"

    second_subject = models.CharField(
        max_length=150, blank=True, help_text="Empty: every reader gets the subject above. Fields work here as well."
    )
    test_share = models.PositiveSmallIntegerField(
        default=20,
        verbose_name="per cent of the readers who test",
        validators=[MinValueValidator(LEAST_SHARE), MaxValueValidator(MOST_SHARE)],
        help_text="Half of them get the first subject, half the second. All others wait for the better one.",
    )
    test_hours = models.PositiveSmallIntegerField(
        default=4,
        verbose_name="hours to wait",
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)],
        help_text="From the moment at which the last of those who test has got it.",
    )
    test_choice = models.CharField(
        max_length=6,
        choices=Choice,
        default=Choice.CLICKS,
        verbose_name="how the better one is chosen",
        help_text="What readers do decides only where the difference is more than chance. Else the first one is used.",
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Two subjects that are the same are no test. Raises ValidationError."""
        super().clean()
        if is_same_subject(self.subject, self.second_subject):
            raise ValidationError({"second_subject": "This is the first subject again. Write another one, or none."})


class SubjectTest(models.Model):
    """The test of one dispatch, frozen at its launch, and how it was decided.

    Whose lot is which is drawn by a keyed hash of the reader's key, not written down beforehand. `due_at` is empty
    while those who test have not all had their turn. `winner` is set once, by a conditional update in
    `newsletter.actions.choosing_subject`; until then the rest of each chunk waits.
    """

    dispatch = models.OneToOneField("newsletter.Dispatch", on_delete=models.CASCADE, related_name="subject_test")
    subject = models.CharField(max_length=250, help_text="The second one; the first is the dispatch's.")
    share = models.PositiveSmallIntegerField(help_text="Per cent of the readers who test.")
    hours = models.PositiveSmallIntegerField()
    is_by_hand = models.BooleanField(default=False, help_text="A person chooses.")
    salt = models.CharField(max_length=32, default=draw_salt)
    due_at = models.DateTimeField(null=True, blank=True, help_text="When it is to be chosen.")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When a person was asked to choose.")
    winner = models.CharField(max_length=1, blank=True, choices=[(lot.value, lot.label) for lot in TESTED])
    chosen_at = models.DateTimeField(null=True, blank=True)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    words = models.CharField(max_length=500, blank=True, help_text="Why this one.")
    figures = models.JSONField(default=dict, blank=True, help_text="By lot, as they stood when it was chosen.")

    def __str__(self) -> str:
        return f"Subject test of dispatch {self.dispatch_id}"

    def lot_of(self, subscriber_id: int) -> Lot:
        """The same at every call and in every process, so a retry takes the subject of the first try."""
        drawn = blake2b(str(subscriber_id).encode(), key=self.salt.encode(), digest_size=8).digest()
        place = int.from_bytes(drawn) * _PLACES >> 64
        if place < self.share:
            return Lot.FIRST
        return Lot.SECOND if place < 2 * self.share else Lot.REST

    def is_second(self, lot: str) -> bool:
        """Whether readers of this lot get the second subject. Raises ValueError for the rest before it is chosen."""
        if lot == Lot.REST and not self.winner:
            raise ValueError("the better subject is not chosen yet")
        return Lot.SECOND in (lot, self.winner if lot == Lot.REST else "")

    def is_open(self, *, lock: bool = False) -> bool:
        """Whether nobody has chosen yet, as the row stands now. `lock`: nobody does until the transaction ends."""
        if not self.winner:
            rows = SubjectTest.objects.filter(pk=self.pk)
            self.winner = (rows.select_for_update() if lock else rows).values_list("winner", flat=True).get()
        return not self.winner
