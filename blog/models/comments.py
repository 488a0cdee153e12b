"""Readers' comments and the states they pass through."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from .comment_marks import CommentReport


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

    def reported(self) -> "CommentQuerySet":
        """What readers see though one of them says that they should not, and nobody has looked at that yet."""
        still_open = CommentReport.objects.filter(comment=models.OuterRef("pk"), state=CommentReport.State.OPEN)
        return self.published().filter(models.Exists(still_open))


class Comment(models.Model):
    """What one reader wrote under one article.

    `blog.actions.comments` alone changes `state`:

    pending -> held | spam | published   (judge_comment; any doubt or fault: held; published only where the rules of
                                          the site or the article say so, and nothing speaks against it)
    held -> spam | published             (the same, by a later answer of Akismet or a later proof of the address)
    held, spam, refused, pending -> published     (approve_comment)
    held, pending, published, spam -> refused     (refuse_comment, with a reason)
    held, pending, published, refused -> spam     (mark_comment_as_spam)
    published, refused, spam -> held     (hold_comment: a decision taken back)
    held, pending, published -> pending  (edit_comment: by its writer, within the window; also what the machine alone
                                          called spam, for to its writer that waits)
    pending, published -> held           (disown_comment: the owner of the address did not write it)
    any -> withdrawn                     (by its writer, who may also have everything erased)

    `version` counts the writer's edits: a decision about words that were changed meanwhile does not take place.
    A part that a moderator blanked stands in `text` as the one sign `blog.commenting.text.BLANK`; the whole is kept in
    `original_text` until `original_until`.
    """

    class State(models.TextChoices):
        PENDING = "pending", "pending"
        HELD = "held", "held"
        PUBLISHED = "published", "published"
        REFUSED = "refused", "refused"
        SPAM = "spam", "spam"
        WITHDRAWN = "withdrawn", "withdrawn"

    class Verdict(models.TextChoices):
        CLEAR = "clear", "nothing suspicious"
        UNSURE = "unsure", "unsure"
        SPAM = "spam", "spam"

    class Learnt(models.TextChoices):
        HAM = "ham", "fit for readers"
        SPAM = "spam", "spam"

    article = models.ForeignKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="replies",
        help_text="The comment that began the thread: replies have one level.",
    )
    answers = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="answered_by",
        help_text="The comment that this one answers: the one that began the thread, or another reply.",
    )
    commenter = models.ForeignKey(
        "blog.Commenter", null=True, blank=True, on_delete=models.SET_NULL, related_name="comments"
    )
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
    proven_at = models.DateTimeField(
        null=True, blank=True, help_text="When its writer showed that the address is theirs."
    )
    version = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField(null=True, blank=True, help_text="When its writer last changed it.")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True, help_text="Of the machine; empty: none yet.")
    score = models.FloatField(null=True, blank=True, help_text="Of the classifier: 0 fit for readers, 1 spam.")
    personal_data = models.BooleanField(default=False, help_text="Seems to hold a phone number, a birth date or so.")
    crisis = models.BooleanField(default=False, help_text="Sounds like danger to life.")
    learnt_as = models.CharField(max_length=4, choices=Learnt, blank=True, help_text="What the classifier learnt.")
    reasons = models.JSONField(default=list, blank=True, help_text="What the judgement found: [{code, words}].")
    refusal_reason = models.CharField(max_length=250, blank=True, help_text="Told to the writer.")
    refused_for = models.ForeignKey(
        "blog.RefusalReason",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The usual reason, if it was one; for counting.",
    )
    original_text = models.TextField(max_length=8000, blank=True, help_text="Before parts of it were blanked.")
    original_until = models.DateTimeField(null=True, blank=True)
    helpful_count = models.PositiveIntegerField(default=0, help_text="How many readers found it helpful.")
    told_at = models.DateTimeField(null=True, blank=True, help_text="When moderators got a mail about it.")
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

    @property
    def mark(self) -> str:
        """What a person sees who decides now: the state and the version of the words."""
        return f"{self.state}.{self.version}"

    def get_absolute_url(self) -> str:
        """The address on the public site, which leads to the page of the thread where it stands."""
        return reverse("blog:go_to_comment", args=[self.pk])
