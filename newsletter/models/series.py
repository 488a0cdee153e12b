"""The welcome series: a few letters in the weeks after somebody joined, and who is still to get which."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField
from wagtail.models import PreviewableMixin, RevisionMixin

from newsletter.models.letter_texts import PREVIEW_MODES, WORD_FEATURES


class WelcomeStep(PreviewableMixin, RevisionMixin, models.Model):
    """One letter of the series, so many days after the confirmation. Shorter waits come first."""

    days = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="After the confirmation. A change counts for those who confirm from now on.",
    )
    subject = models.CharField(max_length=150)
    preview_line = models.CharField(max_length=150, blank=True, help_text="Shown after the subject in the inbox.")
    heading = models.CharField(max_length=120, help_text="The large line at the top.")
    body = RichTextField(features=WORD_FEATURES, verbose_name="words")
    article = models.ForeignKey(
        "blog.ArticlePage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="A button leads to it. While it is not published, this letter waits.",
    )
    ebook = models.ForeignKey(
        "newsletter.Ebook",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="e-book",
        help_text="Or a button gives this book, by each reader’s own link.",
    )
    is_active = models.BooleanField(
        default=True, help_text="Switched off, it goes to nobody: whoever was still to get it never does."
    )

    panels: ClassVar[list[Panel]] = [
        HelpPanel(template="newsletter/admin/step_help.html"),
        FieldPanel("days"),
        MultiFieldPanel([FieldPanel("subject"), FieldPanel("preview_line")], heading="In the inbox"),
        MultiFieldPanel([FieldPanel("heading"), FieldPanel("body")], heading="In the letter"),
        MultiFieldPanel([FieldPanel("article"), FieldPanel("ebook")], heading="The button"),
        FieldPanel("is_active"),
    ]
    preview_modes: ClassVar[list[tuple[str, str]]] = PREVIEW_MODES

    class Meta:
        verbose_name = "welcome letter"
        ordering: ClassVar[list[str]] = ["days", "pk"]

    def __str__(self) -> str:
        return self.subject

    @property
    def button(self) -> str:
        """What the button says; empty where there is none."""
        if self.article:
            return "Read the article"
        return "Download the e-book" if self.ebook else ""

    def clean(self) -> None:
        """One button at most."""
        super().clean()
        if self.article and self.ebook:
            raise ValidationError({"ebook": "Choose an article or an e-book, not both: a letter has one button."})

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The letter as a made-up reader gets it."""
        from newsletter.letter_desk.showing import show_step  # noqa: PLC0415 - writing letters reads this model

        return show_step(request, self, mode_name)


class SeriesLetterQuerySet(models.QuerySet["SeriesLetter"]):
    """Reads of who is to get what."""

    def due(self) -> "SeriesLetterQuerySet":
        """Those whose moment has come. Whoever pauses waits, and so does a letter about an unpublished article."""
        today, now = timezone.localdate(), timezone.now()
        ready = Q(step__article=None) | Q(step__article__live=True) | Q(step__is_active=False)
        due = self.filter(ready, state=SeriesLetter.State.WAITING, due_at__lte=now)
        return due.exclude(subscriber__paused_until__gt=today).order_by("due_at", "pk")


class SeriesLetter(models.Model):
    """One step to one person; the row is the queue. Only `newsletter.actions.series` changes `state`.

    waiting -> posted     (put into the outbox, in the same transaction)
    waiting -> skipped    (the person had left, or the step was switched off)
    skipped -> waiting    (the person came back)
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        POSTED = "posted", "posted"
        SKIPPED = "skipped", "skipped"

    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="series_letters")
    step = models.ForeignKey(WelcomeStep, on_delete=models.CASCADE, related_name="letters")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    posted_at = models.DateTimeField(null=True, blank=True)

    objects = SeriesLetterQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("subscriber", "step"), name="one_letter_a_step")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("state", "due_at"), name="series_due")]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: step {self.step_id} to subscriber {self.subscriber_id}"
