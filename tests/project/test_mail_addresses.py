"""One mailbox, one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.addresses import InvalidAddressError, as_written, fingerprint, normalise, without_tag

SAME = [
    "joan.smith@example.com",
    " joan.smith@example.com ",
    "Joan.Smith@example.com",
    "JOAN.SMITH@EXAMPLE.COM",
    "joan.smith@Example.Com\t",
    "\u2003joan.smith@example.com",
]


@pytest.mark.parametrize("spelling", SAME)
def test_all_spellings_of_one_mailbox_are_one(spelling: str) -> None:
    assert normalise(spelling) == "joan.smith@example.com"


@pytest.mark.parametrize("spelling", ["a@münchen.example", "a@MÜNCHEN.example", "a@mu\u0308nchen.example"])
def test_a_domain_beyond_ascii_has_one_form(spelling: str) -> None:
    assert normalise(spelling) == "a@xn--mnchen-3ya.example"


def test_different_mailboxes_stay_different() -> None:
    boxes = {normalise(a) for a in ("a@example.com", "b@example.com", "a+shop@example.com", "a@example.org")}
    assert len(boxes) == 4


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "eileen",
        "eileen.example.org",
        "@example.com",
        "a@",
        "a@b",
        "a b@example.com",
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com,b@example.com",
        "a@[127.0.0.1]",
        "jörg@example.com",
        "a" * 300 + "@example.com",
        "\x00@example.com",
    ],
)
def test_what_no_letter_could_reach_is_refused(nonsense: str) -> None:
    with pytest.raises(InvalidAddressError):
        normalise(nonsense)


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_a_refusal(text: str) -> None:
    try:
        mailbox = normalise(text)
    except InvalidAddressError:
        return
    assert normalise(mailbox) == mailbox
    assert normalise(as_written(text)) == mailbox


@given(st.emails())
def test_the_normal_form_is_its_own_normal_form(email: str) -> None:
    try:
        once = normalise(email)
    except InvalidAddressError:
        return
    assert once.isascii()
    assert normalise(once) == once == normalise(once.upper())


def test_the_fingerprint_needs_the_key(settings: pytest.FixtureRequest) -> None:
    first = fingerprint("a@example.com")
    assert len(first) == 64
    assert first == fingerprint("a@example.com") != fingerprint("b@example.com")
    settings.SECRET_KEY = "another"
    assert fingerprint("a@example.com") != first


@pytest.mark.parametrize(
    ("mailbox", "inbox"),
    [
        ("a+x@example.com", "a@example.com"),
        ("a+x+y@example.com", "a@example.com"),
        ("a.b@example.com", "a.b@example.com"),
        ("a.b+x@gmail.com", "ab@gmail.com"),
        ("ab@googlemail.com", "ab@gmail.com"),
        ("+x@example.com", "+x@example.com"),
    ],
)
def test_for_limits_a_tag_does_not_count(mailbox: str, inbox: str) -> None:
    assert without_tag(mailbox) == inbox
