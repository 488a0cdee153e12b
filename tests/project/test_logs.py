"""No key to somebody's data stands in a log."""

import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.logs import HideTokens
from newsletter.links import Purpose, make_link, unsubscribe_url
from newsletter.models import Subscriber
from tests.factories import SubscriberFactory, make_site


@pytest.mark.django_db
def test_the_token_of_a_dead_link_is_not_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    make_site()
    link = unsubscribe_url(SubscriberFactory()).removeprefix("http://testserver")
    token = link.rstrip("/").rsplit("/", 1)[1]
    caplog.handler.addFilter(HideTokens())
    answer = client.get(link.replace(token, f"{token[:-3]}xyz"))
    assert answer.status_code in {404, 410}
    logging.getLogger("django.request").error("Gone: %s", link)
    assert token[:-3] not in caplog.text
    assert "/newsletter/unsubscribe/[hidden]" in caplog.text


@pytest.mark.parametrize("purpose", Purpose)
def test_no_page_behind_a_signed_link_tells_its_token(purpose: Purpose) -> None:
    names = {"ebook": "ebook", "own-fresh": "own_erase"}
    token = make_link(purpose, Subscriber(pk=1, key_version=1))
    path = reverse(f"newsletter:{names.get(purpose, purpose.replace('-', '_'))}", args=[token])
    record = logging.LogRecord("x", logging.INFO, "f", 1, "GET %s", (path,), None)
    assert HideTokens().filter(record)
    assert token not in record.getMessage()
    assert record.getMessage().startswith(f"GET {path.partition(token)[0]}[hidden]")


def test_other_lines_are_left_alone(settings: Any) -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "Read %s at %s", ("/articles/cold-mornings/", 3), None)
    assert HideTokens().filter(record)
    assert record.getMessage() == "Read /articles/cold-mornings/ at 3"
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["tokens"]


@pytest.mark.django_db
def test_a_missing_page_and_a_form_sent_back_are_no_lines_but_a_fault_is(settings: Any) -> None:
    make_site()
    logger = logging.getLogger("django.request")
    assert not logger.isEnabledFor(logging.WARNING)
    assert logger.isEnabledFor(logging.ERROR)
