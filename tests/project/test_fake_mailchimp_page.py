"""The page for developers of the stand-in for Mailchimp, and the command that serves it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.fakes.mailchimp import FakeMailchimp
from tests.fakes.mailchimp.state import Audience, Hook
from tests.fakes.reader import Form, forms_of
from tests.project.test_fake_mailchimp import ZOE, audience, client

__all__ = ["audience", "client"]
ROOT = Path(__file__).resolve().parents[2]


def look(fake: FakeMailchimp) -> str:
    return requests.get(f"{fake.site}/", timeout=3).text


def press(fake: FakeMailchimp, form: Form, **more: str) -> str:
    """Post a form of the page; what the page says then."""
    return requests.post(fake.site + form.action, data={**form.fields, **more}, timeout=3).text


def form_that(fake: FakeMailchimp, do: str) -> Form:
    return next(form for form in forms_of(look(fake)) if form.fields.get("do") == do)


def test_a_developer_acts_as_a_contact_and_webhooks_tell_of_it(mailchimp: FakeMailchimp, audience: Audience) -> None:
    audience.hooks["h"] = Hook("h", "http://127.0.0.1:9/", {"subscribe": True, "unsubscribe": True}, {"user": True})
    mailchimp.add_member(ZOE, "pending", merges={"FNAME": "<Zoë>"})
    assert "&lt;Zoë&gt;" in look(mailchimp)
    assert f"{ZOE} confirmed." in press(mailchimp, form_that(mailchimp, "confirm"))
    assert f"{ZOE} unsubscribed." in press(mailchimp, form_that(mailchimp, "unsubscribe"))
    assert audience.find(ZOE).barred == "unsubscribed"
    assert "signed up" in press(mailchimp, form_that(mailchimp, "sign_up"), address="joan@reader.example")
    assert [event.type for event in mailchimp.webhooks.waiting] == ["subscribe", "unsubscribe", "subscribe"]
    gone = form_that(mailchimp, "complain")
    assert "That did not work" in press(mailchimp, gone, address="nobody@reader.example")


def test_other_pages_cannot_press_its_buttons(mailchimp: FakeMailchimp, audience: Audience) -> None:
    mailchimp.add_member(ZOE)
    form = form_that(mailchimp, "unsubscribe")
    headers = {"Origin": "https://elsewhere.example"}
    answer = requests.post(f"{mailchimp.site}{form.action}", data=form.fields, headers=headers, timeout=3)
    assert (answer.status_code, audience.find(ZOE).status) == (403, "subscribed")


def test_a_fault_is_ordered_on_the_page(mailchimp: FakeMailchimp) -> None:
    assert "The next call meets: 500 bare." in press(mailchimp, form_that(mailchimp, "order"), fault="500 bare")
    assert requests.get(f"{mailchimp.url}/ping", timeout=3).status_code == 500
    assert requests.get(f"{mailchimp.site}/nothing", timeout=3).status_code == 404


@pytest.fixture
def started() -> Iterator[list[str]]:
    """What the command says when it serves."""
    command = [sys.executable, "-u", "-m", "tests.fakes.mailchimp", "--port", "0", "--members", "3"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as process:
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if "MAILCHIMP_AUDIENCE_ID" in line:
                break
        yield lines
        process.terminate()


def test_the_command_says_where_it_is_and_what_to_set(started: list[str]) -> None:
    told = dict(line.removeprefix("export ").split("=", 1) for line in started if line.startswith("export "))
    key, url = told["MAILCHIMP_API_KEY"], told["MAILCHIMP_API_URL"]
    asked = requests.get(f"{url}/lists/{told['MAILCHIMP_AUDIENCE_ID']}", auth=("any", key), timeout=3)
    assert asked.json()["stats"]["member_count"] == 3
    assert "carol@reader.example" in requests.get(url.removesuffix("3.0"), timeout=3).text
