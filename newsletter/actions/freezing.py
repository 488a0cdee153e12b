"""The launch of a dispatch: content, audience and chunks are written down in one transaction, or nothing of it."""

import hashlib

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from letters.headers import one_line
from newsletter.audience import audience
from newsletter.models import Chunk, Dispatch, Subscriber
from newsletter.rendering import RenderedIssue

CHUNK_SIZE = 500

State = Dispatch.State


@transaction.atomic
def freeze(dispatch: Dispatch, mail: RenderedIssue) -> bool:
    """Start a scheduled dispatch with this content. False when another worker was first."""
    now = timezone.now()
    frozen = {
        "cut_at": now,
        "max_subscriber_id": Subscriber.objects.order_by("-pk").values_list("pk", flat=True).first() or 0,
        "backend": settings.NEWSLETTER_SENDER,
        "subject": one_line(mail.subject)[:250],
        "sender": mail.sender[:400],
        "reply_to": mail.reply_to[:320],
        "html": mail.html,
        "text": mail.text,
        "content_hash": hashlib.sha256(repr(mail).encode()).hexdigest(),
    }
    scheduled = Dispatch.objects.filter(pk=dispatch.pk, state=State.SCHEDULED)
    if not scheduled.update(state=State.RUNNING, launched_at=now, pause_reason="", **frozen):
        return False
    dispatch.refresh_from_db()
    dispatch.candidates = _cut_into_chunks(dispatch)
    dispatch.save(update_fields=["candidates"])
    return True


def _cut_into_chunks(dispatch: Dispatch) -> int:
    """Write the chunks of a dispatch that is being launched; returns how many readers they hold."""
    count, low, high = 0, 0, 0
    chunks: list[Chunk] = []
    for pk in audience(dispatch).values_list("pk", flat=True).iterator(chunk_size=10_000):
        if count % CHUNK_SIZE == 0:
            low = pk
        high = pk
        count += 1
        if count % CHUNK_SIZE == 0:
            chunks.append(Chunk(dispatch=dispatch, low=low, high=high))
    if count % CHUNK_SIZE:
        chunks.append(Chunk(dispatch=dispatch, low=low, high=high))
    Chunk.objects.bulk_create(chunks, batch_size=500)
    return count
