"""A provider of mail is chosen by variables alone; letters go the same way unless a mail server is named for them."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import mail_environment
from letters.actions import hand_over_letter
from letters.message_ids import letter_of_told_name, message_id
from letters.models import Letter
from tests.fakes.esp import FakeEsp

SECRET = "a-secret-for-the-address-0123"
NAMES = (
    "ESP",
    "ESP_API_KEY",
    "ESP_API_URL",
    "ESP_SENDER_DOMAIN",
    "ESP_STREAM",
    "ESP_WEBHOOK_SECRET",
    "ESP_WEBHOOK_KEY",
)


def read(monkeypatch: pytest.MonkeyPatch, **given: str) -> dict[str, Any]:
    for name in (*NAMES, "EMAIL_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return mail_environment.esp()


def test_without_a_provider_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch) == {}
    assert read(monkeypatch, ESP="", ESP_API_KEY="x") == {}


def test_mailgun_with_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(
        monkeypatch,
        ESP="mailgun",
        ESP_API_KEY="key-1",
        ESP_API_URL="https://api.eu.mailgun.net/v3",
        ESP_SENDER_DOMAIN="mg.example.org",
        ESP_WEBHOOK_SECRET=SECRET,
        ESP_WEBHOOK_KEY="signing",
    )
    assert found["NEWSLETTER_SENDER"] == "newsletter.senders.esp.MailgunSender"
    assert (found["EMAIL_BACKEND"], found["LETTERS_BY_ESP"]) == ("anymail.backends.mailgun.EmailBackend", True)
    told = {name.removeprefix("MAILGUN_").lower(): value for name, value in found["ANYMAIL"].items()}
    assert told == {
        "requests_timeout": (10, 60),
        "api_key": "key-1",
        "api_url": "https://api.eu.mailgun.net/v3",
        "webhook_signing_key": "signing",
        "sender_domain": "mg.example.org",
    }


def test_letters_go_to_the_mail_server_that_is_named_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, ESP="postmark", ESP_API_KEY="token", EMAIL_URL="smtp://127.0.0.1:25")
    assert "EMAIL_BACKEND" not in found
    assert found["ESP_STREAM"] == "broadcast"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ESP": "sendmail"}, "ESP is 'sendmail'. It must be one of: , mailgun, postmark"),
        ({"ESP": "mailgun"}, "ESP_API_KEY is missing"),
        ({"ESP": "mailgun", "ESP_API_KEY": "two words"}, "ESP_API_KEY must be a key"),
        ({"ESP": "mailgun", "ESP_API_KEY": "k", "ESP_API_URL": "http://api.example.org"}, "ESP_API_URL is"),
        ({"ESP": "mailgun", "ESP_API_KEY": "k", "ESP_SENDER_DOMAIN": "a/b"}, "ESP_SENDER_DOMAIN is 'a/b'"),
        ({"ESP": "mailgun", "ESP_API_KEY": "k", "ESP_WEBHOOK_SECRET": SECRET}, "ESP_WEBHOOK_KEY is missing"),
        ({"ESP": "postmark", "ESP_API_KEY": "k", "ESP_WEBHOOK_SECRET": "short"}, "ESP_WEBHOOK_SECRET must be"),
    ],
)
def test_a_wrong_setting_is_named_and_no_key_repeated(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=words) as raised:
        read(monkeypatch, **given)
    assert "two words" not in str(raised.value)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["mailgun", "postmark"])
def test_a_letter_by_a_provider_is_handed_over_once_and_can_be_told_of(settings: Any, name: str) -> None:
    settings.LETTERS_BY_ESP, settings.RETURN_PATH_DOMAIN = True, "bounces.example.org"
    settings.EMAIL_BACKEND = f"anymail.backends.{name}.EmailBackend"
    letter = Letter.objects.create(
        kind="confirm",
        to="margaret@example.com",
        subject="One more step",
        text="Words {{x}} %recipient.x%",
        html="<p>W</p>",
    )
    with FakeEsp() as esp:
        esp.use(settings, name)
        esp.script = lambda _call: "unpaid" if len(esp.calls) == 1 else None
        hand_over_letter(letter.pk)
        letter.refresh_from_db()
        assert letter.state == Letter.State.WAITING
        assert "402" in letter.reply
        Letter.objects.update(next_try_at=letter.created_at)
        assert hand_over_letter(letter.pk)
        assert not hand_over_letter(letter.pk)
        (mail,) = esp.accepted
    letter.refresh_from_db()
    assert letter.state == Letter.State.HANDED_OVER
    assert (mail.to, mail.subject) == ("margaret@example.com", "One more step")
    assert letter_of_told_name(mail.told["wellpress"]) == letter
    headers = {field.lower(): value for field, value in mail.headers.items()}
    assert headers["message-id"] == message_id(letter)
    assert headers["auto-submitted"] == "auto-generated"
    assert "bounces." not in str(mail)
