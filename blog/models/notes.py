"""Words that stand in many articles and are kept once: a disclaimer, an emergency line, how good the evidence is."""

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.fields import RichTextField
from wagtail.search import index

LOOKS = {"disclaimer": "note", "emergency": "urgent", "evidence": "evidence", "note": "note"}


class ReusableNote(index.Indexed, models.Model):
    """One text that editors put into articles by name; a change shows in all of them at once, reviewed or not."""

    class Style(models.TextChoices):
        DISCLAIMER = "disclaimer", "Disclaimer"
        EMERGENCY = "emergency", "Emergency line: whom to call"
        EVIDENCE = "evidence", "Evidence box: how sure we are"
        NOTE = "note", "Note"

    name = models.CharField(max_length=80, unique=True, help_text="For editors; readers do not see it.")
    style = models.CharField(max_length=12, choices=Style, default=Style.NOTE)
    title = models.CharField(max_length=120)
    # No [2] here: the sources belong to one article.
    text = RichTextField(features=["bold", "italic", "link", "ol", "ul"])

    panels: ClassVar[list[Panel]] = [
        FieldPanel("name"),
        FieldPanel("style"),
        FieldPanel("title"),
        FieldPanel("text"),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def look(self) -> str:
        """The style of callout, and the icon, in which readers see it."""
        return LOOKS.get(self.style, "note")
