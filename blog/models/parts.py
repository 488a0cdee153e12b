"""What belongs to one article beside its text: tags, who had a part in it, what to read next, corrections."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel, PageChooserPanel, Panel
from wagtail.models import Orderable


class ArticleTag(TaggedItemBase):
    """A tag on an article."""

    content_object = ParentalKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="tagged_items")


class Contribution(Orderable):
    """One person's part in one article."""

    class Role(models.TextChoices):
        WROTE = "wrote", "Wrote it"
        CHECKED = "checked", "Checked the facts"
        EDITED = "edited", "Edited it"

    article = ParentalKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="contributions")
    author = models.ForeignKey("blog.AuthorPage", on_delete=models.PROTECT, related_name="contributions")
    role = models.CharField(max_length=10, choices=Role, default=Role.WROTE)

    panels: ClassVar[list[Panel]] = [FieldPanel("author"), FieldPanel("role")]

    class Meta(Orderable.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("article", "author", "role"), name="unique_contribution")
        ]

    def __str__(self) -> str:
        return f"{self.author.title} {self.get_role_display().lower()}"


class RelatedPick(Orderable):
    """An article that an editor chose to be read next; without picks the same topic and tags decide."""

    article = ParentalKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="related_picks")
    other = models.ForeignKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="+")

    panels: ClassVar[list[Panel]] = [PageChooserPanel("other", "blog.ArticlePage")]

    class Meta(Orderable.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("article", "other"), name="unique_related_pick")
        ]

    def __str__(self) -> str:
        return self.other.title


class Correction(Orderable):
    """What was wrong in a published article, and when it was put right. Readers see it under the text."""

    class Grade(models.TextChoices):
        TYPO = "typo", "A slip of the pen"
        CLARITY = "clarity", "Made clearer"
        SAFETY = "safety", "Mattered for safety"

    article = ParentalKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="corrections")
    corrected_on = models.DateField(default=timezone.localdate)
    grade = models.CharField(max_length=10, choices=Grade, default=Grade.CLARITY)
    text = models.TextField(help_text="What it said before, what it says now, and why.")

    panels: ClassVar[list[Panel]] = [
        FieldRowPanel([FieldPanel("corrected_on"), FieldPanel("grade")]),
        FieldPanel("text"),
    ]

    def __str__(self) -> str:
        return f"{self.corrected_on:%d %B %Y}: {self.text}"
