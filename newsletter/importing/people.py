"""What a row says of a person, and what of it cannot be used."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property, lru_cache
from typing import Self

from django.utils import timezone

from blog.models import Topic
from guard.addresses import InvalidAddressError, fingerprint, read_address
from letters.headers import looks_like_a_link, one_line
from newsletter.importing.looking import ENCODINGS
from newsletter.importing.rows import UNDECODED, Row
from newsletter.models import ImportLine
from newsletter.subscribing.address_help import read_rules, what_is_special, what_was_meant

Kind = ImportLine.Kind
SHOWN = 120  # characters of a cell that a report repeats
_QUOTED_FORMULA = re.compile(r"'[=+\-@\t\r]")
_SEPARATORS = re.compile(r"[,;|/]")
_ANSWERS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


@dataclass
class Candidate:
    """Somebody who may be taken. `joined` is None where the file does not say; `notes` tell what was left out."""

    number: int
    email: str
    mailbox: str
    fingerprint: str
    name: str = ""
    joined: datetime | None = None
    only_big_news: bool = False
    topics: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Refusal:
    """A row that is not taken, whoever is on the list."""

    number: int
    kind: ImportLine.Kind
    email: str = ""
    words: str = ""


class PeopleReader:
    """Turns rows into candidates, for one file. `columns` has the role of each column, see `looking.ROLES`."""

    def __init__(self, columns: Sequence[str], *, encoding: str) -> None:
        self.places = {role: at for at, role in enumerate(columns) if role}
        self.encoding = ENCODINGS.get(encoding, encoding)
        self.rules = read_rules()

    def read(self, row: Row) -> Candidate | Refusal:
        """One row."""
        if row.fault:
            return Refusal(row.number, Kind.UNREADABLE, words=row.fault)
        cells = {role: self._cell(row, at) for role, at in self.places.items()}
        typed = cells["email"]
        for cell in cells.values():
            if UNDECODED in cell or "\0" in cell:
                words = f"“{_fit(cell)}” is not {self.encoding}, or damaged"
                return Refusal(row.number, Kind.UNREADABLE, _fit(typed), words)
        if not typed:
            return Refusal(row.number, Kind.NO_ADDRESS)
        try:
            email, mailbox = read_address(typed)
        except InvalidAddressError:
            return Refusal(row.number, Kind.MALFORMED, _fit(typed))
        found = Candidate(row.number, email, mailbox, fingerprint(mailbox))
        self._add_marks(found)
        self._add_name(found, cells.get("name", ""))
        self._add_joined(found, cells.get("joined", ""))
        self._add_frequency(found, cells.get("big_news", ""))
        self._add_topics(found, cells.get("topics", ""))
        return found

    @cached_property
    def topics(self) -> dict[str, int]:
        """Our topics by what a file may call them."""
        rows = Topic.objects.values_list("pk", "name", "slug")
        return {word.casefold(): pk for pk, *words in rows for word in words}

    def _cell(self, row: Row, at: int) -> str:
        value = row.cells[at].strip() if at < len(row.cells) else ""
        return value[1:] if _QUOTED_FORMULA.match(value) else value  # as our own export writes it

    def _add_marks(self, found: Candidate) -> None:
        if special := what_is_special(found.email, self.rules):
            found.notes.append(special)
        if meant := _meant_domain(found.mailbox.rpartition("@")[2]):
            found.notes.append(f"perhaps mistyped: {meant} is more usual")

    def _add_name(self, found: Candidate, cell: str) -> None:
        name = one_line(cell)
        if looks_like_a_link(name):
            found.notes.append(f"the name “{_fit(name)}” was left out: it looks like a link")
        else:
            found.name = name[:80].strip()

    def _add_joined(self, found: Candidate, cell: str) -> None:
        if not cell:
            return
        found.joined = read_moment(cell)
        if found.joined is None:
            found.notes.append(f"the date “{_fit(cell)}” was left out: it is none, or still to come")

    def _add_frequency(self, found: Candidate, cell: str) -> None:
        said = _ANSWERS.get(cell.casefold())
        found.only_big_news = bool(said)
        if said is None:
            found.notes.append(f"“{_fit(cell)}” was left out: big news only is yes or no")

    def _add_topics(self, found: Candidate, cell: str) -> None:
        whole = self.topics.get(cell.casefold())
        words = [] if whole else [word.strip() for word in _SEPARATORS.split(cell) if word.strip()]
        known = [self.topics.get(word.casefold()) for word in words]
        found.topics = [whole] if whole else sorted({pk for pk in known if pk})
        strange = [word for word, pk in zip(words, known, strict=True) if not pk]
        if strange:
            found.notes.append(f"not one of our topics, left out: {_fit(', '.join(strange))}")


class Seen:
    """The mailboxes of one file so far, on disk: a file of any length costs no memory."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.execute("CREATE TABLE seen (mailbox BLOB PRIMARY KEY) WITHOUT ROWID")
        self._rows.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()

    def is_new(self, fingerprint: str) -> bool:
        """Whether it was not there before; it is now."""
        added = self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?)", [bytes.fromhex(fingerprint)])
        return bool(added.rowcount)


def read_moment(cell: str) -> datetime | None:
    """A day or a moment, ISO 8601 or day first, in the site's time zone if it names none; None if it is no such thing.

    A day is taken at noon. What is still to come is taken for a mistake.
    """
    if parts := _DAY_FIRST.match(cell):
        day, month, year = parts.groups()
        cell = f"{year}-{int(month):02}-{int(day):02}"
    try:
        moment = datetime.fromisoformat(cell)
        if len(cell) <= len("2026-12-01"):
            moment = datetime.combine(moment.date(), time(12))
        aware = timezone.make_aware(moment) if moment.tzinfo is None else moment
    except (ValueError, OverflowError):
        return None
    return aware if aware.year > 1970 and aware <= timezone.now() else None  # noqa: PLR2004 - 1970-01-01: never


@lru_cache(maxsize=10_000)
def _meant_domain(domain: str) -> str:
    return what_was_meant(f"x@{domain}").removeprefix("x@")


def _fit(cell: str) -> str:
    return one_line(cell.replace("\0", UNDECODED))[:SHOWN]
