"""The comments of the demo: threads in every state that a moderator meets, and those waiting for one."""

from datetime import datetime, timedelta

from django.utils.text import slugify

from blog.actions.commenters import find_commenter
from blog.actions.submitting import read_words
from blog.models import ArticlePage, AuthorPage, Comment
from blog.spam.local import judge
from home.demo.publishing import days_before
from home.demo.texts import Record, read_records
from users.models import User

DECIDED_AFTER = timedelta(hours=3)
FORGOTTEN_AFTER = timedelta(days=30)  # network address and browser
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
State = Comment.State
DECIDED = {State.PUBLISHED, State.REFUSED, State.SPAM}


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
        _decide(comment, by)
        comment.save()
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


def _decide(comment: Comment, by: User) -> None:
    """What the machine found within the minute and a person decided some hours later."""
    comment.judged_at = comment.created_at + timedelta(seconds=2)
    if comment.staff is None:
        words, verdict = read_words(comment.text, comment.author_name), judge(comment, ())
        comment.commenter = find_commenter(comment.email)
        comment.personal_data, comment.crisis = words.personal_data, words.crisis
        comment.verdict, comment.score = verdict.outcome.value, verdict.score
        comment.reasons = [reason.as_json() for reason in verdict.reasons]
    if comment.state == State.WITHDRAWN:
        comment.decided_at = comment.created_at + timedelta(minutes=10)
    elif comment.state in DECIDED:
        comment.decided_at, comment.decided_by = comment.created_at + DECIDED_AFTER, by
