"""Signatures of mail: read by a reader that was written from the standard, and tried on the standard's own example."""

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import mail_environment
from letters.actions import hand_over_letter
from letters.models import Letter
from newsletter.composing import Skeleton
from newsletter.models import Subscriber
from tests.fakes.dkim import make_key, tags_of, verifies
from tests.fakes.smtp import Sink
from tests.newsletter.test_composing import dispatch, reader

SECRET, RECORD = make_key()
# RFC 8463, A.3, its second signature.
EXAMPLE = b"""DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
""".replace(b"\n", b"\r\n")
EXAMPLE_RECORD = (
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi"
    "0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
)


@pytest.fixture
def signing(settings: Any) -> None:
    settings.DKIM = {"domain": "meadowsweet.example", "selector": "wp2026", "key": SECRET}


def test_the_reader_of_signatures_agrees_with_the_standard() -> None:
    assert verifies(EXAMPLE, EXAMPLE_RECORD)
    for changed in (EXAMPLE.replace(b"dinner", b"supper"), EXAMPLE.replace(b"hungry", b"angry")):
        assert not verifies(changed, EXAMPLE_RECORD)


def test_an_issue_is_signed_with_all_that_leads_out_of_it(signing: None) -> None:
    content = Skeleton(dispatch()).compose(reader()).content
    assert verifies(content, RECORD)
    tags = tags_of(str(message_from_bytes(content, policy=policy.default)["DKIM-Signature"]))
    assert (tags["d"], tags["s"], tags["a"]) == ("meadowsweet.example", "wp2026", "rsa-sha256")
    names = tags["h"].split(":")
    present = {name.lower() for name in message_from_bytes(content).keys()}  # noqa: SIM118 - a message, no dict
    assert set(names) == present - {"dkim-signature"}
    assert {"list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id", "message-id"} <= set(names)
    assert names.count("from") == 2  # nobody may add another one
    signature = content.partition(b"\r\nFrom:")[0]
    assert all(len(line) <= 78 for line in signature.split(b"\r\n"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"To: joan@", b"To: john@"),
        (b"List-Unsubscribe: <http://", b"List-Unsubscribe: <http:/"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
        (b"From: ", b"From: x"),
        (b"\r\nTo:", b"\r\nFrom: other@example.com\r\nTo:"),
        (b"Joan", b"Jean"),
    ],
)
def test_a_changed_message_does_not_hold(signing: None, old: bytes, new: bytes) -> None:
    content = Skeleton(dispatch()).compose(reader()).content
    assert old in content
    assert not verifies(content.replace(old, new, 1), RECORD)


@pytest.mark.django_db
@pytest.mark.parametrize("subject", ["One more step", "Zoë’s e-book, and a subject that goes on and on for long " * 3])
def test_a_letter_arrives_signed(sink: Sink, signing: None, subscriber: Subscriber, subject: str) -> None:
    letter = Letter.objects.create(
        kind="confirm", to="margaret@example.com", subject=subject[:250], text="Words for Zoë.\n\n.\n", html="<p>W</p>"
    )
    hand_over_letter(letter.pk)
    (raw,) = sink.raw
    assert verifies(raw, RECORD)
    assert not verifies(raw.replace(b"margaret@", b"margarete@"), RECORD)
    assert {"auto-submitted", "message-id", "feedback-id"} <= set(
        tags_of(str(message_from_bytes(raw)["DKIM-Signature"]))["h"].split(":")
    )


def test_without_a_key_nothing_is_signed() -> None:
    assert b"DKIM-Signature" not in Skeleton(dispatch()).compose(reader()).content


WHOLE = {"DKIM_DOMAIN": "Meadowsweet.example", "DKIM_SELECTOR": "s1", "DKIM_KEY": SECRET.replace("\n", "\\n")}


def test_the_key_comes_from_a_variable_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    assert mail_environment.dkim() == {"domain": "meadowsweet.example", "selector": "s1", "key": SECRET}
    monkeypatch.delenv("DKIM_KEY")
    (tmp_path / "key.pem").write_text(SECRET)
    monkeypatch.setenv("DKIM_KEY_FILE", str(tmp_path / "key.pem"))
    assert mail_environment.dkim() == {"domain": "meadowsweet.example", "selector": "s1", "key": SECRET}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DKIM_KEY": ""}, "DKIM_KEY or DKIM_KEY_FILE: missing"),
        ({"DKIM_DOMAIN": ""}, "DKIM_DOMAIN: missing"),
        ({"DKIM_SELECTOR": ""}, "DKIM_SELECTOR: missing"),
        ({"DKIM_DOMAIN": "a b"}, "DKIM_DOMAIN is 'a b'"),
        ({"DKIM_KEY": "rubbish"}, "DKIM_KEY must be an RSA key of 2048 bits or more in PEM"),
        ({"DKIM_KEY": make_key(1024)[0]}, "DKIM_KEY must be an RSA key of 2048 bits or more in PEM: it has 1024 bits"),
        ({"DKIM_KEY": "", "DKIM_KEY_FILE": "/nowhere"}, "DKIM_KEY_FILE: cannot read /nowhere"),
    ],
)
def test_a_bad_key_stops_the_start_with_its_name_and_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], words: str
) -> None:
    for name, value in {**WHOLE, **changes}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=words) as raised:
        mail_environment.dkim()
    assert "PRIVATE" not in str(raised.value)
    assert "rubbish" not in str(raised.value)
