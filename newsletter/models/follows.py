"""What readers follow, what happened there, and who was told of it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

KINDS = ("author", "topic", "article")  # the names of the fields, too


class FollowQuerySet(models.QuerySet["Follow"]):
    """Reads of what is followed."""

    def confirmed(self) -> "FollowQuerySet":
        """Those that the reader has said yes to."""
        return self.filter(confirmed_at__isnull=False)

    def asked(self) -> "FollowQuerySet":
        """Those that somebody asked for with the reader's address, and the reader has not answered."""
        return self.filter(confirmed_at=None)

    def with_targets(self) -> "FollowQuerySet":
        """With what each is about, in the same query."""
        return self.select_related(*KINDS).order_by("asked_at", "pk")


class Follow(models.Model):
    """One reader's wish to be told: of an author's or a topic's new articles, or of changes to one article.

    Exactly one of `author`, `topic` and `article` is set. `newsletter.actions.following` alone writes these rows:

    asked -> confirmed    (a button behind a letter to the reader, or on their own page)
    confirmed -> asked    (stopped: it can be taken up again until it is forgotten)
    """

    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="follows")
    author = models.ForeignKey("blog.AuthorPage", null=True, on_delete=models.CASCADE, related_name="+")
    topic = models.ForeignKey("blog.Topic", null=True, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey("blog.ArticlePage", null=True, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(author__isnull=False, topic=None, article=None)
                | Q(author=None, topic__isnull=False, article=None)
                | Q(author=None, topic=None, article__isnull=False),
                name="follow_has_one_target",
            ),
            *(models.UniqueConstraint(fields=("subscriber", kind), name=f"one_follow_of_{kind}") for kind in KINDS),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def kind(self) -> str:
        """One of KINDS."""
        return next(kind for kind in KINDS if getattr(self, f"{kind}_id"))

    @property
    def target(self) -> Any:
        """The author's or article's page, or the topic."""
        return getattr(self, self.kind)

    @property
    def words(self) -> str:
        """What the reader is told of: “new articles by Tomas Vetch”."""
        target = self.target
        if self.kind == "author":
            return f"new articles by {target.title}"
        return f"new articles on {target.name.lower()}" if self.kind == "topic" else f"changes to “{target.title}”"


class FollowNewsQuerySet(models.QuerySet["FollowNews"]):
    """Reads of what happened."""

    def due(self) -> "FollowNewsQuerySet":
        """What may be told of now: an editor had time for second thoughts, and readers may see the article."""
        waiting = self.filter(gathered_at=None, due_at__lte=timezone.now(), article__listed_at__isnull=False)
        return waiting.order_by("due_at", "pk")


class FollowNews(models.Model):
    """One thing that followers are told of: an article came out, or was changed in substance on a day.

    Unique, so that no second publishing tells again. `newsletter.actions.follow_news` alone writes these rows; with
    `gathered_at` everybody who is to be told has a FollowNotice.
    """

    class Kind(models.TextChoices):
        NEW = "new", "a new article"
        CHANGED = "changed", "a change to an article"

    article = models.ForeignKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    day = models.DateField(help_text="Of the publishing or of the change, as readers see it.")
    due_at = models.DateTimeField()
    gathered_at = models.DateTimeField(null=True)

    objects = FollowNewsQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("article",), condition=Q(kind="new"), name="one_news_of_a_new_article"),
            models.UniqueConstraint(fields=("article", "kind", "day"), name="one_news_of_a_day"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("due_at",), condition=Q(gathered_at=None), name="follow_news_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.day}"


class FollowNoticeQuerySet(models.QuerySet["FollowNotice"]):
    """Reads of who is to be told."""

    def waiting(self) -> "FollowNoticeQuerySet":
        """Those whose letter is not written yet."""
        return self.filter(state=FollowNotice.State.WAITING)


class FollowNotice(models.Model):
    """One piece of news to one reader; the row is the queue. Only `newsletter.actions.follow_news` changes `state`.

    waiting -> posted     (in a letter in the outbox, written in the same transaction)
    waiting -> skipped    (the reader left, paused or follows it no more, or the article was taken back)
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        POSTED = "posted", "posted"
        SKIPPED = "skipped", "skipped"

    news = models.ForeignKey(FollowNews, on_delete=models.CASCADE, related_name="notices")
    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="follow_notices")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    at = models.DateTimeField(default=timezone.now)

    objects = FollowNoticeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("news", "subscriber"), name="one_notice_of_news_per_reader")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("subscriber",), condition=Q(state="waiting"), name="follow_notice_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: news {self.news_id} to subscriber {self.subscriber_id}"
