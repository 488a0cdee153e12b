"""The words of letters, as editors changed them."""

from typing import Any, ClassVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField
from wagtail.models import PreviewableMixin, RevisionMixin

from newsletter.letter_kinds import LETTER_KINDS, LetterKind

WORD_FEATURES = ["bold", "italic", "link"]
PREVIEW_MODES = [
    ("", "Mail, to a reader with a name"),
    ("nameless", "Mail, to a reader without a name"),
    ("text", "Text part, with a name"),
    ("nameless-text", "Text part, without a name"),
]


class LetterText(PreviewableMixin, RevisionMixin, models.Model):
    """One kind of `newsletter.letter_kinds` in the editors' own words; a field left empty has the default."""

    WORDS: ClassVar[tuple[str, ...]] = ("subject", "preview_line", "heading", "before", "after")

    kind = models.CharField(max_length=40, unique=True, editable=False)
    subject = models.CharField(max_length=150, blank=True)
    preview_line = models.CharField(max_length=150, blank=True, help_text="Shown after the subject in the inbox.")
    heading = models.CharField(max_length=120, blank=True, help_text="The large line at the top.")
    before = RichTextField(blank=True, features=WORD_FEATURES, verbose_name="words before the button")
    after = RichTextField(blank=True, features=WORD_FEATURES, verbose_name="words after the button")

    panels: ClassVar[list[Panel]] = [
        HelpPanel(template="newsletter/admin/letter_help.html"),
        MultiFieldPanel([FieldPanel("subject"), FieldPanel("preview_line")], heading="In the inbox"),
        MultiFieldPanel([FieldPanel("heading"), FieldPanel("before"), FieldPanel("after")], heading="In the letter"),
    ]
    preview_modes: ClassVar[list[tuple[str, str]]] = PREVIEW_MODES

    class Meta:
        verbose_name = "letter"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.about.label if self.is_known else self.kind

    @property
    def is_known(self) -> bool:
        """Whether such a letter is still written: a kind may have been taken away with an update."""
        return self.kind in LETTER_KINDS

    @property
    def about(self) -> LetterKind:
        """The kind, with its default words."""
        return LETTER_KINDS[self.kind]

    @property
    def is_changed(self) -> bool:
        """Whether any words are the editors' own."""
        return any(getattr(self, name) for name in self.WORDS)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The letter with made-up contents, as its reader gets it."""
        from newsletter.letter_desk.showing import show_letter  # noqa: PLC0415 - writing letters reads this model

        return show_letter(request, self, mode_name)


def ensure_letter_texts(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """A row for each kind, so that the list of letters is complete. A receiver of `post_migrate`."""
    if "newsletter_lettertext" in connections[using].introspection.table_names():  # else migrated back
        rows = [LetterText(kind=kind) for kind in LETTER_KINDS]
        LetterText.objects.using(using).bulk_create(rows, ignore_conflicts=True)
