"""Mistyped, throw-away and role addresses: what is said depends on what was typed, and on nothing else."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from newsletter.models import Consent, NewsletterPage, SignUpRequest, Subscriber
from newsletter.subscribing.address_help import COMMON, count_slips, what_was_meant
from tests.factories import SubscriberFactory
from tests.fakes.reader import forms_of
from tests.newsletter.joining import SIGN_UP, letters_to, settle_all, sign_up

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("GMIAL.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmail.co.ik", "hotmail.co.uk"),
        ("outlok.com", "outlook.com"),
        ("outllok.com", "outlook.com"),
        ("yaho.com", "yahoo.com"),
        ("yahoo.com.uk", "yahoo.co.uk"),
        ("iclod.com", "icloud.com"),
        ("btinternt.com", "btinternet.com"),
        ("live.con", "live.com"),
    ],
)
def test_a_slip_is_seen(typed: str, meant: str) -> None:
    assert what_was_meant(f"joan@{typed}") == f"joan@{meant}"


@pytest.mark.parametrize(
    "domain",
    [
        *COMMON,
        *("mail.com", "email.com", "ymail.com", "gmx.com", "gmx.de", "web.de", "aol.de", "sol.com", "love.com"),
        *("hotmail.fr", "hotmail.ca", "yahoo.fr", "outlook.de", "nhs.net", "example.org", "gov.uk", "mailbox.org"),
        *("meadowsweet.example", "a.com", "university.ac.uk", "xn--mnchen-3ya.de", "protonmail.ch", "skynet.be"),
    ],
)
def test_another_domain_is_no_slip(domain: str) -> None:
    assert what_was_meant(f"joan@{domain}") == ""


@given(one=st.text("abc.", max_size=8), other=st.text("abc.", max_size=8))
def test_slips_count_the_same_both_ways(one: str, other: str) -> None:
    assert count_slips(one, other) == count_slips(other, one)
    assert (count_slips(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= count_slips(one, other) <= max(len(one), len(other))


def choices(client: Client, email: str) -> tuple[Any, Any]:
    """The two forms of the page that asks, as their fields."""
    answer = sign_up(client, email, name="Joan <b>", source="/articles/sleep/", place="article")
    assert answer.status_code == 422
    yes, no = [form for form in forms_of(answer.text) if form.fields.get("sure")]
    return yes, no


@pytest.mark.parametrize(("which", "email"), [(0, "joan@gmail.com"), (1, "joan@gmial.com")])
def test_one_press_corrects_it_or_leaves_it(client: Client, home: Any, which: int, email: str) -> None:
    form = choices(client, "joan@gmial.com")[which]
    assert not SignUpRequest.objects.exists(), "nothing is kept before the answer"
    assert client.post(form.action, form.fields).status_code == 303
    settle_all()
    assert letters_to(email, "confirm")
    person, consent = Subscriber.objects.get(), Consent.objects.get()
    assert (person.email, person.name) == (email, "Joan <b>")
    assert (consent.form, consent.source_url) == ("article", "/articles/sleep/")


def test_a_throw_away_address_is_refused_with_the_reason_whoever_has_it(client: Client, home: Any) -> None:
    SubscriberFactory(email="known@mailinator.com")
    answers = [sign_up(client, f"{name}@eu.mailinator.com") for name in ("known", "knowm")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].content == answers[1].content.replace(b"knowm", b"known")
    assert "is gone after minutes" in answers[0].text
    assert not SignUpRequest.objects.exists()


def test_the_team_names_more_of_them_or_takes_them_all(client: Client, home: Any) -> None:
    NewsletterPage.objects.update(disposable_domains=" @Gone.example \n\nover.example")
    assert sign_up(client, "joan@in.gone.example").status_code == 422
    assert sign_up(client, "joan@over.example").status_code == 422
    assert sign_up(client, "joan@not-over.example").status_code == 303
    NewsletterPage.objects.update(refuse_disposable=False)
    assert sign_up(client, "joan@over.example").status_code == 303
    assert Consent.objects.last().detail == "throw-away address"  # type: ignore[union-attr]


def test_an_address_of_a_role_is_taken_and_marked_unless_the_team_refuses_it(client: Client, home: Any) -> None:
    assert sign_up(client, "Info+news@practice.example").status_code == 303
    assert Consent.objects.get().detail == "address of a role"
    NewsletterPage.objects.update(refuse_roles=True)
    assert "Several people may read" in sign_up(client, "office@practice.example").text
    assert sign_up(client, "information@practice.example").status_code == 303


@pytest.mark.parametrize("local", ["no-reply", "postmaster", "Abuse"])
def test_where_no_person_reads_no_letter_goes(client: Client, home: Any, local: str) -> None:
    assert "No person reads" in sign_up(client, f"{local}@practice.example").text
    assert not SignUpRequest.objects.exists()


def test_without_a_published_page_the_rules_are_the_shipped_ones(client: Client, home: Any) -> None:
    NewsletterPage.objects.update(live=False)
    assert sign_up(client, "joan@mailinator.com").status_code == 422
    assert sign_up(client, "joan@example.com").status_code == 303
    assert client.get(SIGN_UP)["Location"] == "/newsletter/"
