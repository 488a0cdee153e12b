"""The practice's page, as a browser without scripts sees it; the offers' pages in the admin."""

import csv
import io
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from newsletter.codes import make_code
from newsletter.models import Offer, OfferCode, Redemption, Subscriber
from newsletter.partner_links import partner_url
from newsletter.tasks import mint_for_all
from tests.factories import SubscriberFactory
from tests.newsletter.offering import code_of, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(home: Any, subscriber: Subscriber) -> OfferCode:
    return code_of(make_offer(), subscriber)


def _path(code: OfferCode) -> str:
    return urlsplit(partner_url(code.offer.partner)).path


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]+)"', page)
    assert found, page
    return found[1]


def _mark(client: Client, code: OfferCode) -> Any:
    page = client.post(_path(code), {"code": str(code)}).text
    return client.post(_path(code), {"code": _hidden(page, "code"), "press": _hidden(page, "press")})


def test_a_code_is_looked_up_marked_and_stands_in_todays_list(client: Client, code: OfferCode) -> None:
    assert "Today: 0 used" in client.get(_path(code)).text
    page = client.post(_path(code), {"code": str(code).lower().replace("-", " ")})
    assert page.status_code == 200
    for words in ("This code is good", str(code), code.offer.title, code.offer.terms, "Mark as used"):
        assert words in page.text
    assert not Redemption.objects.exists(), "looking a code up uses nothing"
    done = _mark(client, code)
    assert done.status_code == 303
    page = client.get(done["Location"])
    for words in ("Marked as used", "Today: 1 used", str(code), "Take it back"):
        assert words in page.text
    again = client.post(_path(code), {"code": str(code)})
    assert again.status_code == 409
    assert "used already" in again.text
    assert "Mark as used" not in again.text


def test_it_shows_nobodys_name_or_address_and_is_kept_by_nobody(client: Client, code: OfferCode) -> None:
    answers = [client.get(_path(code)), client.post(_path(code), {"code": str(code)}), _mark(client, code)]
    answers.append(client.get(_path(code)))
    for answer in answers:
        assert "margaret" not in answer.text.lower()
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert not answer.cookies


def test_what_was_marked_by_mistake_is_taken_back(client: Client, code: OfferCode) -> None:
    _mark(client, code)
    back = client.post(_path(code), {"back": _hidden(client.get(_path(code)).text, "back")}, follow=True)
    assert "the code is good again" in back.text
    assert "Today: 0 used" in back.text
    assert client.post(_path(code), {"back": str(Redemption.objects.get().pk)}).status_code == 409
    assert _mark(client, code).status_code == 303


@pytest.mark.parametrize("typed", ["", "K7QF", "<script>", "9" * 5000, "\x00"])
def test_a_slip_keeps_what_was_typed(client: Client, code: OfferCode, typed: str) -> None:
    answer = client.post(_path(code), {"code": typed})
    assert answer.status_code == 422
    assert "There is a slip in this code" in answer.text
    assert "<script>" not in answer.text.partition("<main")[2].partition("</main")[0]


def test_after_too_many_wrong_codes_the_page_says_when_to_try_again(client: Client, code: OfferCode) -> None:
    codes = [client.post(_path(code), {"code": make_code()}).status_code for _ in range(31)]
    assert codes == [422] * 30 + [429]
    answer = client.post(_path(code), {"code": str(code), "press": "d9b2d63d-a233-4123-847a-7e5a9a4d3c11"})
    assert answer.status_code == 429
    assert "try again in 60 minutes" in answer.text
    assert not Redemption.objects.exists()


def test_opening_the_page_changes_nothing_whatever_its_address_says(client: Client, code: OfferCode) -> None:
    before = list(OfferCode.objects.values())
    for query in ("", f"?code={code}&press=d9b2d63d-a233-4123-847a-7e5a9a4d3c11", "?back=1", "?done=marked"):
        for method in (client.get, client.head):
            assert method(_path(code) + query).status_code == 200
    assert list(OfferCode.objects.values()) == before
    assert not Redemption.objects.exists()


def test_a_link_that_is_not_a_partners_is_as_unknown_as_any(client: Client, code: OfferCode) -> None:
    for token in ("1.1", "x" * 40, "1.1." + "A" * 43):
        assert client.get(f"/newsletter/codes/{token}/").status_code == 404


@pytest.fixture
def admin(client: Client, home: Any, django_user_model: Any) -> Client:
    """Somebody with the rights of the group “Editors” alone."""
    person = django_user_model.objects.create_user(username="ed", password="a long passphrase")
    person.groups.add(Group.objects.get(name="Editors"))
    client.force_login(person)
    return client


def test_an_editor_makes_an_offer_and_codes_and_sees_what_became_of_them(
    admin: Client, code: OfferCode, django_capture_on_commit_callbacks: Any
) -> None:
    offer = code.offer
    url = reverse("newsletter_offer_codes", args=[offer.pk])
    SubscriberFactory.create_batch(3)
    assert "Make codes for all who have none" in admin.get(url).text
    assert "Codes are being made" in admin.post(url, follow=True).text
    mint_for_all(offer.pk)
    assert offer.codes.count() == 4
    assert "Quiet Room Practice" in admin.get(reverse("wagtailsnippets_newsletter_offer:list")).text
    assert "is not good any more" in admin.post(url, {"void": str(code)}, follow=True).text
    assert "No such code" in admin.post(url, {"void": "K7QF"}, follow=True).text


def test_the_redemptions_come_as_csv_in_which_no_formula_runs(admin: Client, code: OfferCode) -> None:
    Offer.objects.update(title="=1+1")
    _mark(Client(), code)
    answer = admin.get(reverse("newsletter_redemptions", args=[code.offer_id]))
    (row,) = csv.DictReader(io.StringIO(b"".join(answer).decode()))
    assert (row["offer"], row["code"], row["taken back at"]) == ("'=1+1", str(code), "")
    assert "margaret" not in str(row)


def test_a_new_link_for_the_partner_ends_the_old_one(admin: Client, code: OfferCode) -> None:
    old = _path(code)
    url = reverse("newsletter_partner_link", args=[code.offer.partner_id])
    assert old in admin.get(url).text
    assert "leads nowhere from now on" in admin.post(url, follow=True).text
    assert Client().get(old).status_code == 404


def test_an_offer_without_the_evidence_is_not_saved(admin: Client, code: OfferCode) -> None:
    fields = {"partner": code.offer.partner_id, "title": "A", "what": "B", "terms": "C", "label": "own", "kind": "own"}
    dates = {"valid_from": "2030-01-01", "valid_until": "2030-02-01"}
    url = reverse("wagtailsnippets_newsletter_offer:add")
    wrong = admin.post(url, {**fields, **dates, "about_health": "on", "evidence": ""})
    assert "If nobody knows, say that." in wrong.text
    admin.post(url, {**fields, **dates, "about_health": "on", "evidence": "Nobody knows."})
    assert Offer.objects.filter(title="A").exists()
