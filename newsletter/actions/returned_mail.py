"""Mail that came back, from whatever door, to the reader whom it is about."""

from enum import Enum

from guard.addresses import InvalidAddressError, normalise
from letters.message_ids import letter_of, letter_of_return_path
from letters.models import Letter
from newsletter.actions.mail_events import take_mail_event
from newsletter.bounce_rules import judge_refusal, status_of_reply
from newsletter.errors import BadLink
from newsletter.links import Purpose, read_link
from newsletter.mail_names import read_message_id, read_return_path
from newsletter.models import Delivery, Subscriber
from newsletter.returned_mail import ReturnedMail, read_returned_mail


class Taken(Enum):
    """What became of a message that was read, in words."""

    NEW = "taken"
    KNOWN = "was known already"
    NOT_OURS = "a report, but about no mail of ours"
    NO_REPORT = "no report of returned mail: left alone"


def take_returned_mail(raw: bytes) -> tuple[Taken, ReturnedMail | None]:
    """Read one raw message and act on it. Anything but a report about a mail of ours changes nothing."""
    report = read_returned_mail(raw)
    if report is None:
        return Taken.NO_REPORT, None
    if row := read_return_path(report.came_to) or read_message_id(report.message_id):
        return _of_dispatch(report, *row), report
    if letter := letter_of_return_path(report.came_to) or letter_of(report.message_id):
        return _of_letter(report, letter), report
    return _of_reader(report), report


def take_refused_letter(*, letter: Letter, reply: str, **_: object) -> None:
    """A letter whose address a mail server refused for good: a receiver of `letters.signals.letter_refused`."""
    if reader := reader_at(letter.to):
        status = status_of_reply(reply)
        take_mail_event(
            provider="smtp",
            event_id=f"letter.{letter.pk}",
            kind=judge_refusal(status, words=reply),
            subscriber=reader,
            status=status,
            diagnostic=reply,
        )


def _of_dispatch(report: ReturnedMail, dispatch_id: int, subscriber_id: int) -> Taken:
    delivery = Delivery.objects.filter(dispatch=dispatch_id, subscriber=subscriber_id).first()
    reader = Subscriber.objects.filter(pk=subscriber_id).first()
    return _take(report, f"dispatch.{dispatch_id}.{subscriber_id}", reader, delivery=delivery)


def _of_letter(report: ReturnedMail, letter: Letter) -> Taken:
    # By the address that it went to, as we know it: the reader may have another one by now.
    return _take(report, f"letter.{letter.pk}", reader_at(letter.to))


def _of_reader(report: ReturnedMail) -> Taken:
    """Some providers cut the Message-ID out of a spam report: the link to leave is signed as well."""
    try:
        link = read_link(Purpose.UNSUBSCRIBE, report.unsubscribe_token)
    except BadLink:
        return Taken.NOT_OURS
    event = f"link.{link.subscriber.pk}.{int(link.made_at.timestamp())}"
    return _take(report, event, link.subscriber, written_at=link.made_at)


def _take(report: ReturnedMail, event: str, reader: Subscriber | None, **about: object) -> Taken:
    is_new = take_mail_event(
        provider="returned",
        event_id=f"{event}.{report.kind}",
        kind=report.kind,
        subscriber=reader,
        status=report.status,
        diagnostic=report.diagnostic,
        **about,  # type: ignore[arg-type]
    )
    return Taken.NEW if is_new else Taken.KNOWN


def reader_at(address: str) -> Subscriber | None:
    """Who has this address now."""
    try:
        return Subscriber.objects.filter(mailbox=normalise(address)).first()
    except InvalidAddressError:
        return None
