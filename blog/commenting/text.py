"""A reader's plain text, cleaned when it comes in and made safe when it is shown."""

import re
import unicodedata
from functools import lru_cache

from django.utils.safestring import SafeString

from blog.commenting import markup
from blog.commenting.markup import read_markup, write_html, write_plain
from blog.models import Comment
from blog.sanitiser import clean_comment, clean_comment_without_links

BLANK = markup.BLANK  # what the desk writes where it takes a part away
_BLANKED = '<span class="blanked">[removed by a moderator]</span>'
# Joiners that emoji and some scripts need; every other invisible sign can only deceive.
_JOINERS = {"\u200c", "\u200d"}
_UNSEEN = {"Cc", "Cf", "Cs", "Co"}


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
    """HTML of a comment: paragraphs, lists, stress and web links, and what a moderator blanked, named as such."""
    return clean_comment(write_html(read_markup(text)).replace(BLANK, _BLANKED))


def show_comment(comment: Comment) -> SafeString:
    """HTML of a comment for its writer or a moderator: no link can be pressed before readers may press it."""
    if comment.is_public:
        return show_text(comment.text)
    return clean_comment_without_links(write_html(read_markup(comment.text)).replace(BLANK, _BLANKED))


def plain_comment(text: str) -> str:
    """The same as words alone, of several lines, for letters and feeds: “[…]” for what was blanked. Not escaped."""
    return write_plain(read_markup(text)).replace(BLANK, "[…]")


def _visible(line: str) -> str:
    line = line.replace("\t", " ")
    return "".join(sign for sign in line if sign in _JOINERS or unicodedata.category(sign) not in _UNSEEN)


def _shows(text: str) -> bool:
    """Whether anything would be seen: marks and joiners alone are nothing."""
    return any(unicodedata.category(sign)[0] in "LNPS" for sign in text)
