"""The issues of the demo: two that went out, with a row for each reader, and a draft."""

import calendar
import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from blog.models import ArticlePage, AuthorPage
from home.demo.pictures import add_picture
from home.demo.publishing import add_published
from home.demo.texts import Piece, Record, pieces, read_folder, to_html
from newsletter.audience import pack_keys
from newsletter.models import Chunk, Delivery, Dispatch, Ebook, IssuePage, NewsletterPage, Subscriber
from newsletter.rendering import render_issue
from users.models import User

MAILED_AT = time(7, 0)
SETTLED = timedelta(days=2)  # an issue that went out yesterday is no history yet
PER_SECOND = 20
GONE = 97  # every so many-th mailbox has been closed
GONE_REPLY = "5.1.1 The email account that you tried to reach does not exist"
Pages = dict[str, ArticlePage]
People = dict[str, AuthorPage]


def add_issues(*, articles: Pages, people: People, now: datetime, by: User) -> list[IssuePage]:
    """All issues, in order; those that went out have their dispatch."""
    newsletter = NewsletterPage.objects.get()
    issues = []
    for record in read_folder("issues").values():
        issue = _issue(record, articles, people)
        issues.append(issue)
        if not record.one("sent"):
            _add_draft(newsletter, issue, by=by)
            continue
        sent_at = first_thursdays(now)[int(record.one("sent"))]
        add_published(newsletter, issue, at=sent_at - timedelta(minutes=30), by=by)
        add_dispatch(issue, at=sent_at, by=by)
    return issues


def first_thursdays(now: datetime, count: int = 2) -> list[datetime]:
    """Seven in the morning of the last first Thursdays of a month before `now`, the latest first."""
    found: list[datetime] = []
    month = timezone.localtime(now).date().replace(day=1)
    while len(found) < count:
        day = _first_thursday(month)
        moment = timezone.make_aware(datetime.combine(day, MAILED_AT))
        if moment < now - SETTLED:
            found.append(moment)
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def _first_thursday(month: date) -> date:
    return month + timedelta(days=(calendar.THURSDAY - month.weekday()) % 7)


def _add_draft(newsletter: NewsletterPage, issue: IssuePage, *, by: User) -> None:
    issue.live, issue.owner = False, by
    newsletter.add_child(instance=issue)
    issue.save_revision(user=by)


def _issue(record: Record, articles: Pages, people: People) -> IssuePage:
    title = record.one("title")
    return IssuePage(
        title=title,
        number=int(record.one("number")),
        subject=record.one("subject"),
        preview_line=record.one("preview"),
        summary=record.one("summary"),
        search_description=record.one("summary"),
        picture=add_picture(record.one("picture"), record.one("alt")),
        picture_alt=record.one("alt"),
        body=[issue_block(piece, articles, people) for piece in pieces(record.body)],
    )


def issue_block(piece: Piece, articles: Pages, people: People) -> tuple[str, Any]:
    """One block of `newsletter.blocks.IssueBody`, as (block type, value).

    Raises KeyError or Ebook.DoesNotExist for what is not there.
    """
    read = _BLOCKS.get(piece.kind)
    if read is not None:
        return piece.kind, read(piece)
    if piece.kind == "intro":
        return "intro", {"text": to_html(piece.words), "signed_by": people[piece.title]}
    if piece.kind == "article":
        return "article", {"article": articles[piece.title], "words": piece.words}
    if piece.kind == "question":
        question, _, answer = piece.words.partition("\n")
        words = {"question": question.removeprefix("Q:").strip(), "answer": to_html(answer)}
        return "question", {**words, "answered_by": people[piece.title]}
    return "text", {"title": piece.title, "text": to_html(piece.words)}


_BLOCKS: dict[str, Callable[[Piece], Any]] = {
    "quote": lambda piece: {"text": piece.words, "said_by": piece.title},
    "ebook": lambda piece: {"ebook": Ebook.objects.get(slug=piece.title), "words": piece.words},
    "divider": lambda _piece: None,
}


def add_dispatch(issue: IssuePage, *, at: datetime, by: User) -> Dispatch:
    """The record of a dispatch that is done: frozen content and a Delivery row for everybody of that day."""
    mail = render_issue(issue)
    dispatch = Dispatch(
        issue=issue,
        state=Dispatch.State.DONE,
        due_at=at,
        ordered_by=by,
        ordered_at=at - timedelta(minutes=20),
        launched_at=at,
        subject=mail.subject,
        sender=mail.sender,
        reply_to=mail.reply_to,
        html=mail.html,
        text=mail.text,
        content_hash=hashlib.sha256(repr(mail).encode()).hexdigest(),
    )
    dispatch.save()
    then = Subscriber.objects.filter(confirmed_at__lte=at).exclude(left_at__lte=at)
    readers = list(then.order_by("pk").values_list("pk", flat=True))
    Delivery.objects.bulk_create(list(_deliveries(dispatch, readers, at)))
    if readers:
        members = pack_keys(readers)
        Chunk.objects.create(
            dispatch=dispatch, low=readers[0], high=readers[-1], members=members, state=Chunk.State.DONE
        )
    dispatch.candidates = len(readers)
    dispatch.finished_at = at + timedelta(seconds=1 + len(readers) // PER_SECOND)
    dispatch.save()
    return dispatch


def _deliveries(dispatch: Dispatch, readers: list[int], at: datetime) -> Iterator[Delivery]:
    for number, pk in enumerate(readers, start=1):
        moment = at + timedelta(seconds=number / PER_SECOND)
        delivery = Delivery(dispatch=dispatch, subscriber_id=pk, at=moment)
        if number % GONE == 0:
            delivery.state, delivery.reply_code, delivery.reply = Delivery.State.REFUSED, 550, GONE_REPLY
        else:
            delivery.state, delivery.reply_code, delivery.reply = Delivery.State.HANDED_OVER, 250, "2.0.0 Ok: queued"
        yield delivery
