"""The subscribers of the demo, with what each of them agreed to and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.text import slugify

from guard.addresses import fingerprint
from home.demo.publishing import days_before
from home.demo.texts import FOLDER
from newsletter.models import Consent, ConsentWording, Subscriber, Suppression
from newsletter.subscribing.wording import current_wording

TOTAL, PENDING = 200, 12
LEAVERS = range(11, 171, 20)  # eight of them
FIRST_DAY, STEP = 425, 2.2  # days before the load, days between two sign-ups
DOMAINS = ("example.com", "example.org", "example.net")
FORMS = (("page", "/newsletter/"), ("article", "/articles/cold-mornings-and-stiff-joints/"), ("home", "/"))
NAMELESS = 9  # every ninth gave no name


@dataclass(frozen=True)
class Story:
    """What one person did and when; None for what did not happen."""

    number: int
    name: str
    asked: datetime
    confirmed: datetime | None = None
    left: datetime | None = None

    @property
    def email(self) -> str:
        """A mailbox at a domain that is kept for examples, so that no demo mails a real person."""
        return f"{slugify(self.name)}.{self.number}@{DOMAINS[self.number % len(DOMAINS)]}"

    @property
    def state(self) -> Subscriber.State:
        """Where the story stands now."""
        if self.left:
            return Subscriber.State.LEFT
        return Subscriber.State.CONFIRMED if self.confirmed else Subscriber.State.PENDING


def add_subscribers(*, now: datetime) -> list[Subscriber]:
    """180 confirmed, 12 who have not pressed the button yet, 8 who left; their ids follow the order of joining."""
    stories = list(tell_stories(now))
    Subscriber.objects.bulk_create([_subscriber(story) for story in stories])
    by_mailbox = Subscriber.objects.in_bulk([story.email for story in stories], field_name="mailbox")
    told = [(story, by_mailbox[story.email]) for story in stories]
    wording = current_wording()
    Consent.objects.bulk_create([act for story, person in told for act in _consents(story, person, wording)])
    Suppression.objects.bulk_create(
        [
            Suppression(fingerprint=fingerprint(story.email), reason=Suppression.Reason.LEFT, since=story.left)
            for story in stories
            if story.left
        ]
    )
    return [person for _, person in told]


def tell_stories(now: datetime) -> Iterator[Story]:
    """One story for each subscriber, the earliest first; the same at every load, counted from `now`."""
    names = (FOLDER / "first_names.txt").read_text(encoding="utf-8").split()
    for number in range(TOTAL):
        name = names[number % len(names)]
        if number >= TOTAL - PENDING:
            yield Story(number, name, asked=days_before(now, (TOTAL - number) / 2))
            continue
        asked = days_before(now, FIRST_DAY - number * STEP)
        confirmed = asked + timedelta(minutes=2 + number * 7 % 50)
        left = confirmed + timedelta(days=10 + number % 7 * 9) if number in LEAVERS else None
        yield Story(number, name, asked, confirmed, left)


def _subscriber(story: Story) -> Subscriber:
    return Subscriber(
        email=story.email,
        mailbox=story.email,
        fingerprint=fingerprint(story.email),
        source=FORMS[story.number % len(FORMS)][0],
        name="" if story.number % NAMELESS == 0 else story.name,
        state=story.state,
        created_at=story.asked,
        asked_at=story.asked,
        confirmed_at=story.confirmed,
        left_at=story.left,
    )


def _consents(story: Story, person: Subscriber, wording: ConsentWording) -> Iterator[Consent]:
    form, address = FORMS[story.number % len(FORMS)]
    yield Consent(
        subscriber=person, act=Consent.Act.ASKED, wording=wording, form=form, source_url=address, at=story.asked
    )
    if story.confirmed:
        yield Consent(subscriber=person, act=Consent.Act.CONFIRMED, wording=wording, form="letter", at=story.confirmed)
    if story.left:
        yield Consent(subscriber=person, act=Consent.Act.LEFT, form="link", at=story.left)
