"""A reader writes to the editors."""

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from wagtail.models import Page, PageViewRestriction

from guard.forms import make_token
from guard.models import Turn
from home.models import ContactPage, SiteSettings
from letters.actions import hand_over_letter
from letters.models import Letter
from tests.factories import ArticlePageFactory

pytestmark = pytest.mark.django_db
SEND, THANKS, EDITORS = "/contact/send/", "/contact/thanks/", "editors@meadowsweet.example"
WORDS = "The second table has the wrong unit."


@pytest.fixture
def contact(home: Any) -> ContactPage:
    """The page with the form, and an address of the editors."""
    page = ContactPage(title="Contact", slug="contact", thanks="They read everything within two days.")
    home.add_child(instance=page)
    SiteSettings.objects.update(contact_email=EDITORS, contact_page=page)
    return page


def write(client: Client, **changes: Any) -> Any:
    """Send the form as a browser does."""
    extra = {name: changes.pop(name) for name in list(changes) if name.isupper()}
    words = {"subject": "mistake", "text": WORDS, "name": "Joan", "email": "joan@example.org", "about": ""}
    sent = {**words, "website": "", "form_token": make_token("contact"), **changes}
    return client.post(SEND, sent, **extra)


def sent_mail(letter: Letter, settings: Any) -> Any:
    """The letter as it leaves, read back."""
    settings.SENDING_ENABLED_FOR = "*"
    assert hand_over_letter(letter.pk)
    return message_from_bytes(mail.outbox[-1].message().as_bytes(), policy=policy.default)


def test_a_message_becomes_a_letter_to_the_editors_who_can_answer_it(
    client: Client, contact: ContactPage, settings: Any
) -> None:
    answer = write(client)
    assert (answer.status_code, answer["Location"]) == (303, THANKS)
    assert not answer.cookies
    left = sent_mail(Letter.objects.get(), settings)
    assert left["To"] == EDITORS
    assert left.get_all("Reply-To") == ["joan@example.org"]
    assert left["Subject"] == "A mistake in an article"
    text = left.get_body(("plain",)).get_content()
    assert f"> {WORDS}" in text
    assert "From:     Joan" in text
    assert WORDS in left.get_body(("html",)).get_content()


def test_the_thanks_say_what_happens_next(client: Client, contact: ContactPage) -> None:
    page = client.get(THANKS)
    assert "They read everything within two days." in page.text
    assert '<meta name="robots" content="noindex">' in page.text


def test_a_message_needs_neither_name_nor_address(client: Client, contact: ContactPage, settings: Any) -> None:
    assert write(client, name="", email="").status_code == 303
    left = sent_mail(Letter.objects.get(), settings)
    assert left["Reply-To"] is None
    assert "cannot be answered" in left.get_body(("plain",)).get_content()


def test_once_it_has_left_the_site_keeps_no_word_of_it(client: Client, contact: ContactPage, settings: Any) -> None:
    write(client)
    letter = Letter.objects.get()
    sent_mail(letter, settings)
    letter.refresh_from_db()
    assert WORDS not in str(vars(letter))


@pytest.mark.parametrize(
    ("changes", "words", "field"),
    [
        ({"text": " \u200b"}, "Write your message", "text"),
        ({"text": "a" * 8001}, "Shorten your message: it has 8001 characters", "text"),
        ({"email": "joan.example.org"}, "Check the email address: it has no @ sign", "email"),
        ({"email": "joan@b"}, "Enter an email address, such as name@example.org", "email"),
        ({"name": "n" * 81}, "Shorten the name", "name"),
        ({"subject": "love"}, "Choose what it is about from the list", "subject"),
        ({"subject": ""}, "Choose what it is about", "subject"),
    ],
)
def test_a_mistake_is_named_with_a_link_to_it_and_everything_is_kept(
    client: Client, contact: ContactPage, changes: dict[str, str], words: str, field: str
) -> None:
    answer = write(client, **changes)
    assert answer.status_code == 422
    assert answer["Cache-Control"] == "no-store"
    assert "<title>Error: Contact" in answer.text
    assert 'role="alert" tabindex="-1" autofocus' in " ".join(answer.text.split())
    assert f'<a href="#contact-{field}">{words}' in answer.text
    assert changes.get("name", "Joan") in answer.text
    assert changes.get("email", "joan@example.org") in answer.text
    assert not Letter.objects.exists()


def test_a_page_that_was_open_for_weeks_asks_to_send_once_more(client: Client, contact: ContactPage) -> None:
    answer = write(client, form_token="old")
    assert answer.status_code == 422
    assert "please send the form once more" in answer.text
    assert WORDS in answer.text


def test_a_robot_in_the_trap_gets_the_same_answer_and_nothing_is_sent(client: Client, contact: ContactPage) -> None:
    robot = write(client, website="http://spam.example", text="")
    assert (robot.status_code, robot["Location"]) == (303, THANKS)
    assert not Letter.objects.exists()


def test_the_article_is_named_in_the_form_and_in_the_letter(client: Client, contact: ContactPage) -> None:
    article = ArticlePageFactory(title="Cold <b>mornings</b>")
    form = client.get(f"/contact/?about={article.pk}").text
    assert "Cold &lt;b&gt;mornings&lt;/b&gt;" in form
    assert f'name="about" value="{article.pk}"' in form
    assert '<option value="mistake" selected>' in form
    write(client, about=str(article.pk))
    letter = Letter.objects.get()
    assert letter.subject == "A mistake in an article: Cold <b>mornings</b>"
    assert article.full_url in letter.text
    assert f"/admin/pages/{article.pk}/edit/" in letter.html
    assert "Cold &lt;b&gt;mornings&lt;/b&gt;" in letter.html


def test_a_message_is_about_nothing_until_the_writer_chose(client: Client, contact: ContactPage) -> None:
    assert '<option value="" selected>Choose one</option>' in client.get("/contact/").text
    refused = write(client, subject="")
    assert refused.status_code == 422
    assert '<a href="#contact-subject">Choose what it is about</a>' in refused.text


@pytest.mark.parametrize("about", ["0", "-1", "x", "1" * 30, "²", "%00", "1 OR 1=1"])
def test_a_number_of_no_article_is_passed_over(client: Client, contact: ContactPage, about: str) -> None:
    assert 'name="about"' not in client.get("/contact/", {"about": about}).text
    assert write(client, about=about).status_code == 303


def test_articles_that_readers_cannot_see_are_not_named(client: Client, contact: ContactPage) -> None:
    draft, private = ArticlePageFactory(title="A draft", live=False), ArticlePageFactory(title="A secret")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    for article in (draft, private):
        assert article.title not in client.get(f"/contact/?about={article.pk}").text
        write(client, about=str(article.pk), text=f"{WORDS} {article.pk}")
    assert not any("draft" in letter.text or "secret" in letter.text for letter in Letter.objects.all())


def test_the_same_words_twice_are_one_letter(client: Client, contact: ContactPage) -> None:
    assert [write(client).status_code for _ in range(2)] == [303, 303]
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::9"])
def test_a_network_may_write_five_times_an_hour(client: Client, contact: ContactPage, address: str) -> None:
    answers = [write(client, text=f"{WORDS} {n}", email="", REMOTE_ADDR=address) for n in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert EDITORS in answers[-1].text
    assert f"{WORDS} 5" in answers[-1].text
    assert write(client, text="Another", email="", REMOTE_ADDR="8.8.8.8").status_code == 303
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert write(client, text="Later", email="", REMOTE_ADDR=address).status_code == 303


def test_a_writer_may_write_five_times_an_hour_from_wherever(client: Client, contact: ContactPage) -> None:
    codes = [write(client, text=f"{WORDS} {n}").status_code for n in range(6)]
    assert codes == [303] * 5 + [429]


def test_the_editors_get_sixty_an_hour_at_most(client: Client, contact: ContactPage) -> None:
    codes = [write(client, text=f"{WORDS} {n}", email="").status_code for n in range(61)]
    assert codes == [303] * 60 + [429]


def test_without_an_address_of_the_editors_the_form_rests_and_the_words_are_given_back(
    client: Client, contact: ContactPage
) -> None:
    SiteSettings.objects.update(contact_email="")
    page = client.get("/contact/")
    assert "The form rests" in page.text
    assert "4 Orchard Yard" in page.text
    assert SEND not in page.text
    answer = write(client)
    assert answer.status_code == 409
    assert WORDS in answer.text
    assert not Letter.objects.exists()


def test_a_form_of_another_site_is_refused(client: Client, contact: ContactPage) -> None:
    assert client.post(SEND, {"text": WORDS}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert not Letter.objects.exists()


def test_opening_the_forms_address_leads_to_the_page(client: Client, contact: ContactPage) -> None:
    assert client.get(SEND)["Location"] == "/contact/"


def test_without_the_page_there_is_no_form(client: Client, home: Any) -> None:
    assert write(client).status_code == client.get(THANKS).status_code == 404


@given(
    name=st.text(max_size=60),
    email=st.one_of(st.emails(), st.just("joan@example.org\r\nBcc: x@example.org"), st.text(max_size=40)),
    text=st.text(min_size=1, max_size=200),
    title=st.text(alphabet=st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=255),
)
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_nothing_that_is_typed_adds_a_header_or_a_line_of_the_letters_own(
    client: Client, contact: ContactPage, settings: Any, **typed: str
) -> None:
    Letter.objects.all().delete()
    Turn.objects.all().delete()
    article = Page.objects.filter(slug="it").first() or ArticlePageFactory(slug="it")
    Page.objects.filter(pk=article.pk).update(title=typed.pop("title"))
    assert write(client, **typed, about=str(article.pk)).status_code in {303, 422}
    for letter in Letter.objects.all():
        left = sent_mail(letter, settings)
        assert set(left.keys()) <= {
            "Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "Reply-To",
            "Feedback-ID",
        }  # fmt: skip
        assert left["To"] == EDITORS
        body = left.get_body(("plain",)).get_content()
        assert sum(line.startswith("From:") for line in body.splitlines()) == 1
