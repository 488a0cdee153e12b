"""The form on other sites, and the one at the foot of each of ours."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletter.models import Consent, ConsentWording, SignUpRequest, Subscriber
from tests.factories import ArticlePageFactory
from tests.fakes.reader import Form, form_with, forms_of
from tests.newsletter.joining import letters_to, make_ebook, settle_all
from users.models import User

pytestmark = pytest.mark.django_db
ELSEWHERE = "/newsletter/sign-up/from-elsewhere/"
FOREIGN = {"HTTP_ORIGIN": "https://clinic.example", "HTTP_SEC_FETCH_SITE": "cross-site"}


def snippet(client: Client, editor: User) -> Form:
    """The form as the admin gives it away."""
    client.force_login(editor)
    page = client.get(reverse("newsletter_embed")).text
    client.logout()
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found
    html = unescape(found[1])
    assert not re.search(r"<script|<iframe|<img|<link|style=|onclick", html)
    (form,) = forms_of(html)
    return form


def test_the_copied_form_leads_to_ours_filled_in_and_keeps_nothing(client: Client, home: Any, editor: User) -> None:
    form = snippet(client, editor)
    assert form.action == f"http://testserver{ELSEWHERE}"
    page = client.post(ELSEWHERE, {**form.fields, "email": 'joan"<@example.com'}, **FOREIGN)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert not page.cookies
    assert form_with(page.text, "email").fields["email"] == 'joan"<@example.com'
    assert not SignUpRequest.objects.exists()


def test_the_button_on_our_page_asks_and_the_other_site_is_recorded(client: Client, home: Any, editor: User) -> None:
    wording = ConsentWording.objects.create(text="The words of today.")
    form = snippet(client, editor)
    page = client.post(ELSEWHERE, {**form.fields, "email": "joan@example.com"}, **FOREIGN)
    assert "The words of today." in page.text
    ours = form_with(page.text, "email")
    assert client.post(ours.action, ours.fields, HTTP_SEC_FETCH_SITE="same-origin").status_code == 303
    settle_all()
    consent = Consent.objects.get()
    assert (consent.form, consent.source_url, consent.wording) == ("embed", "https://clinic.example", wording)
    assert letters_to("joan@example.com", "confirm")


def test_its_trap_and_our_origin_rule_hold(client: Client, home: Any, editor: User) -> None:
    form = snippet(client, editor)
    trapped = client.post(ELSEWHERE, {**form.fields, "email": "a@example.com", "website": "x"}, **FOREIGN)
    assert trapped.status_code == 303
    page = client.post(ELSEWHERE, {**form.fields, "email": "joan@example.com"}, **FOREIGN)
    ours = form_with(page.text, "email")
    assert client.post(ours.action, ours.fields, **FOREIGN).status_code == 403, "no other site presses our button"
    assert not SignUpRequest.objects.exists()


def test_opening_its_address_leads_to_the_page(client: Client, home: Any) -> None:
    assert client.get(ELSEWHERE)["Location"] == "/newsletter/"


@pytest.mark.parametrize(
    "origin", ["null", "javascript:alert(1)", "https://a.example/path", "x" * 600, "https://ä.example", ""]
)
def test_what_is_no_site_is_not_recorded_as_one(client: Client, home: Any, origin: str) -> None:
    page = client.post(ELSEWHERE, {"email": "joan@example.com"}, HTTP_ORIGIN=origin)
    ours = form_with(page.text, "email")
    client.post(ours.action, ours.fields)
    settle_all()
    assert Consent.objects.get().source_url == ""


def test_each_page_has_the_form_at_its_foot_with_the_recorded_words(client: Client, home: Any) -> None:
    make_ebook()
    wording = ConsentWording.objects.create(text="A letter a month & nothing else.")
    paths = ("/", ArticlePageFactory().url, "/newsletter/", "/search/?q=x", "/newsletter/sign-up/thanks/", "/nowhere/")
    for path in paths:
        page = client.get(path)
        foot = page.text.partition("<footer")[2]
        assert "A letter a month &amp; nothing else." in foot, path
        form = form_with(foot, "email")
        assert (form.fields["place"], form.fields["wording"]) == ("footer", str(wording.pk))
        assert "checkbox" not in form.kinds.values()
        assert "Cookie" not in page.get("Vary", "")
    assert client.post(form.action, {**form.fields, "email": "joan@example.com"}).status_code == 303
    settle_all()
    assert Subscriber.objects.get().source == "footer"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_foot_costs_nothing_once_it_is_kept(client: Client, home: Any) -> None:
    for _ in range(2):  # the first one on a new site writes the first wording down, and so keeps nothing
        client.get("/newsletter/sign-up/thanks/")
    with CaptureQueriesContext(connection) as seen:
        client.get("/newsletter/sign-up/thanks/")
    assert not any("ebook" in query["sql"] or "wording" in query["sql"] for query in seen)


def test_an_error_keeps_the_place_of_the_form(client: Client, home: Any) -> None:
    form = form_with(client.get("/nowhere/").text.partition("<footer")[2], "email")
    page = client.post(form.action, {**form.fields, "email": "joan"})
    assert page.status_code == 422
    assert form_with(page.text, "email").fields["place"] == "footer"
