"""Whatever is sent to the forms: an answer for a person, and nothing read but what they name."""

from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from guard.forms import make_token
from newsletter.models import Consent, SignUpRequest, Subscriber
from newsletter.subscribing.forms import SignUpForm
from tests.fakes.hostile import HOSTILE, skeleton
from tests.newsletter.joining import SIGN_UP, letters_to, link_in, settle_all, sign_up

pytestmark = pytest.mark.django_db
ELSEWHERE = "/newsletter/sign-up/from-elsewhere/"
FIELDS = tuple(SignUpForm().fields)
GIVEN = {"email": "joan@example.com", "name": "Joan", "place": "page", "source": "/", "wording": "", "website": ""}
# What has broken forms, addresses and numbers elsewhere.
ODD = (
    *HOSTILE,
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\r\nBcc: x@example.com",
        "\n.\n",
        "\u2028",
        "\x85",
        "\x1b[31m",
        "\x7f",
        "\ufeff",
        "\u200b",
    ),
    *("<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "</textarea><svg/onload=alert(1)>", "&lt;b&gt;"),
    *(
        "{{ 7|add:7 }}",
        "{% load static %}",
        "%s%n%x",
        "${jndi:ldap://x}",
        "$(id)",
        "`id`",
        "../../etc/passwd",
        "C:\\nul",
    ),
    *("' OR 1=1 --", "'; DROP TABLE newsletter_subscriber; --", "\\", "%00", "%0d%0aSet-Cookie:a=b", "_%", "*"),
    *(
        "\u202egro.elpmaxe@naoj",
        "e\u0301",
        "ﬁ",
        "İ",
        "ſ",
        "Ａ＠ｂ．ｃｏｍ",
        "👩\u200d👩\u200d👧",
        "٣",
        "𝟘",
        "Ω" * 300,
        "\U0010ffff",
    ),
    *("a" * 70_000, "@" * 400, "a@" * 400, "." * 300, "a@" + "b." * 200 + "com", "a@" + "b" * 300 + ".com"),
    *(
        "a@[127.0.0.1]",
        '"a b"@example.com',
        "a@b@example.com",
        "a@-example.com",
        "a@example..com",
        "a@xn--",
        "a@xn--a.com",
    ),
    *("a@\u202eexample.com", "a@ex ample.com", "a@example.com.", "a@ﬁrma.example", "a@faß.example", "<a@example.com>"),
    *("true", "null", "None", "-1", "0", "1e309", "9" * 40, "NaN", "٣", "0x10", "[]", "{}", "1; 2"),
    *(
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "https://x",
        "https://x.example:99999999",
        "/" * 600,
    ),
)
quickly = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
any_text = st.one_of(st.sampled_from(ODD), st.text(max_size=300), st.emails())


def good() -> dict[str, str]:
    return {**GIVEN, "form_token": make_token("sign-up")}


@pytest.mark.parametrize("field", FIELDS)
def test_a_hostile_text_in_any_field_gets_an_answer(client: Client, home: Any, field: str) -> None:
    for text in ODD:
        answer = client.post(SIGN_UP, {**good(), field: text})
        assert answer.status_code in {303, 422}, text
        assert client.post(ELSEWHERE, {**good(), field: text}).status_code in {200, 303}, text
        skeleton(answer.text)
    settle_all()
    for person in Subscriber.objects.all():
        assert not set("\r\n\0\u2028") & set(person.email + person.name + person.source)


@given(typed=st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, any_text)))
@quickly
def test_no_mixture_breaks_the_form(client: Client, home: Any, typed: dict[str, str]) -> None:
    # A browser could not send a lone half of a character; urlencode puts a question mark there.
    body = urlencode({**good(), **typed}, errors="replace")
    for address in (SIGN_UP, ELSEWHERE):
        answer = client.post(address, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {200, 303, 422}
    settle_all()


@given(
    body=st.binary(max_size=400),
    kind=st.sampled_from(("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "x")),
)
@quickly
def test_no_bytes_break_the_form(client: Client, home: Any, body: bytes, kind: str) -> None:
    for sent in (body, f"email={quote_from_bytes(body)}&form_token={make_token('sign-up')}".encode()):
        for address in (SIGN_UP, ELSEWHERE):
            assert client.post(address, sent, content_type=kind).status_code < 500


def test_fifty_more_fields_change_nothing(client: Client, home: Any) -> None:
    """Mass assignment: the names of all columns of all rows that come of a sign-up, and some more."""
    columns = {f.name for model in (Subscriber, SignUpRequest, Consent) for f in model._meta.get_fields()} - set(FIELDS)
    more = dict.fromkeys((*columns, *(f"extra{n}" for n in range(50)), "is_staff", "is_superuser", "list"), "1")
    more.update(state="confirmed", mailbox="x@example.com", fingerprint="f", act="confirmed", detail="x", network="x")
    sign_up(client, "plain@example.com")
    sign_up(client, "joan@example.com", **more)
    plain, joan = Subscriber.objects.order_by("pk").values()
    apart = {name for name in plain if plain[name] != joan[name]}
    assert apart == {"id", "email", "mailbox", "fingerprint", "created_at", "asked_at"}
    assert joan["mailbox"] == "joan@example.com"
    one, other = Consent.objects.order_by("pk").values()
    assert {name for name in one if one[name] != other[name]} == {"id", "subscriber_id", "at"}
    path = link_in(letters_to("joan@example.com")[0], "confirm")
    client.post(path, {**more, "email": "x@example.com"})
    joan = Subscriber.objects.get(pk=joan["id"])
    assert (joan.state, joan.mailbox, joan.key_version) == ("confirmed", "joan@example.com", 1)


@given(body=st.dictionaries(st.sampled_from(("again", "x", "email", "undo")), any_text, max_size=3))
@quickly
def test_nothing_sent_to_the_confirm_page_breaks_it(client: Client, home: Any, body: dict[str, str]) -> None:
    sign_up(client, "joan@example.com")
    path = link_in(letters_to("joan@example.com")[0], "confirm")
    sent = urlencode(body, errors="replace")
    assert client.post(path, sent, content_type="application/x-www-form-urlencoded").status_code in {200, 302, 303}
    for cut in range(20, len(path) - 1, 7):
        assert client.post(f"{path[:cut]}/", sent, content_type="text/plain").status_code in {404, 410}
