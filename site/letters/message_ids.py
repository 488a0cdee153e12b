"""The names of each letter, signed: who quotes one back to us has seen the mail."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from letters.models import Letter

_ROW = r"letter\.(\d{1,18})\.(\d{14})\.([0-9a-f]{20})"
_ID = re.compile(rf"<{_ROW}@")
_RETURN_PATH = re.compile(rf"\bbounce\+{_ROW}@", re.IGNORECASE)
_TOLD = re.compile(_ROW)


def message_id(letter: Letter) -> str:
    """The same at every try, so that a mailbox that got it twice can show it once."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{_name(letter, 'message-id')}@{host}>"


def return_path(letter: Letter) -> str:
    """Where a mail server sends this letter back to; empty where RETURN_PATH_DOMAIN is not set."""
    domain = settings.RETURN_PATH_DOMAIN
    return f"bounce+{_name(letter, 'return-path')}@{domain}" if domain else ""


def told_name(letter: Letter) -> str:
    """What a provider keeps with the letter and says in its news."""
    return _name(letter, "told")


def feedback_id(what: str, kind: str) -> str:
    """For Google's feedback loop: which mails people report, counted by what they are. Never by whom they are for."""
    host = re.sub(r"[^a-z0-9]", "", urlsplit(settings.SITE_URL).hostname or "")
    return f"{what}:{kind}::{host[:15]:x<5}"


def letter_of(quoted: str) -> Letter | None:
    """The letter that a Message-ID names, or None if it is not one of ours or is forgotten already."""
    return _read(_ID.search(quoted), "message-id")


def letter_of_return_path(addresses: str) -> Letter | None:
    """The letter that a return path of ours names, somewhere in these headers."""
    return _read(_RETURN_PATH.search(addresses), "return-path")


def letter_of_told_name(said: str) -> Letter | None:
    """The letter that a provider names."""
    return _read(_TOLD.fullmatch(said), "told")


def _name(letter: Letter, kind: str) -> str:
    row = f"{letter.pk}.{letter.created_at:%Y%m%d%H%M%S}"
    return f"letter.{row}.{_key(row, kind)}"


def _read(found: re.Match[str] | None, kind: str) -> Letter | None:
    if found is None or not constant_time_compare(found[3].lower(), _key(f"{found[1]}.{found[2]}", kind)):
        return None
    return Letter.objects.filter(pk=int(found[1])).first()


def _key(row: str, kind: str) -> str:
    return salted_hmac(f"letters.{kind}", row, algorithm="sha256").hexdigest()[:20]
