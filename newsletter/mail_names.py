"""What an issue's mail to one reader is called, signed: whoever quotes a name back to us has seen the mail.

Three names of the same row, each with a key of its own: the Message-ID, the return path, and what a mail provider is
told to tell us with its news.
"""

import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_ROW = r"(\d{1,18})\.(\d{1,18})\.([0-9a-f]{20})"
_MESSAGE_ID = re.compile(rf"<{_ROW}@")
_RETURN_PATH = re.compile(rf"\bbounce\+{_ROW}@", re.IGNORECASE)
_TOLD = re.compile(_ROW)

Row = tuple[int, int]  # the keys of the dispatch and of the subscriber


def message_id(row: Row, domain: str) -> str:
    """The same for every attempt, so that a mailbox that got it twice can show it once."""
    return f"<{_name(row, 'message-id')}@{domain}>"


def return_path(row: Row) -> str:
    """Where a mail server sends this mail back to; empty where RETURN_PATH_DOMAIN is not set."""
    domain = settings.RETURN_PATH_DOMAIN
    return f"bounce+{_name(row, 'return-path')}@{domain}" if domain else ""


def told_name(row: Row) -> str:
    """What a provider keeps with the mail and says in its news: no address, 80 characters at most."""
    return _name(row, "told")


def read_message_id(quoted: str) -> Row | None:
    """The row that a Message-ID of ours names; None for any other."""
    return _read(_MESSAGE_ID.search(quoted), "message-id")


def read_return_path(addresses: str) -> Row | None:
    """The row that a return path of ours names, somewhere in these headers; None if there is none."""
    return _read(_RETURN_PATH.search(addresses), "return-path")


def read_told_name(said: str) -> Row | None:
    """The row that a provider names; None for anything that we did not tell it."""
    return _read(_TOLD.fullmatch(said), "told")


def _name(row: Row, kind: str) -> str:
    keys = f"{row[0]}.{row[1]}"
    return f"{keys}.{_key(keys, kind)}"


def _read(found: re.Match[str] | None, kind: str) -> Row | None:
    if found is None or not constant_time_compare(found[3].lower(), _key(f"{found[1]}.{found[2]}", kind)):
        return None
    return int(found[1]), int(found[2])


def _key(keys: str, kind: str) -> str:
    return salted_hmac(f"newsletter.composing.{kind}", keys, algorithm="sha256").hexdigest()[:20]
