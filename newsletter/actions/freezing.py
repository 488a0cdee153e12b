"""The launch of a dispatch: content, audience and chunks are written down in one transaction, or nothing of it."""

from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from letters.headers import one_line
from newsletter.actions.campaign_stopping import begin_campaign
from newsletter.actions.clicks import freeze_links
from newsletter.audience import choose_readers, pack_keys
from newsletter.models import Chunk, Dispatch, IssuePage, SubjectTest
from newsletter.rendering import RenderedIssue
from newsletter.segments import read_rule

CHUNK_SIZE = 500
CHUNKS_AT_ONCE = 500  # in one statement

State = Dispatch.State


@transaction.atomic
def freeze(dispatch: Dispatch, mail: RenderedIssue) -> bool:
    """Start a scheduled dispatch with this content. False when another worker was first, or somebody moved it.

    Whom it is for is found in one query and kept in the chunks, so candidates and those left out add up to the list
    as it was at that moment, and what readers change later lets nobody in. Who leaves is skipped at the gate.
    """
    now = timezone.now()
    frozen = {
        "is_big_news": dispatch.issue.is_big_news,
        **content_of(mail, backend=dispatch.backend),
    }
    if not Dispatch.objects.scheduled_as(dispatch).update(
        state=State.RUNNING, launched_at=now, pause_reason="", **frozen
    ):
        return False
    dispatch.refresh_from_db()
    if mail.second_subject:
        test_of(dispatch, mail).save(force_insert=True)
    left_out: Counter[str] = Counter()
    dispatch.candidates = _cut_into_chunks(dispatch, left_out)
    dispatch.left_out = dict(left_out)
    dispatch.save(update_fields=["candidates", "left_out"])
    if dispatch.is_campaign:
        begin_campaign(dispatch)
    else:
        freeze_links(dispatch)
    return True


def content_of(mail: RenderedIssue, *, backend: str = "") -> dict[str, str]:
    """The fields of a dispatch that are the same for all its readers. Without a backend: what the settings say."""
    return {
        "backend": backend or settings.NEWSLETTER_SENDER,
        "subject": one_line(mail.subject)[:250],
        "sender": mail.sender[:400],
        "reply_to": mail.reply_to[:320],
        "html": mail.html,
        "text": mail.text,
        "content_hash": mail.digest,
    }


def test_of(dispatch: Dispatch, mail: RenderedIssue) -> SubjectTest:
    """The test of a mail with two subjects, as its issue asks for it; not saved."""
    issue = dispatch.issue
    return SubjectTest(
        dispatch=dispatch,
        subject=mail.second_subject[:250],
        share=issue.test_share,
        hours=issue.test_hours,
        is_by_hand=issue.test_choice == IssuePage.Choice.HAND,
    )


def trial_dispatch(issue: IssuePage, mail: RenderedIssue) -> Dispatch:
    """The dispatch that would be launched now with that content; not saved, and not to be."""
    trial = Dispatch(pk=0, issue=issue, launched_at=timezone.now(), is_big_news=issue.is_big_news, **content_of(mail))
    if mail.second_subject:
        test_of(trial, mail)
    return trial


def _cut_into_chunks(dispatch: Dispatch, left_out: Counter[str]) -> int:
    """Write the chunks of a dispatch that is being launched, and count those left out; how many readers there are."""
    count = 0
    chunks: list[Chunk] = []  # a million readers are two thousand small rows
    for members in _meant(dispatch, left_out):
        count += len(members)
        chunks.append(Chunk(dispatch=dispatch, low=members[0], high=members[-1], members=pack_keys(members)))
    Chunk.objects.bulk_create(chunks, batch_size=CHUNKS_AT_ONCE)
    return count


def _meant(dispatch: Dispatch, left_out: Counter[str]) -> Iterator[list[int]]:
    """The keys of those it is for, a chunk at a time."""
    people = choose_readers(dispatch.issue, read_rule(dispatch.segment_rule)).order_by("pk")
    members: list[int] = []
    for pk, why in people.values_list("pk", "left_out").iterator(chunk_size=10_000):
        if why:
            left_out[why] += 1
            continue
        members.append(pk)
        if len(members) == CHUNK_SIZE:
            yield members
            members = []
    if members:
        yield members
