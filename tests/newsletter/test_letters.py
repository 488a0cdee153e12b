"""The letters themselves: complete, twice over, from us, and never a robot's answer to a robot."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from home.models import SiteSettings
from letters.actions import hand_over_letter
from letters.models import Letter
from newsletter import letters
from newsletter.actions.ebooks import grant_ebook
from newsletter.models import Follow, NewsletterPage, Subscriber
from tests.factories import ArticlePageFactory, AuthorPageFactory
from tests.newsletter.joining import make_ebook
from tests.newsletter.robots import followed_item

pytestmark = pytest.mark.django_db
Post = Callable[[Subscriber], None]
TRICKY = "Pain & <you>: “What now?”"


def _wish(person: Subscriber) -> Follow:
    return Follow.objects.create(subscriber=person, author=AuthorPageFactory(title=TRICKY))


KINDS: dict[str, tuple[Post, str]] = {
    "confirm": (letters.post_confirm, "/newsletter/confirm/"),
    "welcome": (lambda person: letters.post_welcome(person, grant=grant_ebook(person)), "/newsletter/e-book/"),
    "already_subscribed": (letters.post_already_subscribed, "/newsletter/unsubscribe/"),
    "goodbye": (letters.post_goodbye, "/newsletter/unsubscribe/"),
    "confirm_follow": (lambda person: letters.post_confirm(person, follow=_wish(person)), "/newsletter/confirm/"),
    "follow": (lambda person: letters.post_follow(_wish(person)), "/newsletter/follow/yes/"),
    "followed": (
        lambda person: letters.post_followed(person, [followed_item(_wish(person), ArticlePageFactory(title=TRICKY))]),
        "/newsletter/follow/stop/",
    ),
    "ebook_link": (lambda person: letters.post_ebook_link(grant_ebook(person)), "/newsletter/e-book/"),  # type: ignore[arg-type]
}


def _post(kind: str, person: Subscriber) -> Letter:
    KINDS[kind][0](person)
    letter = Letter.objects.get()
    assert letter.kind == kind
    return letter


@pytest.fixture
def tricky(subscriber: Subscriber, home: Any) -> Subscriber:
    """A reader with a name that would break careless HTML, on a site with a book whose title would."""
    book = make_ebook()
    book.title = "Pain & <you>"
    book.save()
    subscriber.name = "O'Neil & <b>Son</b>"
    subscriber.save()
    return subscriber


@pytest.mark.parametrize("kind", KINDS)
def test_both_parts_say_the_same_and_hold_the_link(kind: str, tricky: Subscriber) -> None:
    letter = _post(kind, tricky)
    links = set(re.findall(r"http://testserver/newsletter/\S+?/\S+/(?=\s|$)", letter.text))
    assert any(KINDS[kind][1] in link for link in links)
    assert links == set(re.findall(r'href="(http://testserver/newsletter/[^"]+)"', letter.html))
    for part in (letter.subject, letter.text, letter.html):
        assert part.strip()
        assert not re.search(r"\{\{|\}\}|\{%|None|False", part)
    assert "O'Neil & <b>Son</b>" in letter.text
    assert "O&#x27;Neil &amp; &lt;b&gt;Son&lt;/b&gt;" in letter.html
    assert "<b>Son" not in letter.html


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_part_is_made_for_narrow_windows(kind: str, tricky: Subscriber) -> None:
    letter = _post(kind, tricky)
    long = [line for line in letter.text.splitlines() if len(line) > 76 and "http" not in line]
    assert long == []
    assert "\n\n\n" not in letter.text.strip()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_in_a_letter_comes_from_elsewhere(kind: str, tricky: Subscriber) -> None:
    letter = _post(kind, tricky)
    fetched = re.findall(r'(?:src|background)="([^"]+)"|url\(([^)]+)\)', letter.html)
    assert all((a or b).startswith("http://testserver/static/") for a, b in fetched)


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_goes_out_as_what_it_is(kind: str, tricky: Subscriber, mailoutbox: list[Any]) -> None:
    NewsletterPage.objects.update(sender_name="Meadowsweet, monthly", reply_to="desk@meadowsweet.example")
    assert hand_over_letter(_post(kind, tricky).pk)
    (sent,) = mail.outbox
    message = sent.message()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == '"Meadowsweet, monthly" <letters@meadowsweet.example>'
    assert message["Reply-To"] == "desk@meadowsweet.example"
    assert sent.to == ["margaret@example.com"]
    has_way_out = kind in {"welcome", "already_subscribed", "followed"}
    assert (message["List-Unsubscribe"] is not None) == has_way_out
    if has_way_out:
        assert message["List-Unsubscribe"].strip("<>") in sent.body
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("kind", ["confirm", "confirm_follow", "welcome", "already_subscribed", "goodbye"])
def test_without_a_book_and_a_name_a_letter_still_reads_well(kind: str, subscriber: Subscriber, home: Any) -> None:
    subscriber.name = ""
    letter = _post(kind, subscriber)
    assert "Hello," in letter.text
    assert "book" not in f"{letter.subject} {letter.text}".lower()


def test_the_foot_names_who_writes_and_how_addresses_are_kept(tricky: Subscriber, home: Any) -> None:
    site = SiteSettings.for_site(home.get_site())
    site.privacy_page = home
    site.save()
    letter = _post("confirm", tricky)
    for part in (letter.text, letter.html):
        assert "4 Orchard Yard, Example Town" in part
        assert "Meadowsweet" in part
        assert "http://testserver/" in part
        assert "How we look after your address" in part
