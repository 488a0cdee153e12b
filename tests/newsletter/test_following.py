"""Following an author, a topic or an article: who may begin it, and who ends it."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.models import AuthorPage
from newsletter import links
from newsletter.actions.following import MOST_ASKED, note_wish, stop_following
from newsletter.actions.leaving import undo_leaving, unsubscribe
from newsletter.actions.sign_up import confirm_subscription
from newsletter.follow_targets import find_target, mark_of
from newsletter.models import Consent, Follow, Subscriber, Suppression
from tests.factories import ArticlePageFactory, AuthorPageFactory, SubscriberFactory, TopicFactory
from tests.fakes.reader import forms_of
from tests.newsletter.following import DAY, ask, follow, post
from tests.newsletter.joining import joined, letters_to, link_in, settle_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(home: Any) -> AuthorPage:
    return AuthorPageFactory(title="Tomas Vetch")


@pytest.fixture
def reader(subscriber: Subscriber) -> Subscriber:
    return joined(subscriber)


def test_the_form_says_what_it_does_and_is_the_same_for_all(author: AuthorPage, reader: Subscriber) -> None:
    client = Client()
    topic, article = TopicFactory(name="Sleep"), ArticlePageFactory(title="Cold mornings")
    for target, words in ((author, "New articles by Tomas Vetch"), (topic, "New articles on sleep")):
        assert words in client.get(reverse("newsletter:follow", args=[mark_of(target)])).text
    answer = client.get(reverse("newsletter:follow", args=[mark_of(article)]))
    assert "Changes to “Cold mornings”" in answer.text
    assert answer["X-Robots-Tag"] == "noindex"
    Suppression.objects.create(
        fingerprint=SubscriberFactory.build(email="barred@example.com").fingerprint, reason="complained"
    )
    answers = {
        (found.status_code, found.content, found["Location"])
        for email in (reader.email, "new@example.com", "barred@example.com", "!#$%&'*@bücher.example")
        for found in [ask(client, author, email)]
    }
    assert len(answers) == 1


def test_a_slip_in_the_form_keeps_what_is_to_be_followed(author: AuthorPage, client: Client) -> None:
    answer = ask(client, author, "not an address")
    assert answer.status_code == 422
    assert "New articles by Tomas Vetch" in answer.text
    found = next(form for form in forms_of(answer.text) if "follow" in form.fields)
    assert (found.fields["email"], found.fields["follow"]) == ("not an address", mark_of(author))
    assert 'value="author-' in ask(client, author, "joan@gmial.com").text  # and the question about it as well


@pytest.mark.parametrize("mark", ["", "author-", "author-0", "author-99999", "person-1", "topic-1x", "article--1", "٣"])
def test_what_cannot_be_followed_is_not_found(author: AuthorPage, client: Client, mark: str) -> None:
    assert find_target(mark) is None
    assert client.get(f"/newsletter/follow/{mark or 'x'}/").status_code == 404


def test_each_page_leads_to_its_form(author: AuthorPage, client: Client) -> None:
    article = ArticlePageFactory(by=author, topic=TopicFactory(slug="sleep"))
    for target, address in ((author, author.url), (article, article.url), (article.topic, "/topics/sleep/")):
        assert reverse("newsletter:follow", args=[mark_of(target)]) in client.get(address).text


def test_a_stranger_joins_and_follows_with_one_press(author: AuthorPage, client: Client) -> None:
    ask(client, author, "new@example.com")
    (letter,) = letters_to("new@example.com")
    assert "new articles by Tomas Vetch" in " ".join(letter.text.split())
    assert not Follow.objects.confirmed().exists()
    page = link_in(letter, "confirm")
    assert "new articles by Tomas Vetch" in client.get(page).text
    client.post(page)
    assert Follow.objects.confirmed().get().subscriber.state == Subscriber.State.CONFIRMED
    assert Consent.objects.filter(act=Consent.Act.FOLLOWED).get().detail == "new articles by Tomas Vetch"


def test_a_late_link_renews_the_wish_as_well(author: AuthorPage, client: Client) -> None:
    ask(client, author, "new@example.com")
    page = link_in(letters_to("new@example.com")[0], "confirm")
    with time_machine.travel(timezone.now() + 8 * DAY):
        assert client.get(page).status_code == 410
        client.post(page, {"again": "1"})
        settle_all()
        client.post(link_in(letters_to("new@example.com")[-1], "confirm"))
    assert Follow.objects.confirmed().exists()


def test_who_is_on_the_list_is_asked_by_letter_and_nobody_follows_for_them(
    author: AuthorPage, reader: Subscriber, client: Client
) -> None:
    ask(client, author, reader.email)
    (letter,) = letters_to(reader.email)
    assert letter.kind == "follow"
    page = link_in(letter, "follow/yes")
    assert "Yes, tell me" in client.get(page).text
    assert not Follow.objects.confirmed().exists()
    assert client.post(page).status_code == 303
    assert client.post(page).status_code == 303  # again, without harm
    assert Follow.objects.confirmed().count() == 1
    assert "You follow it already" in client.get(page).text
    assert reader.consents.filter(act=Consent.Act.FOLLOWED).count() == 1


def test_a_late_button_says_so_and_who_left_follows_nothing(
    author: AuthorPage, reader: Subscriber, client: Client
) -> None:
    ask(client, author, reader.email)
    page = link_in(letters_to(reader.email)[0], "follow/yes")
    with time_machine.travel(timezone.now() + 8 * DAY):
        assert client.get(page).status_code == 410
        assert client.post(page).status_code == 410
    unsubscribe(reader, by="header")
    assert client.post(page).status_code == 409
    assert not Follow.objects.confirmed().exists()


def test_strangers_fill_nobodys_page_with_wishes(home: Any, reader: Subscriber) -> None:
    topics = TopicFactory.create_batch(MOST_ASKED + 5)
    made = [note_wish(reader, mark_of(topic)) for topic in topics]
    assert sum(wish is not None for wish in made) == MOST_ASKED


def test_a_slip_is_taken_back_on_the_page_and_on_the_own_page(
    author: AuthorPage, reader: Subscriber, client: Client
) -> None:
    follow(reader, author)
    wish = Follow.objects.get()
    stop = links.unfollow_url(reader, wish)
    assert "We tell you no more" in post(client, stop, act="stop").text
    assert not Follow.objects.confirmed().exists()
    assert post(client, stop, act="undo").status_code == 303
    assert Follow.objects.confirmed().exists()
    own = links.own_url(reader)
    assert "New articles by Tomas Vetch" in client.get(own.removeprefix("http://testserver")).text
    assert "You follow it no more" in client.get(post(client, own, act="unfollow", wish=str(wish.pk))["Location"]).text
    assert "You follow it now" in client.get(post(client, own, act="follow", wish=str(wish.pk))["Location"]).text
    for odd in ("", "x", "0", "٣", "9" * 30):
        post(client, own, act="unfollow", wish=odd)
        assert post(client, own, act="follow", wish=odd).status_code == 409
    assert Follow.objects.confirmed().exists()


def test_others_wishes_are_not_mine_to_change(author: AuthorPage, reader: Subscriber, client: Client) -> None:
    follow(reader, author)
    other = joined(SubscriberFactory(email="other@example.com"))
    wish = str(Follow.objects.get().pk)
    post(client, links.own_url(other), act="unfollow", wish=wish)
    post(client, links.unfollow_url(other, Follow.objects.get()), act="stop")
    assert Follow.objects.confirmed().get().subscriber == reader


def test_an_undone_leaving_keeps_the_wishes_and_a_new_beginning_does_not(
    author: AuthorPage, reader: Subscriber, client: Client
) -> None:
    follow(reader, author)
    Follow.objects.update(asked_at=timezone.now() - DAY)
    unsubscribe(reader, by="header")
    undo_leaving(reader)
    assert Follow.objects.confirmed().exists()
    unsubscribe(reader, by="header")
    topic = TopicFactory()
    ask(client, topic, reader.email)
    client.post(link_in(letters_to(reader.email)[-1], "confirm"))
    assert Follow.objects.get().topic == topic


def test_a_press_on_an_old_confirm_link_follows_nothing_of_anybody_else(author: AuthorPage, reader: Subscriber) -> None:
    follow(reader, author)
    wish = Follow.objects.get()
    stop_following(reader, form="own page")
    other = SubscriberFactory(state=Subscriber.State.PENDING, confirmed_at=None)
    assert confirm_subscription(other, follow=wish.pk)
    assert not Follow.objects.confirmed().exists()


def test_the_team_sees_what_is_followed(
    author: AuthorPage, reader: Subscriber, manager_of_the_list: Any, editor: Any, client: Client
) -> None:
    client.force_login(manager_of_the_list)
    address = reverse("newsletter_follows")
    assert "Nobody follows anything yet" in client.get(address).text
    follow(reader, author, TopicFactory(name="Sleep"), ArticlePageFactory(title="Cold mornings"))
    text = client.get(address).text
    assert all(name in text for name in ("Tomas Vetch", "Sleep", "Cold mornings"))
    person = client.get(reverse("wagtailsnippets_newsletter_subscriber:inspect", args=[reader.pk])).text
    assert "New articles by Tomas Vetch" in person
    client.force_login(editor)
    assert client.get(address).status_code in {200, 302, 403}
