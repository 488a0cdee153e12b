"""Readers' comments and the states they pass through."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone


class CommentQuerySet(models.QuerySet["Comment"]):
    """Reads of comments."""

    def published(self) -> "CommentQuerySet":
        """What readers see."""
        return self.filter(state=Comment.State.PUBLISHED)

    def pending(self) -> "CommentQuerySet":
        """What waits for the machine."""
        return self.filter(state=Comment.State.PENDING)

    def held(self) -> "CommentQuerySet":
        """What waits for a person."""
        return self.filter(state=Comment.State.HELD)

    def undecided(self) -> "CommentQuerySet":
        """What a moderator has still to decide, judged or not."""
        return self.filter(state__in=[Comment.State.PENDING, Comment.State.HELD])

    def threads(self) -> "CommentQuerySet":
        """Comments that answer the article, not another comment."""
        return self.filter(parent=None)


class Comment(models.Model):
    """What one reader wrote under one article.

    `blog.actions.comments` alone changes `state`:

    pending -> held | spam               (judge_comment; any doubt or fault: held)
    held, spam, refused, pending -> published     (approve_comment)
    held, pending, published, spam -> refused     (refuse_comment, with a reason)
    held, pending, published, refused -> spam     (mark_comment_as_spam)
    published, refused, spam -> held     (hold_comment: a decision taken back)
    any -> withdrawn                      (by its writer)
    """

    class State(models.TextChoices):
        PENDING = "pending", "pending"
        HELD = "held", "held"
        PUBLISHED = "published", "published"
        REFUSED = "refused", "refused"
        SPAM = "spam", "spam"
        WITHDRAWN = "withdrawn", "withdrawn"

    article = models.ForeignKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies")
    author_name = models.CharField(max_length=80, verbose_name="name to show")
    email = models.EmailField(max_length=254, help_text="Never shown.")
    text = models.TextField(max_length=8000, help_text="As written; made safe when shown.")
    wants_replies = models.BooleanField(default=False, help_text="Mail me when somebody answers.")
    staff = models.ForeignKey(
        "blog.AuthorPage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="comments",
        help_text="The author or reviewer who wrote it, if one of ours did.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reasons = models.JSONField(default=list, blank=True, help_text="What the judgement found: [{code, words}].")
    refusal_reason = models.CharField(max_length=250, blank=True, help_text="Told to the writer.")
    created_at = models.DateTimeField(default=timezone.now)
    judged_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ip = models.GenericIPAddressField(null=True, blank=True, help_text="Kept 30 days.")
    user_agent = models.CharField(max_length=250, blank=True, help_text="Kept 30 days.")

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("article", "state", "created_at"), name="comment_thread"),
            models.Index(fields=("state", "created_at"), name="comment_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.author_name} on “{self.article.title}”"

    @property
    def is_public(self) -> bool:
        """Whether readers see it: only then does saving or deleting it change a page."""
        return self.state == self.State.PUBLISHED

    @property
    def state_in_words(self) -> str:
        """As moderators speak: to them a comment waits, judged or not."""
        return {"pending": "waiting", "held": "waiting", "withdrawn": "taken back"}.get(self.state, self.state)

    def get_absolute_url(self) -> str:
        """The address on the public site, which leads to the page of the thread where it stands."""
        return reverse("blog:go_to_comment", args=[self.pk])
