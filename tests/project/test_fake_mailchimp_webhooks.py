"""Webhooks of the stand-in for Mailchimp: a GET when they are made, forms afterwards; twice, late and in any order."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.fakes.loopback import Loopback
from tests.fakes.mailchimp import FakeMailchimp
from tests.fakes.mailchimp.state import Audience, hash_of
from tests.project.test_fake_mailchimp import ZOE, audience, client, put, refusal

__all__ = ["audience", "client"]
EVENTS = dict.fromkeys(("subscribe", "unsubscribe", "profile", "cleaned", "upemail", "campaign"), True)


class Listener(Loopback):
    """A site that takes webhooks; `status` is what it answers."""

    status = 200

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes, str]] = []
        self.looked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/a-long-secret/"


class _Handler(BaseHTTPRequestHandler):
    server_of: Listener

    def do_GET(self) -> None:
        self.server_of.looked += 1
        self._answer()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        signature = self.headers.get("X-Mailchimp-Signature", "")
        self.server_of.got.append((dict(parse_qsl(body.decode(), keep_blank_values=True)), body, signature))
        self._answer()

    def _answer(self) -> None:
        self.send_response(self.server_of.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


Listener.handler = _Handler


@pytest.fixture
def site() -> Iterator[Listener]:
    with Listener() as server:
        yield server


def hook(client: Any, audience: Audience, url: str, **sources: bool) -> Any:
    body = {"url": url, "events": EVENTS, "sources": {"user": True, "admin": True, "api": True, **sources}}
    return client.lists.create_list_webhook(audience.id, body)


def test_a_webhook_is_made_only_where_a_get_is_answered_and_once_for_each_address(
    client: Any, audience: Audience, site: Listener
) -> None:
    site.status = 403
    assert refusal(lambda: hook(client, audience, site.url)) == (400, "Invalid Resource")
    site.status = 200
    made = hook(client, audience, site.url)
    assert (site.looked, made["events"], "signing_secret" in made) == (2, EVENTS, False)
    assert refusal(lambda: hook(client, audience, site.url)) == (400, "Invalid Resource")
    assert client.lists.get_list_webhooks(audience.id)["total_items"] == 1
    assert client.lists.delete_list_webhook(audience.id, made["id"]).status_code == 204


def test_what_contacts_do_is_told_in_forms(
    mailchimp: FakeMailchimp, client: Any, audience: Audience, site: Listener
) -> None:
    hook(client, audience, site.url)
    member = put(client, audience, merge_fields={"FNAME": "Zoë & Co"})
    put(client, audience, "joan@reader.example", status_if_new="pending")
    mailchimp.contacts.confirm("joan@reader.example")
    mailchimp.contacts.change_address("joan@reader.example", "jo@reader.example")
    mailchimp.contacts.bounce("jo@reader.example")
    mailchimp.contacts.unsubscribe(ZOE)
    assert mailchimp.webhooks.deliver() == [200] * 6
    told = [fields for fields, _, _ in site.got]
    assert [one["type"] for one in told] == ["subscribe", "subscribe", "upemail", "profile", "cleaned", "unsubscribe"]
    assert (told[0]["data[id]"], told[0]["data[list_id]"]) == (member["unique_email_id"], audience.id)
    assert told[0]["data[merges][FNAME]"] == "Zoë & Co"
    assert (told[2]["data[old_email]"], told[2]["data[new_email]"]) == ("joan@reader.example", "jo@reader.example")
    assert (told[4]["data[reason]"], told[4]["data[email]"]) == ("hard", "jo@reader.example")
    assert (told[5]["data[action]"], told[5]["data[reason]"]) == ("unsub", "manual")
    assert len(told[5]["fired_at"]) == len("2026-12-01 10:00:00")


def test_deliveries_come_twice_late_and_out_of_order_on_command(
    mailchimp: FakeMailchimp, client: Any, audience: Audience, site: Listener
) -> None:
    hook(client, audience, site.url, api=False)
    put(client, audience)
    assert mailchimp.webhooks.waiting == []
    mailchimp.contacts.unsubscribe(ZOE)
    mailchimp.contacts.sign_up(ZOE)
    site.status = 500
    assert mailchimp.webhooks.deliver(order=reversed) == [500, 500]
    site.status = 200
    assert mailchimp.webhooks.deliver("unsubscribe", times=2) == [200, 200]
    assert mailchimp.webhooks.deliver() == [200]
    assert mailchimp.webhooks.again("unsubscribe") == [200]
    kinds = [fields["type"] for fields, _, _ in site.got]
    assert kinds == ["subscribe", "unsubscribe", "unsubscribe", "unsubscribe", "subscribe", "unsubscribe"]


def test_a_signed_webhook_tells_its_secret_once_and_signs_each_delivery(
    mailchimp: FakeMailchimp, client: Any, audience: Audience, site: Listener
) -> None:
    mailchimp.webhooks.signs = True
    secret = hook(client, audience, site.url)["signing_secret"]
    assert "signing_secret" not in client.lists.get_list_webhooks(audience.id)["webhooks"][0]
    put(client, audience)
    mailchimp.webhooks.deliver()
    [(_, body, signature)] = site.got
    at, _, given = signature.partition(",v1=")
    wanted = hmac.new(secret.encode(), f"{at.removeprefix('t=')}.".encode() + body, hashlib.sha256).hexdigest()
    assert given == wanted


def test_automatic_deliveries_are_made_again_after_a_failure(
    mailchimp: FakeMailchimp, client: Any, audience: Audience, site: Listener
) -> None:
    hook(client, audience, site.url)
    mailchimp.webhooks.start()
    put(client, audience)
    client.lists.delete_list_member_permanent(audience.id, hash_of(ZOE))
    until = time.monotonic() + 10
    while len(site.got) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert [fields["type"] for fields, _, _ in site.got] == ["subscribe", "unsubscribe"]
