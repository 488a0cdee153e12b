"""Every link of every kind of mail that the newsletter sends, for tests of robots that open them all."""

import re
from email import message_from_bytes, policy
from typing import Any

from django.utils import timezone

from blog.models import ArticlePage
from letters.models import Letter
from newsletter import letters, links
from newsletter.actions.ebooks import grant_ebook
from newsletter.composing import Skeleton
from newsletter.followed import FollowedItem
from newsletter.letter_kinds import LETTER_KINDS
from newsletter.models import AddressChange, Follow, Subscriber, WelcomeStep
from newsletter.pieces import page_address
from tests.factories import ArticlePageFactory, AuthorPageFactory, SubscriberFactory
from tests.newsletter.dispatches import launched
from tests.newsletter.joining import joined, make_ebook
from tests.newsletter.tables import Dump, dump_tables

# Kinds that one function posts in other words, where no book is on offer.
OTHER_WORDS = {"confirm_plain", "welcome_plain"}
# What opening may change: how often a book was fetched, and when last.
COUNTED = {"newsletter_ebookgrant"}
_LINK = re.compile(r"https?://[^\s<>\"]+")


def post_every_letter() -> Subscriber:
    """One letter of each kind to people for whom it makes sense; returns one who is on the list."""
    make_ebook()
    person = joined(SubscriberFactory(email="robots@example.com"))
    waiting = SubscriberFactory(email="waiting@example.com", state=Subscriber.State.PENDING, confirmed_at=None)
    left = SubscriberFactory(email="left@example.com", state=Subscriber.State.LEFT, left_at=timezone.now())
    grant = grant_ebook(person)
    assert grant
    moved = {"new_email": "new@example.net", "old_email": person.email, "subscriber": person}
    letters.post_confirm(waiting)
    letters.post_welcome(person, grant=grant)
    letters.post_already_subscribed(person)
    letters.post_ebook_link(grant)
    letters.post_goodbye(left)
    letters.post_leave_link(person)
    letters.post_own_link(person)
    letters.post_new_address(AddressChange.objects.create(**moved))
    letters.post_address_changed(AddressChange.objects.create(**moved, done_at=timezone.now()))
    Subscriber.objects.filter(pk=person.pk).update(lapse_asked_at=timezone.now())
    letters.post_still_reading(person, days=30)
    post_others(person, grant)
    return person


def post_others(person: Subscriber, grant: Any) -> None:
    """Kinds of other parts of the newsletter."""
    letters.post_new_edition(grant, grant.ebook.newest_edition)
    post_follow_letters(person)
    letters.post_mailchimp_form(person, form_url="https://list.meadowsweet.example/form")
    step = WelcomeStep.objects.create(days=3, subject="One", heading="A", body="<p>B</p>", article=ArticlePageFactory())
    letters.post_step(person, step, grant=None, about="series 0")


def post_follow_letters(person: Subscriber) -> None:
    """To somebody who is not on the list yet, to this one, and what is new in what this one follows."""
    author, article = AuthorPageFactory(), ArticlePageFactory()
    waiting = SubscriberFactory(email="follows@example.com", state=Subscriber.State.PENDING, confirmed_at=None)
    letters.post_confirm(waiting, follow=Follow.objects.create(subscriber=waiting, author=author))
    letters.post_follow(Follow.objects.create(subscriber=person, article=article))
    followed = Follow.objects.create(subscriber=person, author=author, confirmed_at=timezone.now())
    letters.post_followed(person, [followed_item(followed, article)])


def followed_item(follow: Follow, article: ArticlePage) -> FollowedItem:
    stop_url = links.unfollow_url(follow.subscriber, follow)
    return FollowedItem(article.title, page_address(article), follow.pk, follow.words, stop_url, words=(article.deck,))


def collect_links() -> dict[str, set[str]]:
    """(kind of mail, its links) of all letters in the outbox, and of an issue."""
    found = {
        letter.kind: links_in(letter.text, letter.html, *letter.headers.values()) for letter in Letter.objects.all()
    }
    assert found.keys() | OTHER_WORDS >= LETTER_KINDS.keys(), LETTER_KINDS.keys() - found.keys()
    dispatch = launched(readers=1)
    reader = Subscriber.objects.confirmed().latest("pk")
    mail = message_from_bytes(Skeleton(dispatch).compose(reader).content, policy=policy.default)
    bodies = [part.get_content() for part in mail.walk() if not part.is_multipart()]  # type: ignore[attr-defined]
    return {**found, "issue": links_in(*bodies, mail["List-Unsubscribe"])}


def links_in(*parts: str) -> set[str]:
    return {link.rstrip(".,") for part in parts for link in _LINK.findall(part)}


def changed_tables(before: Dump) -> set[str]:
    """The tables in which a row is not as it was, but for those that count."""
    after = dump_tables()
    return {table for table in before.keys() | after.keys() if before.get(table) != after.get(table)} - COUNTED
