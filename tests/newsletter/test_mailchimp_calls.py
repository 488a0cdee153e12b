"""Every kind of answer and failure of Mailchimp, over real HTTP with the real client, as an error of ours."""

import json
import pickle
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from newsletter import errors
from newsletter.models import MailchimpHealth, MailchimpLine
from newsletter.senders.mailchimp import Mailchimp, lines
from tests.fakes.loopback import Loopback

pytestmark = pytest.mark.django_db
many_threads = pytest.mark.django_db(transaction=True, serialized_rollback=True)
KEY = "0123456789abcdef0123456789abcdef-us7"
MEMBER = {"id": "a" * 32, "email_address": "joan@example.com", "status": "subscribed"}
Reply = Callable[["_Handler"], None]


class _Handler(BaseHTTPRequestHandler):
    server_of: "Scripted"
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Be silent."""

    def _serve(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server_of.lock:
            self.server_of.calls += 1
            self.server_of.open_now += 1
            self.server_of.most = max(self.server_of.most, self.server_of.open_now)
            script = self.server_of.script
            reply = script.popleft() if len(script) > 1 else script[0]
        try:
            reply(self)
        finally:
            with self.server_of.lock:
                self.server_of.open_now -= 1

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815


class Scripted(Loopback):
    """Answers one after the other; the last of them for ever."""

    handler = _Handler

    def __init__(self) -> None:
        self.script: deque[Reply] = deque()
        self.calls = self.open_now = self.most = 0


def answer(status: int, body: Any = None, kind: str = "application/problem+json; charset=utf-8") -> Reply:
    content = b"" if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())

    def reply(to: _Handler) -> None:
        to.send_response(status)
        if content:
            to.send_header("Content-Type", kind)
        to.send_header("Content-Length", str(len(content)))
        to.end_headers()
        to.wfile.write(content)

    return reply


def good(body: Any) -> Reply:
    return answer(200, body, "application/json; charset=utf-8")


def problem(status: int, title: str, detail: str = "") -> Reply:
    return answer(status, {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": "1"})


def cut(to: _Handler) -> None:
    to.close_connection = True


def hang(to: _Handler) -> None:
    to.server_of.over.wait(10)


HTML = answer(502, b"<html>Bad gateway</html>", "text/html")


@pytest.fixture
def scripted(settings: Any) -> Iterator[Scripted]:
    with Scripted() as server:
        settings.MAILCHIMP_API_KEY = KEY
        settings.MAILCHIMP_API_URL = f"http://127.0.0.1:{server.port}"
        yield server


def read() -> Any:
    return Mailchimp(tries=1).read_member("aud", "a" * 32)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (problem(400, "Member In Compliance State"), errors.MailchimpRefused),
        (problem(404, "Resource Not Found"), errors.MailchimpRefused),
        (problem(403, "Forbidden"), errors.MailchimpRefused),
        (problem(401, "API Key Invalid"), errors.MailchimpKeyRefused),
        (answer(403), errors.MailchimpThrottled),
        (answer(429), errors.MailchimpThrottled),
        (problem(429, "Too Many Requests"), errors.MailchimpThrottled),
        (answer(403, b"<html>no</html>", "text/html"), errors.MailchimpThrottled),
        (answer(500), errors.MailchimpUncertain),
        (problem(500, "Internal Server Error"), errors.MailchimpUncertain),
        (HTML, errors.MailchimpUncertain),
        (answer(200, b"<html>Welcome</html>", "text/html"), errors.MailchimpUncertain),
        (answer(200, b"{nonsense", "application/json"), errors.MailchimpUncertain),
        (good({"something": "else"}), errors.MailchimpUncertain),
        (answer(302), errors.MailchimpUncertain),
        (cut, errors.MailchimpUncertain),
        (hang, errors.MailchimpUncertain),
    ],
)
def test_each_failure_is_an_error_of_ours_that_can_be_pickled(
    scripted: Scripted, settings: Any, reply: Reply, kind: type[Exception]
) -> None:
    settings.MAILCHIMP_TIMEOUT = 0.3
    scripted.script.append(reply)
    with pytest.raises(errors.MailchimpError) as caught:
        read()
    assert type(caught.value).mro().index(kind) <= 1
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))
    assert vars(again) == vars(caught.value)


def test_no_connection_means_that_it_was_not_done(settings: Any) -> None:
    settings.MAILCHIMP_API_KEY = KEY
    settings.MAILCHIMP_API_URL = "http://127.0.0.1:9"
    with pytest.raises(errors.MailchimpUnreachable):
        read()


def test_nothing_is_asked_without_a_key(scripted: Scripted, settings: Any) -> None:
    settings.MAILCHIMP_API_KEY = ""
    scripted.script.append(good(MEMBER))
    with pytest.raises(errors.MailchimpKeyRefused):
        read()
    assert scripted.calls == 0


def test_an_answer_without_a_body_is_no_error(scripted: Scripted) -> None:
    scripted.script.append(answer(204))
    Mailchimp(tries=1).send("c1")
    assert scripted.calls == 1


def test_words_hold_neither_key_nor_address(scripted: Scripted) -> None:
    scripted.script.append(problem(400, "Invalid Resource", f"joan@example.com with {KEY} looks fake"))
    with pytest.raises(errors.MailchimpRefused) as caught:
        read()
    assert "joan@example.com" not in str(caught.value)
    assert KEY not in str(caught.value)
    assert caught.value.title == "Invalid Resource"


def test_what_was_not_done_or_may_be_repeated_is_tried_again(scripted: Scripted) -> None:
    scripted.script.extend([answer(429), answer(403), HTML, cut, good(MEMBER)])
    assert Mailchimp().read_member("aud", "a" * 32).email == "joan@example.com"
    assert scripted.calls == 5


def test_a_send_whose_answer_is_lost_is_not_repeated(scripted: Scripted) -> None:
    scripted.script.extend([answer(429), HTML, answer(204)])
    with pytest.raises(errors.MailchimpUncertain):
        Mailchimp().send("c1")
    assert scripted.calls == 2


def test_the_breaker_opens_after_ten_faults_and_closes_with_an_answer(scripted: Scripted) -> None:
    scripted.script.extend([HTML] * 10 + [good(MEMBER)])
    for _ in range(10):
        with pytest.raises(errors.MailchimpUncertain):
            read()
    with pytest.raises(errors.MailchimpResting):
        read()
    assert scripted.calls == 10
    MailchimpHealth.objects.update(rests_until=timezone.now())
    assert read().status == "subscribed"
    health = MailchimpHealth.objects.get()
    assert (health.faults_in_a_row, health.rests_until) == (0, None)


def test_a_refusal_is_an_answer_for_the_breaker(scripted: Scripted) -> None:
    scripted.script.append(problem(404, "Resource Not Found"))
    for _ in range(12):
        with pytest.raises(errors.MailchimpRefused):
            read()
    assert scripted.calls == 12


@many_threads
def test_never_more_than_eight_connections_at_once(scripted: Scripted) -> None:
    def slowly(to: _Handler) -> None:
        time.sleep(0.05)
        good(MEMBER)(to)

    scripted.script.append(slowly)

    def call(_: int) -> None:
        try:
            read()
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(call, range(60)))
    assert scripted.calls == 60
    assert 2 <= scripted.most <= 8


@many_threads
def test_a_line_of_a_killed_process_is_free_when_the_service_has_given_up() -> None:
    MailchimpLine.objects.bulk_create(
        MailchimpLine(number=n, owner="dead", lease_until=timezone.now() + timedelta(seconds=60)) for n in range(8)
    )
    waiting = threading.Event()
    taken: list[int] = []

    def wait() -> None:
        try:
            waiting.set()
            with lines.one_line() as line:
                taken.append(line.number)
        finally:
            connection.close()

    thread = threading.Thread(target=wait)
    thread.start()
    waiting.wait()
    time.sleep(0.2)
    assert not taken
    MailchimpLine.objects.filter(number=3).update(lease_until=Now())
    thread.join(5)
    assert taken == [3]


def test_a_call_that_nobody_waits_for_any_more_keeps_its_line(scripted: Scripted, settings: Any) -> None:
    settings.MAILCHIMP_TIMEOUT, settings.MAILCHIMP_HOLDS_CALLS = 0.2, 60
    scripted.script.append(hang)
    with pytest.raises(errors.MailchimpUncertain):
        read()
    assert MailchimpLine.objects.exclude(owner="").count() == 1
