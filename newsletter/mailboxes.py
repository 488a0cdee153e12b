"""The mailbox to which mail comes back: IMAP or a folder in Maildir form. What was read is marked, never deleted."""

import contextlib
import imaplib
import logging
import os
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from letters.headers import one_line

MOST_BYTES = 1_000_000  # of each mail
MOST = 500  # mails a visit
SECONDS = 120  # a visit; and
PATIENCE = 30  # for each answer
KEYWORD = "WellpressRead"  # on what we have read, so that people still see it as new

log = logging.getLogger(__name__)


class MailboxAway(Exception):  # noqa: N818 - what it says
    """It cannot be opened or read now; in words, without the password."""


class Mailbox(Protocol):
    """What a visit does with either kind. Both raise MailboxAway."""

    def waiting(self) -> Iterator[tuple[str, bytes]]:
        """Key and raw bytes of each mail that was not marked, the oldest first."""

    def mark(self, key: str, *, is_report: bool) -> None:
        """Not to be read again by us; a report not by people either."""


@contextmanager
def open_mailbox(url: str) -> Iterator[Mailbox]:
    """The mailbox of RETURNED_MAIL_URL, closed afterwards. Raises MailboxAway."""
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        yield Maildir(Path(unquote(parts.path)))
        return
    try:
        box = Imap(parts)
    except _FAULTS as error:
        raise MailboxAway(_words(error)) from error
    try:
        yield box
    finally:
        box.close()


class Maildir:
    """A folder with `new` and `cur`, which no other program reads: what lies in `new` waits."""

    def __init__(self, folder: Path) -> None:
        self._new, self._cur = folder / "new", folder / "cur"

    def waiting(self) -> Iterator[tuple[str, bytes]]:
        """As Mailbox."""
        try:
            names = sorted(os.listdir(self._new))[:MOST]
            for name in names:
                with contextlib.suppress(FileNotFoundError), (self._new / name).open("rb") as file:
                    yield name, file.read(MOST_BYTES)
        except OSError as error:
            raise MailboxAway(f"{self._new}: {error.strerror}") from error

    def mark(self, key: str, *, is_report: bool) -> None:
        """As Mailbox: into `cur`."""
        try:
            with contextlib.suppress(FileNotFoundError):  # another visit was first
                (self._new / key).rename(self._cur / f"{key.partition(':')[0]}:2,{'S' if is_report else ''}")
        except OSError as error:
            raise MailboxAway(f"{self._cur}: {error.strerror}") from error


class Imap:
    """One folder on an IMAP server. Where it keeps no keywords of ours, what was read counts as seen."""

    def __init__(self, parts: SplitResult) -> None:
        host = parts.hostname or ""
        if parts.scheme == "imaps":
            context = ssl.create_default_context()
            self._server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                host, parts.port or 993, ssl_context=context, timeout=PATIENCE
            )
        else:
            self._server = imaplib.IMAP4(host, parts.port or 143, timeout=PATIENCE)
        try:
            self._server.login(_quoted(unquote(parts.username or "")), unquote(parts.password or ""))
            self._ask(self._server.select(_quoted(unquote(parts.path.strip("/")) or "INBOX")))
            kept = b" ".join(line for line in self._server.response("PERMANENTFLAGS")[1] or [] if line)
            self._has_keywords = b"\\*" in kept or KEYWORD.encode() in kept
        except BaseException:
            self.close()
            raise

    def waiting(self) -> Iterator[tuple[str, bytes]]:
        """As Mailbox."""
        what = ("UNKEYWORD", KEYWORD) if self._has_keywords else ("UNSEEN",)
        ends_at = time.monotonic() + SECONDS
        try:
            found = self._ask(self._server.uid("SEARCH", *what, "UNDELETED"))
            for uid in (found[0] or b"").split()[:MOST]:
                if time.monotonic() > ends_at:
                    return
                # PEEK: reading alone must not make it seen.
                answer = self._ask(self._server.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{MOST_BYTES}>)"))
                raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
                if raw is not None:
                    yield uid.decode(), raw
        except _FAULTS as error:
            raise MailboxAway(_words(error)) from error

    def mark(self, key: str, *, is_report: bool) -> None:
        """As Mailbox: by flags."""
        flags = [KEYWORD] if self._has_keywords else []
        if is_report or not flags:
            flags.append("\\Seen")
        try:
            self._ask(self._server.uid("STORE", key, "+FLAGS.SILENT", f"({' '.join(flags)})"))
        except _FAULTS as error:
            raise MailboxAway(_words(error)) from error

    def close(self) -> None:
        """LOGOUT, whether or not the server still listens."""
        with contextlib.suppress(*_FAULTS):
            self._server.logout()
        with contextlib.suppress(*_FAULTS):
            self._server.shutdown()

    def _ask(self, answer: tuple[str, list]) -> list:
        word, said = answer
        if word != "OK":
            raise imaplib.IMAP4.error(f"{word} {said[0] if said else ''!r}")
        return said


_FAULTS = (imaplib.IMAP4.error, OSError, EOFError, ValueError)


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(error: BaseException) -> str:
    said = error.args[0] if error.args and isinstance(error.args[0], bytes) else str(error).encode()
    return one_line(re.sub(r"\s+", " ", f"{type(error).__name__}: {said.decode('utf-8', 'replace')}"))[:200]
