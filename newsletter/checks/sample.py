"""The final mails of a few readers, composed as a worker would and read back as a mail program would."""

from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from django.db.models.functions import Length
from django.utils import timezone

from newsletter.audience import Reader, choose_readers, read_readers
from newsletter.checks.html_part import HtmlPart, read_html
from newsletter.composing import Skeleton
from newsletter.models import Dispatch, IssuePage, Subscriber
from newsletter.segments import EVERYBODY, Rule
from newsletter.senders import Message

LOOKED_AT = 2000  # of the newest readers, for odd names and domains
SAMPLE_CODE = "XXXX-XXXX-X"
_ADDRESS = "reader@example.org"
NOBODY = Reader(0, _ADDRESS, _ADDRESS, "", Subscriber.State.CONFIRMED, 1, None, False, timezone.now())


@dataclass(frozen=True)
class Sample:
    """One reader and their mail; `why` says what is special about them."""

    reader: Reader
    why: str
    message: Message

    @property
    def is_real(self) -> bool:
        """Whether there is such a reader: where there is none yet, one is made up."""
        return self.reader.pk != 0

    @cached_property
    def mail(self) -> EmailMessage:
        """The message as a mail program reads it."""
        return message_from_bytes(self.message.content, policy=policy.default)

    @cached_property
    def html(self) -> str:
        """The HTML part; empty where there is none."""
        return self._part("html")

    @cached_property
    def text(self) -> str:
        """The text part; empty where there is none."""
        return self._part("plain")

    @cached_property
    def page(self) -> HtmlPart:
        """The HTML part in pieces."""
        return read_html(self.html)

    def _part(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


def compose_samples(trial: Dispatch, rule: Rule = EVERYBODY, *, on: date, lot: str = "") -> list[Sample]:
    """The mails of some of a trial dispatch's readers, those among them whose words break mails most easily.

    `lot`: as if they were all in it.
    """
    skeleton = Skeleton(trial)
    codes = [(offer, SAMPLE_CODE) for offer in skeleton.offers]
    found = []
    for why, reader in choose_samples(trial.issue, rule, on=on).items():
        found.append(Sample(reader, why, skeleton.compose(reader, codes, lot=lot)))
    return found


def choose_samples(issue: IssuePage, rule: Rule = EVERYBODY, *, on: date) -> dict[str, Reader]:
    """First, last, longest name, no name, a name beyond ASCII, a domain beyond ASCII: what there is of them."""
    wanted: Any = choose_readers(issue, rule).filter(left_out="").exclude(paused_until__gt=on)
    newest = read_readers(wanted.order_by("-pk")[:LOOKED_AT])
    if not newest:
        return {"made up": NOBODY}
    longest = read_readers(wanted.order_by(Length("name").desc(), "pk")[:1])
    candidates = {
        "the first": next(iter(read_readers(wanted.order_by("pk")[:1])), None),
        "the last": newest[0],
        "the longest name": next(iter(longest), None),
        "no name": next((one for one in newest if not one.name.strip()), None),
        "a name beyond ASCII": next((one for one in newest if not one.name.isascii()), None),
        "a domain beyond ASCII": next((one for one in newest if not one.email.isascii()), None),
    }
    chosen: dict[str, Reader] = {}
    for why, reader in candidates.items():
        if reader is not None and reader.pk not in {one.pk for one in chosen.values()}:
            chosen[why] = reader
    return chosen
