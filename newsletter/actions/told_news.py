"""A mail provider's news about one mail, to the reader whom it is about."""

from dataclasses import dataclass
from datetime import datetime

from letters.message_ids import letter_of_told_name
from newsletter.actions.mail_events import take_mail_event
from newsletter.actions.outcomes import record_evidence
from newsletter.actions.returned_mail import reader_at
from newsletter.mail_names import read_told_name
from newsletter.models import Delivery, MailEvent, Subscriber


@dataclass(frozen=True)
class News:
    """`told` is the name that we had given the mail; the address in the news is not looked at."""

    provider: str
    event_id: str
    kind: MailEvent.Kind
    told: str
    status: str
    words: str
    at: datetime


def take_news(news: News) -> bool:
    """Store it and act on it; False if it is known or about no mail of ours. Joins the caller's transaction."""
    about: dict[str, object] = {}
    if row := read_told_name(news.told):
        reader = Subscriber.objects.filter(pk=row[1]).first()
        about["delivery"] = _settle_doubt(*row)
    elif letter := letter_of_told_name(news.told):
        reader = reader_at(letter.to)
    else:
        return False
    return take_mail_event(
        provider=news.provider,
        event_id=news.event_id,
        kind=news.kind,
        subscriber=reader,
        status=news.status,
        diagnostic=news.words,
        at=news.at,
        **about,  # type: ignore[arg-type]
    )


def _settle_doubt(dispatch_id: int, subscriber_id: int) -> Delivery | None:
    """The delivery. Whatever is told of a mail, the provider had it: who was in doubt was handed over."""
    rows = Delivery.objects.filter(dispatch=dispatch_id, subscriber=subscriber_id)
    if rows.filter(state__in=(Delivery.State.UNKNOWN, Delivery.State.HELD)).exists():
        record_evidence(dispatch_id, subscriber_id)
    return rows.first()
