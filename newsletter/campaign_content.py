"""An issue as Mailchimp gets it: our words and HTML, with its merge tags where a reader's own stands.

Its tags are kept byte for byte. What looks like one of them in an editor's words is printed as it is written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from html import escape

from letters.headers import one_line
from newsletter.composing import FALL_BACK_NAME, FIRST_NAME, OWN_PAGE, SINCE, UNSUBSCRIBE, cut_at_marks
from newsletter.issue_fields import find_marks, with_marks
from newsletter.models import Dispatch

LEAVE, PROFILE, ADDRESS, NAME = "*|UNSUB|*", "*|UPDATE_PROFILE|*", "*|LIST:ADDRESSLINE|*", "*|FNAME|*"
SUBJECT_AT_MOST = 150  # characters that Mailchimp takes, without what a tag becomes
_BEGIN = "*|"
# The way to the counting of links, which a campaign does not do: nothing to switch off there.
_COUNTING_HTML = re.compile(rf'\s*·\s*<a\b[^>]*href="{OWN_PAGE}#counting"[^>]*>.*?</a>', re.DOTALL)
_COUNTING_TEXT = re.compile(rf"^[^\n]*\n{OWN_PAGE}#counting\n", re.MULTILINE)


@dataclass(frozen=True)
class CampaignContent:
    """What a campaign is made of. `from_name` and `address`: Mailchimp sends from the address that answers go to."""

    subject: str
    preview: str
    from_name: str
    address: str
    html: str
    text: str


def write_campaign(
    dispatch: Dispatch, *, preview_line: str = "", address_lines: tuple[str, ...] = ()
) -> CampaignContent:
    """The content of a dispatch (saved, or a trial) as a campaign.

    `address_lines` are the ways in which our postal address may stand in it, the longest first: where one of them
    stands, Mailchimp writes the audience's own, which its terms ask for.
    """
    name, address = parseaddr(one_line(dispatch.sender))
    return CampaignContent(
        subject=_fill(with_marks(one_line(dispatch.subject)), _as_plain),
        preview=_fill(with_marks(one_line(preview_line)), _as_plain),
        from_name=name or address,
        address=address,
        html=_write_html(dispatch.html, address_lines),
        text=_write_text(dispatch.text, address_lines),
    )


def _write_html(html: str, address_lines: tuple[str, ...]) -> str:
    filled = _fill(_COUNTING_HTML.sub("", html), _as_html)
    for line in address_lines:
        before, found, after = filled.rpartition(escape(line))
        if found:
            return before + ADDRESS + after
    before, body, after = filled.rpartition("</body>")
    return f"{before}<p>{ADDRESS}</p>{body}{after}" if body else f"{filled}<p>{ADDRESS}</p>"


def _write_text(text: str, address_lines: tuple[str, ...]) -> str:
    filled = _fill(_COUNTING_TEXT.sub("", text), _as_plain)
    for line in address_lines:
        wrapped = re.compile(r"\s+".join(map(re.escape, line.split())))
        if found := list(wrapped.finditer(filled)):
            return filled[: found[-1].start()] + ADDRESS + filled[found[-1].end() :]
    return f"{filled.rstrip()}\n\n{ADDRESS}\n"


def _fill(content: str, write: Callable[[str], str]) -> str:
    """Marks become tags. `write` makes an editor's words of a mark fit for the part; words between are ours already."""
    fields = find_marks(content)
    filled = []
    for words, mark in cut_at_marks(content):
        filled.append(words.replace(_BEGIN, write(_BEGIN)))
        if mark in fields:
            field = fields[mark]
            otherwise = write(f"{field.blank}{field.otherwise}") if field.otherwise else ""
            filled.append(_named(f"{field.blank}{NAME}", otherwise) if field.name == "name" else otherwise)
        elif mark:
            filled.append(_TAGS.get(mark, ""))
    return "".join(filled)


def _named(with_name: str, without: str) -> str:
    """Words for readers whose name Mailchimp knows, and for the others."""
    return f"*|IF:FNAME|*{with_name}*|ELSE:|*{without}*|END:IF|*"


def _as_html(words: str) -> str:
    return escape(words).replace(_BEGIN, "*&#124;")


def _as_plain(words: str) -> str:
    return words.replace(_BEGIN, "* |")


_TAGS = {
    FIRST_NAME: _named(NAME, FALL_BACK_NAME),
    SINCE: "",  # Mailchimp does not know since when somebody reads
    UNSUBSCRIBE: LEAVE,
    OWN_PAGE: PROFILE,
}
