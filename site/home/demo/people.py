"""The people of the demo: those whose names stand on articles, and those who log in."""

from dataclasses import dataclass
from datetime import datetime

from blog.models import AuthorIndexPage, AuthorPage, Credential
from home.demo.pictures import add_picture
from home.demo.publishing import add_published, morning_before
from home.demo.texts import Record, read_folder, to_html
from users.accounts import ensure_colleague
from users.models import User

JOINED = 420  # days before the demo is loaded
EDITOR, REVIEWER = "wilhelmina-tarn", "anouk-sorrel"  # those with a log-in


@dataclass(frozen=True)
class Staff:
    """Who did in the admin what the demo shows as done."""

    editor: User
    moderator: User
    reviewer: User


def ensure_staff() -> Staff:
    """The accounts `editor`, `moderator` and `reviewer`, with log-ins of their own."""
    return Staff(
        editor=ensure_colleague("editor", "Editors", "Moderators", first_name="Wilhelmina", last_name="Tarn"),
        moderator=ensure_colleague("moderator", "Moderators", first_name="Sorrel", last_name="Finch"),
        reviewer=ensure_colleague("reviewer", "Medical reviewers", first_name="Anouk", last_name="Sorrel"),
    )


def add_people(*, now: datetime, staff: Staff) -> dict[str, AuthorPage]:
    """All profiles, by slug."""
    index = AuthorIndexPage.objects.get()
    people = {slug: _profile(slug, record) for slug, record in read_folder("people").items()}
    people[EDITOR].user, people[REVIEWER].user = staff.editor, staff.reviewer
    for person in people.values():
        add_published(index, person, at=morning_before(now, JOINED), by=staff.editor)
    return people


def _profile(slug: str, record: Record) -> AuthorPage:
    person = AuthorPage(
        title=record.one("name"),
        slug=slug,
        role=record.one("role"),
        lead=record.one("lead"),
        bio=to_html(record.body),
        photo=add_picture(f"portrait-{slug}", record.one("alt")),
        writes_about=record.one("about"),
        interests=record.one("interests"),
        is_reviewer=record.one("reviewer") == "yes",
        search_description=record.one("lead"),
    )
    for degree, body, year in record.parts("credential"):
        person.credentials.add(Credential(degree=degree, body=body, year=int(year) if year else None))
    return person
