"""One dispatch as a MIME message: encoded once, with each reader's own words spliced in.

The message is quoted-printable throughout, so it is 7-bit on every server, and a soft line break ("=" at a line's
end) may stand anywhere: that is where a reader's words go in without encoding the rest again.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from email.header import Header
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from letters.headers import one_line
from letters.message_ids import feedback_id
from letters.outgoing import site_signer
from newsletter import mail_names
from newsletter.audience import Reader
from newsletter.counted_links import click_mark, with_marks
from newsletter.issue_fields import MARK, fill_in_words, find_marks, has_fields
from newsletter.links import Purpose, absolute, list_id, urls_of_many
from newsletter.models import Dispatch, Subscriber
from newsletter.quoted_printable import LINE, encode_escaped, encode_word, quoted_printable, splice
from newsletter.senders import Message, Pattern, Personal

FIRST_NAME, SINCE, UNSUBSCRIBE, OWN_PAGE = "%%FIRST_NAME%%", "%%SINCE%%", "%%UNSUBSCRIBE%%", "%%OWN_PAGE%%"
SUBJECT = "%%SUBJECT%%"  # for a provider, where it holds fields
FALL_BACK_NAME = "reader"
LONGEST_NAME = 60  # characters; a longer one is no first name, and would not fit the lines of the text part
NO_CODE = "see your own page"  # where a code should stand and there is none: the page says why
_CODE = re.compile(r"%%CODE:(\d{1,18})%%")
_CLICK = r"%%CLICK:\d{1,18}%%"
_MARKS = re.compile(f"{FIRST_NAME}|{SINCE}|{UNSUBSCRIBE}|{OWN_PAGE}|{_CODE.pattern}|{_CLICK}|{MARK}")
_BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class _Head:
    """A subject, and the headers that all messages with it share: it is among them if it is the same for all."""

    def __init__(self, words: str, headers: bytes) -> None:
        self.words, self.headers, self.has_fields = words, headers, has_fields(words)


class Skeleton:
    """What all messages of one dispatch share, encoded. `compose` adds one reader's words."""

    def __init__(self, dispatch: Dispatch, *, links: Sequence[tuple[int, str, int]] = ()) -> None:
        """`links` (key, address, number) are counted for those alone who allowed that; number 0 is a trap."""
        self._dispatch, self._dispatch_id = dispatch, dispatch.pk
        self._envelope_sender = _ascii_address(parseaddr(one_line(dispatch.sender))[1])
        self._domain = self._envelope_sender.rpartition("@")[2]
        boundary = f"=_{dispatch.content_hash[:32] or 'wellpress'}"  # quoted-printable never holds "=_"
        self._test = dispatch.test
        subjects = (dispatch.subject, self._test.subject if self._test else "")
        self._heads = [_Head(words, _shared_headers(dispatch, boundary, words)) for words in subjects]
        self._plain = _cut(dispatch.text), _cut(dispatch.html)
        self._link_keys = [pk for pk, *_ in links]
        self._counted = self._plain
        self._counted_parts = dispatch.text, dispatch.html
        if links:
            traps = [pk for pk, _, number in links if number == 0]
            shown = [(pk, url) for pk, url, number in links if number]
            html, text = with_marks(dispatch.html, dispatch.text, shown, traps=traps)
            self._counted, self._counted_parts = (_cut(text), _cut(html)), (text, html)
        self._boundary = boundary.encode("ascii")
        self.offers = find_offers(dispatch.text + dispatch.html)
        self._signer = site_signer()
        self._fields = find_marks(dispatch.text + dispatch.html)
        self._leave_at, self._own_page = urls_of_many(Purpose.UNSUBSCRIBE), urls_of_many(Purpose.OWN)
        self._count_at = urls_of_many(Purpose.CLICK)

    def compose(
        self, subscriber: Subscriber | Reader, codes: Iterable[tuple[int, str]] = (), *, lot: str = ""
    ) -> Message:
        """The message to one reader, with their code for each of `offers` (key, code as it is shown).

        Raises ValueError for an address that no header can carry.
        """
        subject = self._head(lot)
        sender, recipient = self._envelope(subscriber)
        text, html = self._counted if subscriber.may_count else self._plain
        words = self._words(subscriber, codes, subject)
        leave_at = words[UNSUBSCRIBE]
        own = [
            f"To: {recipient}",
            f"Message-ID: {self.message_id(subscriber.pk)}",
            f"List-Unsubscribe: <{leave_at}>",
        ]
        if subject.has_fields:
            own.append(f"Subject: {_encoded('Subject', words[SUBJECT])}")
        encoded = {mark: encode_word(value) for mark, value in words.items()}
        between = b"\r\n--" + self._boundary
        head = b"Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        content = b"".join(
            [
                subject.headers,
                "\r\n".join(own).encode("ascii"),
                b"\r\n\r\n" + between[2:] + b"\r\n" + head % b"plain",
                splice(text, encoded),
                between + b"\r\n" + head % b"html",
                splice(html, encode_escaped(words, encoded)),
                between + b"--\r\n",
            ]
        )
        return Message(sender, recipient, self._signer.sign(content) if self._signer else content)

    def announce(self, subscriber: Subscriber | Reader) -> Message:
        """The envelope of a message, without its content. Raises ValueError as `compose` does."""
        return Message(*self._envelope(subscriber), b"")

    def _envelope(self, subscriber: Subscriber | Reader) -> tuple[str, str]:
        sender = mail_names.return_path((self._dispatch_id, subscriber.pk)) or self._envelope_sender
        return sender, _ascii_address(subscriber.email)

    def _head(self, lot: str) -> "_Head":
        return self._heads[bool(self._test and self._test.is_second(lot))]

    def pattern(self, lot: str = "", *, is_counted: bool = False) -> Pattern:
        """The same for all of a lot, or for those who allowed counting, with its marks, for a provider."""
        dispatch, subject = self._dispatch, self._head(lot)
        text, html = self._counted_parts if is_counted else (dispatch.text, dispatch.html)
        return Pattern(
            sender=dispatch.sender,
            reply_to=dispatch.reply_to,
            subject=SUBJECT if subject.has_fields else one_line(subject.words),
            text=text,
            html=html,
            headers={"List-Id": list_id(), **_list_headers(dispatch)},
            tag=f"dispatch-{dispatch.pk}",
        )

    def personal(
        self, subscriber: Subscriber | Reader, codes: Iterable[tuple[int, str]] = (), *, lot: str = ""
    ) -> Personal:
        """One reader's own in the pattern. Raises ValueError for an address that no header can carry."""
        words = self._words(subscriber, codes, self._head(lot))
        headers = {"Message-ID": self.message_id(subscriber.pk), "List-Unsubscribe": f"<{words[UNSUBSCRIBE]}>"}
        told = mail_names.told_name((self._dispatch_id, subscriber.pk))
        return Personal(_ascii_address(subscriber.email), told, headers, words)

    def _words(
        self, subscriber: Subscriber | Reader, codes: Iterable[tuple[int, str]], subject: "_Head"
    ) -> dict[str, str]:
        words = {
            FIRST_NAME: first_name(subscriber.name),
            SINCE: _since(subscriber),
            # The dispatch is named in it, so that the report can say how many left through this issue.
            UNSUBSCRIBE: self._leave_at(subscriber, self._dispatch_id or 0),
            OWN_PAGE: self._own_page(subscriber, self._dispatch_id or 0),
            **{code_mark(offer): NO_CODE for offer in self.offers},
            **{code_mark(offer): code for offer, code in codes},
        }
        if subscriber.may_count:
            words |= {click_mark(pk): self._count_at(subscriber, pk) for pk in self._link_keys}
        values = _values(subscriber) if self._fields or subject.has_fields else {}
        words |= {mark: field.fill(values) for mark, field in self._fields.items()}
        if subject.has_fields:
            words[SUBJECT] = one_line(fill_in_words(subject.words, values))
        return words

    def message_id(self, subscriber_id: int) -> str:
        """The same for every attempt, so that a mailbox that got it twice can show it once."""
        return mail_names.message_id((self._dispatch_id, subscriber_id), self._domain)


def code_mark(offer_pk: int) -> str:
    """Where a reader's code for that offer goes in."""
    return f"%%CODE:{offer_pk}%%"


def find_offers(content: str) -> list[int]:
    """The keys of the offers whose codes a content asks for."""
    return sorted({int(mark[1]) for mark in _CODE.finditer(content)})


def cut_at_marks(content: str) -> Iterator[tuple[str, str]]:
    """The words before each mark, and the mark; at the end the rest and no mark."""
    end = 0
    for mark in _MARKS.finditer(content):
        yield content[end : mark.start()], mark.group()
        end = mark.end()
    yield content[end:], ""


def fill_in(content: str, words: dict[str, str]) -> str:
    """Content with placeholders, for eyes: previews and the web. What is filled in is not searched again."""
    return _MARKS.sub(lambda mark: words[mark.group()], content)


def first_name(name: str) -> str:
    """A subscriber's name as it may stand in a sentence, or the fall-back."""
    return spoken_name(name) or FALL_BACK_NAME


def spoken_name(name: str) -> str:
    """The same, but empty where there is no name that can be said."""
    visible = "".join(c for c in unicodedata.normalize("NFC", one_line(name)) if c not in _BIDI)
    name = " ".join(visible.split())
    return name if len(name) <= LONGEST_NAME else ""


def _values(subscriber: Subscriber | Reader) -> dict[str, str]:
    """What the fields of `newsletter.issue_fields` stand for."""
    return {"name": spoken_name(subscriber.name), "since": _since(subscriber).removeprefix(" on ")}


def _since(subscriber: Subscriber | Reader) -> str:
    if subscriber.confirmed_at is None:
        return ""
    return f" on {_in_words(subscriber.confirmed_at.astimezone(timezone.get_default_timezone()).date())}"


@lru_cache(maxsize=10_000)
def _in_words(day: date) -> str:
    """Many readers joined on the same day, and writing one out costs more than the rest of a message."""
    return date_format(day, "j F Y")


def _shared_headers(dispatch: Dispatch, boundary: str, subject: str) -> bytes:
    site_host = urlsplit(settings.SITE_URL).hostname or "localhost"
    name = parseaddr(one_line(dispatch.sender))[0]
    headers = {
        "From": _with_name(dispatch.sender),
        "Subject": "" if has_fields(subject) else _encoded("Subject", one_line(subject)),
        "Date": format_datetime(timezone.localtime(dispatch.launched_at)),
        "Reply-To": _with_name(dispatch.reply_to) if dispatch.reply_to else "",
        "List-Id": f"{_encoded('List-Id', _quoted(name))} <newsletter.{_ascii_domain(site_host)}>".strip(),
        **_list_headers(dispatch),
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    lines = [f"{header}: {value}\r\n" for header, value in headers.items() if value]
    return "".join(lines).encode("ascii")


def _list_headers(dispatch: Dispatch) -> dict[str, str]:
    """What every mail to a list says of itself: RFC 2369, RFC 8058, and what Google counts reports by."""
    return {
        "List-Help": f"<{absolute('newsletter:leave')}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": feedback_id(f"issue-{dispatch.issue_id or 0}", "newsletter"),
        "Precedence": "bulk",
    }


def _with_name(address: str) -> str:
    name, mailbox = parseaddr(one_line(address))
    return SMTP.header_store_parse("From", formataddr((name, _ascii_address(mailbox))))[1].fold(policy=SMTP)[6:].strip()


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "").replace('"', "'") + '"' if name.isascii() and name else name


def _encoded(header: str, value: str) -> str:
    # Plain words that look like an encoded word would be read as one; a very long one cannot be folded.
    is_plain = value.isascii() and "=?" not in value and all(len(word) <= LONGEST_NAME for word in value.split())
    charset = "us-ascii" if is_plain else "utf-8"
    return Header(value, charset, header_name=header, maxlinelen=LINE).encode(linesep="\r\n")


def _ascii_address(address: str) -> str:
    """The address in the ASCII form that every mail server takes. Raises ValueError."""
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii() or not domain or re.search(r"[\s<>,;:@()\[\]\\\"]|[^\x21-\x7e]", local):
        raise ValueError(f"no usable address: {address!r}")
    return f"{local}@{_ascii_domain(domain)}"


def _ascii_domain(domain: str) -> str:
    found = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    if not re.fullmatch(r"[A-Za-z0-9._-]+", found):
        raise ValueError(f"no usable domain: {domain!r}")
    return found


def _cut(content: str) -> list[bytes | str]:
    """The content in pieces: bytes are encoded and the same for all, a str names what goes in there."""
    pieces: list[bytes | str] = []
    for words, mark in cut_at_marks(content):
        pieces += [quoted_printable(words), mark]
    return pieces[:-1]
