"""How a site handles comments: what editors set, and the lists that moderators keep."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, Panel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


class Mode(models.TextChoices):
    """When a comment may appear without a person having seen it. Only what nothing speaks against ever does."""

    HOLD_ALL = "hold_all", "A person reads every comment first"
    HOLD_FIRST = "hold_first", "A person reads everybody's first one; later ones from a proven address appear at once"
    HOLD_LINKS = "hold_links", "As before, but those with a link always wait for a person"
    CLOSED = "closed", "Closed: readers see the old ones and cannot add any"


class OwnMode(models.TextChoices):
    """The same for one article, which may leave it to its site."""

    OPEN = "open", "As the site does it"
    HOLD_ALL = Mode.HOLD_ALL.value, Mode.HOLD_ALL.label
    HOLD_FIRST = Mode.HOLD_FIRST.value, Mode.HOLD_FIRST.label
    HOLD_LINKS = Mode.HOLD_LINKS.value, Mode.HOLD_LINKS.label
    CLOSED = Mode.CLOSED.value, Mode.CLOSED.label


@register_setting(icon="comment")
class CommentSettings(BaseSiteSetting):
    """The rules for comments; an article may have its own mode and its own closing day."""

    class Mails(models.TextChoices):
        EACH = "each", "About every comment that waits, several in one mail when many come"
        URGENT = "urgent", "Only about danger to life and about a backlog"

    mode = models.CharField(max_length=10, choices=Mode, default=Mode.HOLD_ALL)
    close_after_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Days after an article's publishing. Empty: comments stay open."
    )
    edit_minutes = models.PositiveSmallIntegerField(
        default=30, help_text="How long its writer may change a comment after sending it."
    )
    hold_words = models.TextField(blank=True, help_text="One word or phrase a line: a comment with one is unsure.")
    spam_words = models.TextField(blank=True, help_text="One word or phrase a line: a comment with one is spam.")
    moderator_mails = models.CharField(max_length=10, choices=Mails, default=Mails.EACH)
    backlog_hours = models.PositiveSmallIntegerField(
        default=24, help_text="Moderators are written to when a comment has waited longer than this."
    )
    backlog_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    spam_days = models.PositiveSmallIntegerField(default=30, help_text="How long spam is kept and can be restored.")
    original_days = models.PositiveSmallIntegerField(
        default=14, help_text="How long the original of a partly blanked comment is kept and can be restored."
    )
    use_akismet = models.BooleanField(
        default=False,
        verbose_name="ask Akismet",
        help_text="Where our own check is unsure. Sends the comment, its writer's name, network address and browser to "
        "another company; the form says so. Needs AKISMET_API_KEY.",
    )
    akismet_gets_email = models.BooleanField(
        default=False, verbose_name="send the email address to Akismet as well", help_text="The form says so."
    )

    panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [
                FieldPanel("mode", heading="Who may appear unread"),
                FieldPanel("close_after_days", heading="Close comments after so many days"),
                FieldPanel("edit_minutes", heading="Minutes to change a comment in"),
            ],
            heading="Readers",
        ),
        MultiFieldPanel(
            [FieldPanel("hold_words", heading="Doubtful words"), FieldPanel("spam_words", heading="Words of spam")],
            heading="Words",
        ),
        MultiFieldPanel(
            [
                FieldPanel("moderator_mails", heading="What they are written to about"),
                FieldPanel("backlog_hours", heading="Hours until a comment has waited too long"),
            ],
            heading="Mails to moderators",
        ),
        MultiFieldPanel(
            [
                FieldPanel("spam_days", heading="Days to keep spam"),
                FieldPanel("original_days", heading="Days to keep what was blanked"),
            ],
            heading="What is kept",
        ),
        MultiFieldPanel(
            [
                FieldPanel("use_akismet"),
                FieldPanel("akismet_gets_email"),
                HelpPanel(template="blog/admin/akismet_panel.html"),
            ],
            heading="Akismet",
        ),
    ]

    class Meta:
        verbose_name = "comment settings"

    def __str__(self) -> str:
        return f"How {self.site} handles comments"


class Helpline(models.Model):
    """Whom to call when life is in danger; shown at once to whoever writes of it."""

    name = models.CharField(max_length=80)
    country = models.CharField(max_length=60, help_text="As a reader would say it: “UK and Ireland”.")
    number = models.CharField(max_length=40, help_text="As it is dialled.")
    url = models.URLField(blank=True)
    hours = models.CharField(max_length=120, blank=True, help_text="“Day and night, free of charge”.")
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["sort_order", "country", "name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.country})"

    @property
    def dial(self) -> str:
        """The number as a `tel:` link has it: digits, and a plus sign where there is one in front."""
        digits = "".join(sign for sign in self.number if sign.isdecimal() and sign.isascii())
        return f"+{digits}" if self.number.lstrip().startswith("+") else digits


class RefusalReason(models.Model):
    """A usual reason for refusing a comment; `words` go into the letter to its writer."""

    title = models.CharField(max_length=60, unique=True, help_text="For moderators: short.")
    words = models.CharField(max_length=250, help_text="What the writer of the comment reads.")
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["sort_order", "title"]

    def __str__(self) -> str:
        return self.title


class SavedReply(models.Model):
    """An answer that the team gives often."""

    title = models.CharField(max_length=60, unique=True)
    text = models.TextField(max_length=4000)
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["sort_order", "title"]
        verbose_name_plural = "saved replies"

    def __str__(self) -> str:
        return self.title


class Ban(models.Model):
    """What is never published without a person's look, or goes to the spam at once.

    `value` by kind: a mailbox in its normal form; a domain; a network as `192.0.2.0/24` or `2001:db8::/64`; a pattern
    in which `*` stands for anything, looked for in the address, the name and the text.
    """

    class Kind(models.TextChoices):
        ADDRESS = "address", "email address"
        DOMAIN = "domain", "domain of the email address"
        NETWORK = "network", "network"
        PATTERN = "pattern", "words with * for anything"

    class Effect(models.TextChoices):
        HOLD = "hold", "always hold for a person"
        SPAM = "spam", "put with the spam"

    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=320)
    effect = models.CharField(max_length=10, choices=Effect, default=Effect.HOLD)
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: until somebody lifts it.")
    note = models.CharField(max_length=250, blank=True, help_text="For moderators: why.")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("kind", "value"), name="one_ban_a_value")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"
