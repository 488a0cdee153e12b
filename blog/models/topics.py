"""Topics: the shelves on which every article stands."""

from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel, Panel
from wagtail.models import Orderable, PreviewableMixin
from wagtail.search import index


class TopicQuerySet(models.QuerySet["Topic"]):
    """Reads of topics."""

    def with_articles(self) -> "TopicQuerySet":
        """Topics that hold at least one published article."""
        return self.filter(models.Exists(_shelf()))

    def with_counts(self) -> "TopicQuerySet":
        """Adds `live_articles`, the number of published articles on each shelf."""
        count = _shelf().order_by().values("topic").annotate(n=models.Count("pk")).values("n")
        return self.annotate(live_articles=Coalesce(models.Subquery(count), 0))


def _shelf() -> models.QuerySet[models.Model]:
    """The published articles of the topic in the query around it."""
    articles = apps.get_model("blog", "ArticlePage")._default_manager  # noqa: SLF001 - articles know topics
    return articles.filter(topic=models.OuterRef("pk"), listed_at__isnull=False)


class Topic(PreviewableMixin, index.Indexed, ClusterableModel):
    """One shelf; an article stands on exactly one, tags do the rest."""

    class Icon(models.TextChoices):
        UMBEL = "umbel", "Flower (any topic)"
        PAIN = "pain", "Rings (pain)"
        SLEEP = "sleep", "Moon (sleep)"
        HEART = "heart", "Heart"
        MIND = "mind", "Two circles (mind)"
        MOVEMENT = "movement", "Path (movement)"
        FOOD = "food", "Bowl (food)"
        MEDICINES = "medicines", "Capsule (medicines)"
        AGEING = "ageing", "Tree rings (ageing)"

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True, help_text="The last part of its address: /topics/…/")
    summary = models.CharField(max_length=80, blank=True, help_text="A few words for the front page.")
    intro = models.TextField(blank=True, help_text="Two or three sentences for the topic's own page.")
    icon = models.CharField(max_length=20, choices=Icon, default=Icon.UMBEL)
    sort_order = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")
    picture = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = TopicQuerySet.as_manager()

    panels: ClassVar[list[Panel]] = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("summary"),
        FieldPanel("intro"),
        FieldPanel("icon"),
        FieldPanel("picture"),
        InlinePanel("picks", label="Article", heading="Start here", max_num=3),
        FieldPanel("sort_order"),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        ordering: ClassVar[list[str]] = ["sort_order", "name"]

    def __str__(self) -> str:
        return self.name

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """As readers will see it."""
        return "blog/topic.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """What the topic's page gets, of what is in the form."""
        from blog.listing import topic_listing  # noqa: PLC0415 - the listing reads articles, which stand on topics

        return {**super().get_preview_context(request, mode_name), "topic": self, **topic_listing(self, None)}

    def get_absolute_url(self) -> str:
        """The address on the public site."""
        return reverse("blog:topic", args=[self.slug])


class TopicPick(Orderable):
    """An article with which a newcomer to the topic should start."""

    topic = ParentalKey(Topic, on_delete=models.CASCADE, related_name="picks")
    article = models.ForeignKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="+")

    panels: ClassVar[list[Panel]] = [PageChooserPanel("article", "blog.ArticlePage")]

    class Meta(Orderable.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("topic", "article"), name="unique_topic_pick")
        ]

    def __str__(self) -> str:
        return self.article.title
