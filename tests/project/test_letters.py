"""A letter is a row before it is a mail, and is handed over once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from letters.actions import forget_old_letters, hand_over_letter, release_lost_letters
from letters.models import Letter
from tests.fakes.smtp import Sink

pytestmark = pytest.mark.django_db


def _letter(**fields: Any) -> Letter:
    own = {
        "kind": "confirm",
        "to": "margaret@example.com",
        "subject": "One more step",
        "text": "Words",
        "html": "<p>W</p>",
    }
    return Letter.objects.create(**{**own, "html": "<p>Words</p>", **fields})


def test_a_letter_is_handed_over_once_and_its_text_is_wiped(sink: Sink) -> None:
    letter = _letter()
    assert hand_over_letter(letter.pk) is True
    assert hand_over_letter(letter.pk) is False
    letter.refresh_from_db()
    assert (letter.state, letter.text, letter.html) == (Letter.State.HANDED_OVER, "", "")
    (mail,) = sink.messages
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(("plain",)).get_content().strip() == "Words"  # type: ignore[union-attr]


def test_a_passing_refusal_is_tried_again_with_the_same_message_id(sink: Sink) -> None:
    letter = _letter()
    sink.answer = lambda _address, verb: "451 come back later" if verb == "DATA" else None
    hand_over_letter(letter.pk)
    letter.refresh_from_db()
    assert letter.state == Letter.State.WAITING
    assert letter.next_try_at > timezone.now()
    assert "451" in letter.reply
    assert hand_over_letter(letter.pk) is False  # not due yet
    sink.answer = lambda _address, _verb: None
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert hand_over_letter(letter.pk) is True
    assert sink.recipients == {"margaret@example.com": 1}
    assert sink.messages[0]["Message-ID"].startswith(f"<letter.{letter.pk}.")


def test_a_refused_address_is_not_tried_again(sink: Sink) -> None:
    letter = _letter()
    sink.answer = lambda _address, verb: "550 no such box" if verb == "RCPT" else None
    hand_over_letter(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.reply) == (Letter.State.FAILED, "550 no such box")


def test_a_mail_server_that_is_down_keeps_the_letter(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    letter = _letter()
    hand_over_letter(letter.pk)
    letter.refresh_from_db()
    assert letter.state == Letter.State.WAITING
    assert letter.text == "Words"


def test_a_letter_whose_worker_died_is_given_back() -> None:
    gone = timezone.now() - timedelta(minutes=1)
    letter = _letter(state=Letter.State.HANDING_OVER, lease_until=gone)
    busy = _letter(state=Letter.State.HANDING_OVER, lease_until=timezone.now() + timedelta(minutes=1))
    assert release_lost_letters() == [letter.pk]
    busy.refresh_from_db()
    assert busy.state == Letter.State.HANDING_OVER


def test_a_copy_of_the_database_mails_nobody(sink: Sink, settings: Any) -> None:
    settings.SENDING_ENABLED_FOR = "www.meadowsweet.example"
    letter = _letter()
    assert hand_over_letter(letter.pk) is False
    assert sink.raw == []
    letter.refresh_from_db()
    assert "SENDING_ENABLED_FOR" in letter.reply


def test_finished_letters_are_forgotten_and_waiting_ones_kept() -> None:
    old = timezone.now() - timedelta(days=31)
    _letter(state=Letter.State.HANDED_OVER, created_at=old)
    waiting = _letter(created_at=old)
    assert forget_old_letters(before=timezone.now() - timedelta(days=30)) == 1
    assert list(Letter.objects.all()) == [waiting]


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: x@example.com", "Hello\x0bBcc: x@example.com", "Hello\u2028Bcc: x"])
def test_no_header_can_be_smuggled_into_a_letter(sink: Sink, subject: str) -> None:
    letter = _letter(subject=subject, to="margaret@example.com")
    hand_over_letter(letter.pk)
    letter.refresh_from_db()
    assert all(mail["Bcc"] is None for mail in sink.messages)
    assert sum(sink.recipients.values()) <= 1
