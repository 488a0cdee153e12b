"""A reader's plain text, cleaned when it comes in and made safe when it is shown."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

# Joiners that emoji and some scripts need; every other invisible sign can only deceive.
BLANK = (
    "\ue000"  # stands where a moderator blanked a part; nobody can type it, since what is private-use is cleaned away
)
_JOINERS = {"\u200c", "\u200d"}
_UNSEEN = {"Cc", "Cf", "Cs", "Co"}
_LINK = re.compile(r"""https?://[^\s<>"'\\`{}|^]+""", re.IGNORECASE)
_TRAILING = ".,:;!?…"
_PAIRS = {")": "(", "]": "["}


def clean_text(text: str) -> str:
    """Text of several lines: newlines as one sign, no control or direction-changing signs, trimmed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cleaned = "\n".join(_visible(line).rstrip() for line in lines).strip()
    return re.sub(r"\n{3,}", "\n\n", cleaned) if _shows(cleaned) else ""


def clean_line(text: str) -> str:
    """Text of one line: all blanks become one space."""
    cleaned = " ".join(_visible(" ".join(text.split())).split())
    return cleaned if _shows(cleaned) else ""


@lru_cache(maxsize=2048)  # the same words make the same HTML, and a page shows many of them again and again
def show_text(text: str) -> SafeString:
    """HTML: paragraphs and line breaks, everything escaped, bare http(s) addresses as links that give no credit."""
    paragraphs = [part.strip("\n") for part in re.split(r"\n\s*\n", text) if part.strip()]
    return format_html_join("", "<p>{}</p>", ((_lines(part),) for part in paragraphs))


def _visible(line: str) -> str:
    line = line.replace("\t", " ")
    return "".join(sign for sign in line if sign in _JOINERS or unicodedata.category(sign) not in _UNSEEN)


def _shows(text: str) -> bool:
    """Whether anything would be seen: marks and joiners alone are nothing."""
    return any(unicodedata.category(sign)[0] in "LNPS" for sign in text)


def _lines(paragraph: str) -> SafeString:
    return mark_safe("<br>".join(_with_links(line) for line in paragraph.split("\n")))  # every piece is escaped


def _with_links(line: str) -> str:
    pieces, at = [], 0
    for match in _LINK.finditer(line):
        address = _trim(match[0])
        if not _is_plain_address(address):
            continue
        pieces += [escape(line[at : match.start()]), _link(address)]
        at = match.start() + len(address)
    return "".join([*pieces, escape(line[at:])])


def _trim(address: str) -> str:
    """Without the punctuation of the sentence around it."""
    while address:
        last = address[-1]
        opening = _PAIRS.get(last)
        unbalanced = opening is not None and address.count(opening) < address.count(last)
        if last not in _TRAILING and not unbalanced:
            break
        address = address[:-1]
    return address


def _is_plain_address(address: str) -> bool:
    """A web address with a host and without a user name, which would make one host look like another."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and "@" not in parts.netloc


def _link(address: str) -> str:
    return format_html('<a href="{}" rel="ugc nofollow noopener">{}</a>', address, address)
