"""Scanners open every link of every mail, again and again: nothing happens by that."""

from typing import Any

import pytest
from django.test import Client

from newsletter.models import EbookGrant
from tests.newsletter.robots import changed_tables, collect_links, post_every_letter
from tests.newsletter.tables import dump_tables

pytestmark = pytest.mark.django_db


def test_opening_every_link_of_every_mail_changes_nothing(client: Client, home: Any) -> None:
    post_every_letter()
    links = collect_links()
    own = {link for found in links.values() for link in found if "testserver/newsletter/" in link}
    purposes = {link.split("/")[4] for link in own}
    assert purposes >= {"confirm", "unsubscribe", "mine", "e-book", "new-address", "not-me", "keep", "follow"}
    opened = 0
    counted = dict(EbookGrant.objects.values_list("pk", "downloads"))
    before = dump_tables()
    for link in sorted({link for found in links.values() for link in found if link.startswith("http://testserver")}):
        path = link.removeprefix("http://testserver").partition("#")[0]
        if path.startswith(("/media/", "/static/")):
            continue
        for _ in range(5):
            for method in (client.head, client.get):
                answer = method(path)
                # A book that was fetched five times has a page instead that offers a new link.
                assert answer.status_code < 400 or ("/e-book/" in link and answer.status_code == 410), link
                b"".join(answer.streaming_content if answer.streaming else [])  # type: ignore[attr-defined]
            opened += 2
    assert opened >= 10 * len(purposes)
    assert changed_tables(before) == set()
    # The one thing that may change is a counter, and it did.
    assert dict(EbookGrant.objects.values_list("pk", "downloads")) != counted
