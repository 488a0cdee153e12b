"""Taking decisions back: one, or all of those that were made by one press of a button."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.models import ModelLogEntry

from blog.actions.comments import MADE, put_back_comment
from blog.models import Comment

UNDO_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Undone:
    """How many comments are again what they were, and how many are not, as somebody decided since."""

    back: int
    left: int


def find_decisions(batch: UUID) -> QuerySet[ModelLogEntry]:
    """What the log holds of decisions on comments that were made together and can still be taken back."""
    kind = ContentType.objects.get_for_model(Comment)
    since = timezone.now() - UNDO_WITHIN
    return ModelLogEntry.objects.filter(
        uuid=batch, content_type=kind, action__in=MADE, timestamp__gte=since
    ).select_related("user")


def undo_decisions(batch: UUID, *, by: AbstractUser) -> Undone:
    """Put every comment of the batch back to what it was, unless anything happened to it since.

    `batch`: the `uuid` that the entries of the log share. Nothing happens to decisions older than an hour.
    """
    entries = {int(entry.object_id): entry for entry in find_decisions(batch).order_by("pk")}
    with transaction.atomic():
        comments = Comment.objects.select_related("article", "commenter").in_bulk(list(entries))
        back = sum(put_back_comment(comment, by=by, undone=entries[pk]) for pk, comment in comments.items())
    return Undone(back, len(entries) - back)
