"""Articles and the page that lists them."""

import math
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from modelcluster.contrib.taggit import ClusterTaggableManager
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.search import index

from blog.article_form import ArticleForm
from blog.blocks import ArticleBody
from blog.plain_text import count_words, digest_words, plain_passages
from blog.previews import SeveralPreviews
from blog.promote import PROMOTE_PANELS
from blog.reading_level import measure_article
from blog.reviewing import Standing, judge_standing

from .article_reads import ArticleQuerySet
from .comment_settings import OwnMode
from .parts import ArticleTag, Contribution

WORDS_PER_MINUTE = 180  # a calm reader
KIND_LABELS = {"opinion": "Opinion", "story": "Personal story", "sponsored": "Sponsored"}


class ArticleIndexPage(Page):
    """All articles, newest first, at /articles/."""

    intro = models.TextField(blank=True)

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["blog.ArticlePage"]
    max_count = 1
    template = "blog/article_index_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `articles`: one Paginator page."""
        from blog.listing import article_listing  # noqa: PLC0415 - the listing reads articles

        context = super().get_context(request, *args, **kwargs)
        return {**context, **article_listing(request.GET.get("page"))}


class ArticlePage(SeveralPreviews, Page):
    """One article. The four dates: published (`first_published_at`), updated, reviewed and due (from its reviews).

    `text_digest` stands for the words as they are saved; a review holds for the words with the same digest.
    """

    class Kind(models.TextChoices):
        GUIDE = "guide", "Guide: what the evidence says"
        OPINION = "opinion", "Opinion: one person's view"
        STORY = "story", "Personal story"
        SPONSORED = "sponsored", "Paid for by a sponsor"

    class ReviewEvery(models.IntegerChoices):
        QUARTER = 3, "Every three months"
        HALF_YEAR = 6, "Every six months"
        YEAR = 12, "Every year"
        TWO_YEARS = 24, "Every two years"
        THREE_YEARS = 36, "Every three years"

    Comments = OwnMode

    kind = models.CharField(
        max_length=10, choices=Kind, default=Kind.GUIDE, verbose_name="kind of piece", help_text="Readers see it."
    )
    sponsor = models.CharField(max_length=120, blank=True, help_text="Who paid for it; shown above the text.")
    deck = models.CharField(max_length=160, blank=True, help_text="One or two sentences under the title.")
    picture = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    picture_alt = models.CharField(
        max_length=250, blank=True, verbose_name="alternative text", help_text="What the picture shows, in words."
    )
    picture_is_decorative = models.BooleanField(
        default=False, verbose_name="decorative", help_text="Tick if the picture says nothing that the text does not."
    )
    key_points = models.TextField(blank=True, help_text="Two to four sentences, one a line, shown as “In short”.")
    body = StreamField(ArticleBody(), blank=True)
    topic = models.ForeignKey("blog.Topic", on_delete=models.PROTECT, related_name="articles", null=True)
    tags = ClusterTaggableManager(through=ArticleTag, blank=True)
    comments_mode = models.CharField(max_length=10, choices=Comments, default=Comments.OPEN)
    comments_close_after = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        verbose_name="comments close after",
        help_text="Days after publishing. Empty: as the site does it. 0: they stay open.",
    )
    interests = models.TextField(
        blank=True, help_text="Interests that touch this article: who paid, what is sold. Empty: nothing is shown."
    )
    how_made = models.TextField(
        blank=True, help_text="First-hand, from research, with help of a machine: how this text came about."
    )
    canonical_url = models.URLField(
        blank=True, verbose_name="first published at", help_text="Only if the same text stood elsewhere before."
    )
    share_picture = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Shown where somebody shares the address. Empty: a card is drawn from the title.",
    )
    review_every = models.PositiveSmallIntegerField(choices=ReviewEvery, default=ReviewEvery.YEAR)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Is reminded when the review is due. Empty: whoever made the page.",
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Is reminded as well.",
    )
    text_digest = models.CharField(max_length=64, blank=True, editable=False)
    word_count = models.PositiveIntegerField(null=True, editable=False, help_text="Of the body; kept by save().")
    reading_age = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="Years; empty: too short to say. Kept by save()."
    )
    listed_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="The day of first publishing while any reader may see it, else empty; kept by blog.listed.",
    )
    updated_at = models.DateTimeField(
        null=True, blank=True, help_text="When the text last changed in substance. Empty: never since publishing."
    )

    objects: ClassVar[PageManager] = PageManager.from_queryset(ArticleQuerySet)()

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("deck"),
        MultiFieldPanel(
            [FieldPanel("picture"), FieldPanel("picture_alt"), FieldPanel("picture_is_decorative")], heading="Picture"
        ),
        InlinePanel("contributions", label="Contributor", heading="Who made it", min_num=1),
        FieldPanel("key_points"),
        FieldPanel("body"),
        InlinePanel("references", label="Source", heading="Sources"),
        MultiFieldPanel([FieldPanel("topic"), FieldPanel("tags")], heading="Where it stands"),
        InlinePanel("related_picks", label="Article", heading="Read next", max_num=3),
        MultiFieldPanel(
            [FieldPanel("kind"), FieldPanel("sponsor"), FieldPanel("interests"), FieldPanel("how_made")],
            heading="What kind of piece",
        ),
        MultiFieldPanel(
            [FieldPanel("review_every"), FieldPanel("responsible"), FieldPanel("deputy")], heading="Review"
        ),
        InlinePanel("corrections", label="Correction", heading="Corrections"),
        FieldPanel("updated_at"),
        MultiFieldPanel([FieldPanel("comments_mode"), FieldPanel("comments_close_after")], heading="Comments"),
    ]
    promote_panels: ClassVar[list[Panel]] = PROMOTE_PANELS
    search_fields: ClassVar[list[index.BaseField]] = [
        *Page.search_fields,
        index.SearchField("deck", boost=2),
        index.SearchField("body"),
        index.SearchField("words_beside"),
        index.FilterField("topic"),
        index.FilterField("kind"),
        index.FilterField("listed_at"),
    ]
    parent_page_types: ClassVar[list[str]] = ["blog.ArticleIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "blog/article_page.html"
    base_form_class = ArticleForm
    may_be_unfinished = False  # while the form of a draft is checked
    takes_article_previews = True
    served_with: ClassVar[tuple[str, ...]] = ("topic", "picture")  # read by the same query when a reader asks for it

    class Meta:
        verbose_name = "article"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["listed_at", "page_ptr"], name="article_list"),
            models.Index(fields=["topic", "listed_at", "page_ptr"], name="article_shelf"),
        ]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what `blog.reading.read_article` gives."""
        from blog.reading import read_article  # noqa: PLC0415 - reading reads articles

        return {**super().get_context(request, *args, **kwargs), **read_article(self)}

    def clean(self) -> None:
        """Ask for alternative text, or the explicit word that the picture is decoration, and for the sponsor."""
        super().clean()
        if self.may_be_unfinished:
            return
        wrong = {}
        if self.picture and not self.picture_alt and not self.picture_is_decorative:
            wrong["picture_alt"] = "Say in words what the picture shows, or tick “decorative”."
        if self.kind == self.Kind.SPONSORED and not self.sponsor.strip():
            wrong["sponsor"] = "Say who paid for this piece, or choose another kind."
        if wrong:
            raise ValidationError(wrong)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the digest of the words, their number and the age they are for beside them."""
        level = measure_article(self)
        self.text_digest = self.digest_text()
        self.word_count, self.reading_age = count_words(self.body), level.age if level else None
        super().save(*args, **kwargs)

    def digest_text(self) -> str:
        """SHA-256 of what a reviewer reads: title, deck, key points, body and sources, without their looks."""
        sources = [f"{ref.text} {ref.url} {ref.doi} {ref.pmid} {ref.isbn}" for ref in self.references.all()]
        return digest_words([self.title, self.deck, self.key_points, sources], self.body)

    def review_passages(self) -> list[str]:
        """What a reviewer reads, as plain passages in the order of the page."""
        head = [self.title, self.deck, *self.key_point_list]
        sources = [" ".join(filter(None, [ref.text, ref.link])) for ref in self.references.all()]
        return [words for text in (*head, *plain_passages(self.body), *sources) if (words := " ".join(text.split()))]

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """Show what readers would be told of these words."""
        self.judge_as_published_now()
        return super().get_preview_context(request, mode_name)

    def judge_as_published_now(self) -> None:
        """Keep what is known of the words as they stand, saved or not; editors judge what readers would be told.

        By the moment at which it was last published, an earlier review that was written down since would be none.
        """
        self.text_digest, self.word_count = self.digest_text(), count_words(self.body)
        self.standing = self._judge(timezone.now())

    @cached_property
    def standing(self) -> Standing:
        """What may be said about its review, in one query."""
        return self._judge(self.last_published_at)

    def _judge(self, published_at: datetime | None) -> Standing:
        reviews = list(self.reviews.select_related("reviewer", "reviewer__photo")) if self.pk else []
        digest = self.text_digest or self.digest_text()
        return judge_standing(reviews, digest=digest, published_at=published_at)

    @cached_property
    def credits(self) -> list["Contribution"]:
        """Every contribution in the editor's order, with what a portrait and a profile need."""
        given = self.contributions.order_by("sort_order", "pk").select_related("author", "author__photo")
        return list(given.prefetch_related("author__credentials", "author__photo__renditions"))

    def words_beside(self) -> str:
        """What else an article is found by: who wrote it, its topic and its tags; for the search index."""
        wrote = Contribution.objects.filter(article=self.pk, role=Contribution.Role.WROTE)
        tags = ArticleTag.objects.filter(content_object=self.pk)
        names = [*wrote.values_list("author__title", flat=True), *tags.values_list("tag__name", flat=True)]
        return " ".join([*names, self.topic.name] if self.topic else names)

    @property
    def authors(self) -> list[Any]:
        """The AuthorPages of those who wrote it, in the editor's order."""
        return [credit.author for credit in self.credits if credit.role == Contribution.Role.WROTE]

    @property
    def kind_label(self) -> str:
        """What a reader must know before the first word: “Opinion”, “Personal story”, “Sponsored”; a guide has none."""
        return KIND_LABELS.get(self.kind, "")

    @property
    def shown_alt(self) -> str:
        """What stands in for the picture: its alternative text, or nothing if it is decoration."""
        return "" if self.picture_is_decorative else self.picture_alt

    @property
    def key_point_list(self) -> list[str]:
        """The key points without empty lines."""
        return [line.strip() for line in self.key_points.splitlines() if line.strip()]

    @property
    def reading_minutes(self) -> int:
        """Minutes to read the body at a calm pace, at least 1; a card need not load the body for it."""
        words = count_words(self.body) if self.word_count is None else self.word_count
        return max(1, math.ceil(words / WORDS_PER_MINUTE))
