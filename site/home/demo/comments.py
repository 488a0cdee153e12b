"""The comments of the demo: threads in every state that a moderator meets, and those waiting for one."""

from datetime import datetime, timedelta

from django.utils.text import slugify
from wagtail.models import ModelLogEntry

from blog.actions.commenters import find_commenter
from blog.actions.comments import MADE
from blog.actions.history import write_down
from blog.actions.submitting import read_words
from blog.models import ArticlePage, AuthorPage, Comment, Commenter, CommentReport
from blog.spam.classifier import score
from blog.spam.local import judge
from home.demo.publishing import days_before
from home.demo.texts import Record, read_records
from users.models import User

DECIDED_AFTER = timedelta(hours=3)
PROVEN_AFTER = timedelta(minutes=20)
FORGOTTEN_AFTER = timedelta(days=30)  # network address and browser
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
State = Comment.State
DECIDED: dict[State, str] = {state: action for action, state in MADE.items() if state != State.HELD}


def add_comments(
    *, articles: dict[str, ArticlePage], people: dict[str, AuthorPage], now: datetime, by: User
) -> list[Comment]:
    """All comments; a reply joins the newest thread of its article above it in the file."""
    threads: dict[str, Comment] = {}
    comments = []
    for number, record in enumerate(read_records("comments.md"), start=1):
        slug = record.one("article")
        comment = _comment(record, articles[slug], people, now)
        comment.ip = f"192.0.2.{number}" if now - comment.created_at < FORGOTTEN_AFTER else None
        comment.user_agent = BROWSER if comment.ip else ""
        if record.one("reply"):
            comment.parent = comment.answers = threads[slug]
        if comment.staff is None:
            _judge(comment)
            comment.commenter = _writer(comment)
        _decide(comment, by)
        comment.save()
        if comment.decided_by:
            _write_down(comment, by)
        if record.one("reported"):
            _report(comment, record, now)
        comments.append(comment)
        if comment.parent is None:
            threads[slug] = comment
    return comments


def _comment(record: Record, article: ArticlePage, people: dict[str, AuthorPage], now: datetime) -> Comment:
    staff = people.get(record.one("staff"))
    domain = "meadowsweet.example" if staff else "example.com"
    return Comment(
        article=article,
        author_name=record.one("name"),
        email=f"{slugify(record.one('name')) or 'reader'}@{domain}",
        text=record.body,
        wants_replies=record.one("wants") == "yes",
        staff=staff,
        state=State(record.one("state")),
        refusal_reason=record.one("refused"),
        created_at=days_before(now, record.one("days")),
    )


def _judge(comment: Comment) -> None:
    """What the check finds in these words, as it would on the site."""
    words, found = read_words(comment.text, comment.author_name), score(comment.text, comment.author_name)
    verdict = judge(comment, (), found)
    comment.personal_data, comment.crisis = words.personal_data, words.crisis
    comment.verdict, comment.score = verdict.outcome.value, verdict.score
    comment.reasons = [reason.as_json() for reason in verdict.reasons]


def _writer(comment: Comment) -> Commenter | None:
    """The mailbox; whoever is published has answered the letter that asked for a yes."""
    commenter = find_commenter(comment.email)
    if commenter is None:
        return None
    commenter.created_at = min(commenter.created_at, comment.created_at)
    if comment.state == State.PUBLISHED:
        comment.proven_at = comment.created_at + PROVEN_AFTER
        commenter.proven_at = commenter.proven_at or comment.proven_at
    commenter.save()
    return commenter


def _decide(comment: Comment, by: User) -> None:
    """The machine was there within the minute, a person some hours later."""
    comment.judged_at = comment.created_at + timedelta(seconds=2)
    if comment.state == State.WITHDRAWN:
        comment.decided_at = comment.created_at + timedelta(minutes=10)
    elif comment.state in DECIDED:
        comment.decided_at, comment.decided_by = comment.created_at + DECIDED_AFTER, by


def _write_down(comment: Comment, by: User) -> None:
    """The decision, in the history and for the statistics."""
    action, waited = DECIDED[State(comment.state)], int(DECIDED_AFTER.total_seconds())
    write_down(comment, action, by=by, data={"was": State.HELD.value, "waited": waited})
    ModelLogEntry.objects.filter(action=action, object_id=str(comment.pk)).update(timestamp=comment.decided_at)


def _report(comment: Comment, record: Record, now: datetime) -> None:
    """`reported: reason | days | words`: what a reader says of it, and nobody has looked at yet."""
    reason, days, words = record.parts("reported")[0]
    CommentReport.objects.create(
        comment=comment, reason=CommentReport.Reason(reason), words=words, created_at=days_before(now, days)
    )
