"""What a mail provider tells: believed only when it is signed, stored once in whatever order, and never too late."""

import hashlib
import hmac
import itertools
import json
import random
from base64 import b64encode
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from letters.message_ids import told_name as told_name_of_letter
from letters.models import Letter
from newsletter import letters
from newsletter.mail_names import told_name
from newsletter.models import Delivery, MailEvent, Subscriber, Suppression
from tests.newsletter.returned import hand_over_issue, why_barred

pytestmark = pytest.mark.django_db
Kind, Reason = MailEvent.Kind, Suppression.Reason
SECRET, SIGNING = "a-secret-for-the-address-0123", "signing-key"
URL = f"/newsletter/mail/{SECRET}/"
KINDS = ["delivered", "soft", "hard", "complaint"]


@pytest.fixture(params=["mailgun", "postmark"])
def provider(request: Any, settings: Any) -> str:
    settings.ESP, settings.ESP_WEBHOOK_SECRET = request.param, SECRET
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING}
    if request.param == "postmark":
        settings.ANYMAIL["WEBHOOK_SECRET"] = f"wellpress:{SECRET}"
    return str(request.param)


@pytest.fixture
def sent(subscriber: Subscriber, settings: Any) -> Delivery:
    return hand_over_issue(subscriber, settings)


def told_of(delivery: Delivery) -> str:
    return told_name((delivery.dispatch_id, delivery.subscriber_id or 0))


def mailgun(kind: str, told: str, *, token: str = "", at: float | None = None, **more: Any) -> dict[str, Any]:
    at = timezone.now().timestamp() if at is None else at
    token = token or f"{kind}-{told}"[:50]
    stamp = str(int(at))
    signature = hmac.new(SIGNING.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    data: dict[str, Any] = {"timestamp": at, "recipient": "other@example.com", "user-variables": {"wellpress": told}}
    data |= {
        "delivered": {"event": "delivered"},
        "soft": {"event": "failed", "severity": "permanent", "delivery-status": {"message": "552 5.2.2 full"}},
        "hard": {"event": "failed", "severity": "permanent", "delivery-status": {"message": "550 5.1.1 no such user"}},
        "blocked": {"event": "failed", "severity": "permanent", "delivery-status": {"message": "550 5.7.1 policy"}},
        "delayed": {"event": "failed", "severity": "temporary", "delivery-status": {"message": "451 4.2.1 later"}},
        "complaint": {"event": "complained"},
        "opened": {"event": "opened"},
    }[kind]
    return {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": data | more}


def postmark(kind: str, told: str, **more: Any) -> dict[str, Any]:
    own = {
        "delivered": {"RecordType": "Delivery", "Details": "250 OK"},
        "soft": {"RecordType": "Bounce", "Type": "SoftBounce", "ID": 2, "Details": ""},
        "hard": {"RecordType": "Bounce", "Type": "HardBounce", "ID": 3, "Details": "smtp;550 5.1.1 no such user"},
        "blocked": {"RecordType": "Bounce", "Type": "Blocked", "ID": 4, "Details": "smtp;550 5.7.1 policy"},
        "delayed": {"RecordType": "Bounce", "Type": "Transient", "ID": 5, "Details": "smtp;451 later"},
        "complaint": {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "ID": 6},
        "opened": {"RecordType": "Open"},
    }[kind]
    return {**own, "Email": "other@example.com", "Metadata": {"wellpress": told}, **more}


def news(provider: str, kind: str, told: str, **more: Any) -> dict[str, Any]:
    return mailgun(kind, told, **more) if provider == "mailgun" else postmark(kind, told, **more)


def tell(provider: str, what: Any, *, url: str = URL, client: Client | None = None, **headers: str) -> int:
    body = what if isinstance(what, bytes) else json.dumps(what).encode()
    if provider == "postmark":
        headers.setdefault("HTTP_AUTHORIZATION", f"Basic {b64encode(f'wellpress:{SECRET}'.encode()).decode()}")
    answer = (client or Client()).post(url, body, content_type="application/json", **headers)  # type: ignore[arg-type]
    return int(answer.status_code)


@pytest.mark.parametrize(
    ("kind", "stored", "reasons"),
    [
        ("delivered", Kind.DELIVERED, []),
        ("soft", Kind.SOFT, []),
        ("hard", Kind.HARD, [Reason.BOUNCED]),
        ("blocked", Kind.BLOCKED, []),
        ("complaint", Kind.COMPLAINT, [Reason.COMPLAINED]),
    ],
)
def test_news_follow_the_same_rules_as_returned_mail(
    provider: str, sent: Delivery, kind: str, stored: str, reasons: list[str]
) -> None:
    assert tell(provider, news(provider, kind, told_of(sent))) == 200
    event = MailEvent.objects.get()
    assert (event.kind, event.provider, event.subscriber_id) == (stored, provider, sent.subscriber_id)
    assert event.delivery == sent
    assert why_barred() == reasons


@pytest.mark.parametrize("kind", ["delayed", "opened"])
def test_what_asks_for_nothing_is_not_stored(provider: str, sent: Delivery, kind: str) -> None:
    assert tell(provider, news(provider, kind, told_of(sent))) == 200
    assert MailEvent.objects.count() == 0


@pytest.mark.parametrize("order", list(itertools.permutations(["soft", "hard", "complaint"])))
def test_each_three_times_in_any_order_ends_the_same(provider: str, sent: Delivery, order: tuple[str, ...]) -> None:
    told = {kind: news(provider, kind, told_of(sent)) for kind in KINDS}
    for kind in (*order, "delivered", *order, *reversed(order), "delivered"):
        assert tell(provider, told[kind]) == 200
    assert MailEvent.objects.count() == 4
    assert why_barred() == [Reason.COMPLAINED]


def test_the_address_in_the_news_is_not_looked_at(provider: str, sent: Delivery) -> None:
    other = sent.dispatch.deliveries.exclude(pk=sent.pk).select_related("subscriber")[0].subscriber
    assert other
    more = {"recipient": other.email} if provider == "mailgun" else {"Email": other.email}
    tell(provider, news(provider, "hard", told_of(sent), **more))
    assert MailEvent.objects.get().subscriber_id == sent.subscriber_id
    other.refresh_from_db()
    assert other.state == Subscriber.State.CONFIRMED


def test_a_name_that_we_did_not_give_changes_nothing(provider: str, sent: Delivery) -> None:
    good = told_of(sent)
    for number, bad in enumerate(
        ("", "1.1.00000000000000000000", good[:-1] + "x", good + "0", f"1{good}", None, {"a": 1})
    ):
        more = {"token": f"t{number}"} if provider == "mailgun" else {"ID": number}
        assert tell(provider, news(provider, "complaint", bad, **more)) in {200, 400}  # type: ignore[arg-type]
    assert MailEvent.objects.count() == 0


def test_news_of_a_letter_reach_whom_it_went_to(provider: str, subscriber: Subscriber, home: Any) -> None:
    letters.post_already_subscribed(subscriber)
    tell(provider, news(provider, "hard", told_name_of_letter(Letter.objects.get())))
    assert why_barred() == [Reason.BOUNCED]


def test_news_about_somebody_in_doubt_say_that_it_was_handed_over(provider: str, sent: Delivery) -> None:
    Delivery.objects.filter(pk=sent.pk).update(state=Delivery.State.HELD)
    tell(provider, news(provider, "delivered", told_of(sent)))
    sent.refresh_from_db()
    assert sent.state == Delivery.State.HANDED_OVER


# Whose word is taken


def test_changed_signatures_secrets_and_used_tokens_are_not_accepted(provider: str, sent: Delivery) -> None:
    raw = json.dumps(news(provider, "hard", told_of(sent))).encode()
    chance = random.Random(7)
    for _ in range(60):
        if provider == "mailgun":
            forged = news(provider, "hard", told_of(sent))
            part = chance.choice(["timestamp", "token", "signature"])
            said = forged["signature"][part]
            place = chance.randrange(len(said))
            other = chance.choice([sign for sign in "0123456789" if sign != said[place]])
            forged["signature"][part] = said[:place] + other + said[place + 1 :]
            assert tell(provider, forged) == 400
        else:
            assert tell(provider, raw, HTTP_AUTHORIZATION=f"Basic {b64encode(chance.randbytes(30)).decode()}") == 400
    place = chance.randrange(len(SECRET))
    wrong = f"/newsletter/mail/{SECRET[:place]}X{SECRET[place + 1 :]}/"
    assert tell(provider, raw, url=wrong) == 404
    assert MailEvent.objects.count() == 0


def test_a_token_that_was_used_says_nothing_new(sent: Delivery, settings: Any, subscriber: Subscriber) -> None:
    settings.ESP, settings.ESP_WEBHOOK_SECRET = "mailgun", SECRET
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING}
    first = news("mailgun", "delivered", told_of(sent), token="once")
    tell("mailgun", first)
    changed = {**news("mailgun", "complaint", told_of(sent)), "signature": first["signature"]}
    assert tell("mailgun", changed) == 200
    assert (MailEvent.objects.get().kind, why_barred()) == (Kind.DELIVERED, [])


@pytest.mark.parametrize("seconds", [-400, 400])
def test_an_old_or_early_signature_is_not_accepted(sent: Delivery, settings: Any, seconds: int) -> None:
    settings.ESP, settings.ESP_WEBHOOK_SECRET = "mailgun", SECRET
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING}
    late = news("mailgun", "complaint", told_of(sent), at=timezone.now().timestamp() + seconds)
    assert tell("mailgun", late) == 400
    assert MailEvent.objects.count() == 0


def test_without_a_secret_there_is_no_such_address(
    provider: str, sent: Delivery, settings: Any, client: Client
) -> None:
    assert client.get(URL).status_code == 405
    settings.ESP_WEBHOOK_SECRET = ""
    assert tell(provider, news(provider, "hard", told_of(sent)), url="/newsletter/mail/anything/") == 404


def test_a_copy_of_the_site_stores_nothing_and_does_not_say_that_it_did(
    provider: str, sent: Delivery, settings: Any
) -> None:
    settings.SENDING_ENABLED_FOR = "www.elsewhere.example"
    assert tell(provider, news(provider, "hard", told_of(sent))) == 503
    assert (MailEvent.objects.count(), why_barred()) == (0, [])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"event-data": {}, "signature": {}}',
        b'{"RecordType": "Bounce"}',
        b'{"RecordType": ["Bounce"], "Metadata": 3}',
        b'{"Metadata": {"wellpress": "\\u0000\\ud800"}, "RecordType": "Delivery", "DeliveredAt": "never"}',
    ],
    ids=range(10),
)
def test_nonsense_is_refused_and_harms_nobody(provider: str, raw: bytes) -> None:
    assert tell(provider, raw) in ({200, 400} if raw else {411})
    assert MailEvent.objects.count() == 0


def test_a_body_over_a_megabyte_is_not_even_read(provider: str, sent: Delivery) -> None:
    large = news(provider, "hard", told_of(sent))
    large["more"] = "x" * 1_000_001
    assert tell(provider, large) == 413


def test_odd_signs_in_a_servers_words_are_stored_without_them(provider: str, sent: Delivery) -> None:
    words = "550 5.1.1 \x00 gone \ud800 <margaret@example.com>\r\nX: y"
    more = {"delivery-status": {"message": words}} if provider == "mailgun" else {"Details": words}
    assert tell(provider, news(provider, "hard", told_of(sent), **more)) == 200
    event = MailEvent.objects.get()
    assert (event.kind, event.status) == (Kind.HARD, "5.1.1")
    assert not {"\x00", "\n", "@"} & set(event.diagnostic)


def test_what_is_not_stored_is_told_again(provider: str, sent: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def fail(_news: Any) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as away:
        away.setattr("newsletter.webhook_views.take_news", fail)
        assert (
            tell(provider, news(provider, "hard", told_of(sent)), client=Client(raise_request_exception=False)) == 500
        )
    assert tell(provider, news(provider, "hard", told_of(sent))) == 200
    assert why_barred() == [Reason.BOUNCED]
