"""Reading the mailbox's files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

NAME = re.compile(r"\A\d{10,20}-[0-9a-f]{8}\Z")


@dataclass(frozen=True)
class Mail:
    """One message: `name` is its key in the mailbox."""

    name: str
    message: EmailMessage
    source: str

    @property
    def arrived_at(self) -> datetime:
        """When it arrived (aware, UTC)."""
        return datetime.fromtimestamp(int(self.name.split("-")[0]) / 1e9, tz=UTC)

    @property
    def subject(self) -> str:
        """The subject, or words for its absence."""
        return self.header("subject") or "(no subject)"

    @property
    def sender(self) -> str:
        """The From header."""
        return self.header("from")

    @property
    def recipient(self) -> str:
        """To whom the envelope was addressed."""
        return self.header("x-envelope-to") or self.header("to")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers in order, without the one the mailbox added."""
        return [(name, str(value)) for name, value in self.message.items() if name.lower() != "x-envelope-to"]

    @property
    def html(self) -> str:
        """The HTML part, or an empty string."""
        return self._part("html")

    @property
    def text(self) -> str:
        """The plain text part, or an empty string."""
        return self._part("plain")

    def header(self, name: str) -> str:
        """One header as text."""
        return str(self.message.get(name, ""))

    def _part(self, subtype: str) -> str:
        part = self.message.get_body(preferencelist=(subtype,))
        return str(part.get_content()) if part else ""


def mail_names(folder: Path) -> list[str]:
    """The keys of all messages, the newest first."""
    return sorted((path.stem for path in folder.glob("*.eml")), reverse=True)


def list_mails(folder: Path, names: Iterable[str] | None = None) -> list[Mail]:
    """The messages with these keys, or all of them, the newest first."""
    chosen = mail_names(folder) if names is None else names
    return [mail for name in chosen if (mail := find_mail(folder, name))]


def search_mails(folder: Path, words: str) -> list[str]:
    """The keys of messages that hold the words in subject or recipient, in any case."""
    found = list_mails(folder)
    return [mail.name for mail in found if words.lower() in f"{mail.subject}\n{mail.recipient}".lower()]


def find_mail(folder: Path, name: str) -> Mail | None:
    """One message, or None: also for a name that is no key of ours."""
    if not NAME.match(name):
        return None
    try:
        content = (folder / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = message_from_bytes(content, policy=policy.default)
    source = content.split(b"\n", 1)[1].decode("utf-8", "replace")  # without the envelope line
    return Mail(name=name, message=message, source=source)


def empty_mailbox(folder: Path) -> int:
    """Delete every message; returns how many."""
    paths = list(folder.glob("*.eml"))
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)
