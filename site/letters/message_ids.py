"""The name of each mail, signed: who quotes it back to us has seen the mail."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from letters.models import Letter

_ID = re.compile(r"<letter\.(\d{1,18})\.(\d{14})\.([0-9a-f]{20})@")


def message_id(letter: Letter) -> str:
    """The same at every try, so that a mailbox that got it twice can show it once."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    row = f"{letter.pk}.{letter.created_at:%Y%m%d%H%M%S}"
    return f"<letter.{row}.{_key(row)}@{host}>"


def letter_of(quoted: str) -> Letter | None:
    """The letter that a Message-ID names, or None if it is not one of ours or is forgotten already."""
    found = _ID.search(quoted)
    if found is None or not constant_time_compare(found[3], _key(f"{found[1]}.{found[2]}")):
        return None
    return Letter.objects.filter(pk=int(found[1])).first()


def _key(row: str) -> str:
    return salted_hmac("letters.message-id", row, algorithm="sha256").hexdigest()[:20]
