"""Links of the comments' letters: each good for one purpose, and opening any of them changes nothing."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.actions import comments
from blog.actions.commenters import ask_for_my_comments, ask_for_proof
from blog.commenting.links import Purpose, make_own_token, make_status_token, read_own_token, read_status_token
from blog.models import Commenter
from letters.models import Letter
from tests.factories import CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
VIEWS = {
    "status": ["comment_status", "edit_comment", "take_back_comment", "send_proof_again"],
    "prove": ["prove_address"],
    "stop": ["stop_letters"],
    "mine": ["list_my_comments", "download_my_comments", "erase_my_comments", "forget_my_devices"],
}
NO_VIEW = {
    "get": {"take_back_comment", "send_proof_again", "forget_my_devices"},
    "post": {"comment_status", "download_my_comments"},
}


def tokens(comment: Any) -> dict[str, str]:
    own = {str(purpose): make_own_token(purpose, comment.commenter, comment=comment.pk) for purpose in Purpose}
    return {"status": make_status_token(comment), **own}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but the log-ins' own."""
    models = [model for model in apps.get_models() if model._meta.app_label not in {"sessions", "pagecache"}]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_of_one_purpose_is_worth_nothing_for_another(method: str) -> None:
    comment = CommentFactory(state="held", email="joan@example.com")
    client = Client(enforce_csrf_checks=True)
    before = everything()
    refused = 0
    for made_for, token in tokens(comment).items():
        for purpose, names in VIEWS.items():
            for name in names:
                if made_for == purpose or name in NO_VIEW[method]:
                    continue
                answer = getattr(client, method)(reverse(f"blog:{name}", args=[token]), {"text": "Taken over."})
                assert answer.status_code == 404, (made_for, name)
                refused += 1
    assert refused == (21 if method == "get" else 24)
    assert everything() == before


def test_a_token_with_one_changed_sign_is_refused() -> None:
    comment = CommentFactory(email="joan@example.com")
    signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
    tried = 0
    for purpose, token in tokens(comment).items():
        for at, sign in enumerate(token):
            for other in signs[at % 7 :: 7]:
                if other == sign:
                    continue
                forged = f"{token[:at]}{other}{token[at + 1 :]}"
                found = read_status_token(forged) if purpose == "status" else read_own_token(Purpose(purpose), forged)
                assert found is None, forged
                tried += 1
    assert tried > 1500


def test_raising_the_version_ends_what_was_given_out() -> None:
    comment = CommentFactory(email="joan@example.com")
    given = tokens(comment)
    Commenter.objects.update(links_version=2)
    assert read_own_token(Purpose.PROVE, given["prove"]) is None
    assert read_own_token(Purpose.MINE, given["mine"]) is None
    assert read_own_token(Purpose.STOP, given["stop"]) is not None


def test_opening_every_link_of_every_letter_changes_no_row(moderator: User) -> None:
    asked = CommentFactory(email="joan@example.com", wants_replies=True, proven_at=timezone.now(), crisis=True)
    reply = CommentFactory(article=asked.article, parent=asked, answers=asked, state="held", email="tom@example.com")
    comments.approve_comment(reply, by=moderator)
    comments.refuse_comment(CommentFactory(state="held", email="ann@example.com"), by=moderator, reason="No.")
    ask_for_proof(CommentFactory(state="held", email="eve@example.com"))
    ask_for_my_comments("joan@example.com")
    assert Letter.objects.count() == 5
    links = set()
    for letter in Letter.objects.all():
        parts = (letter.text, letter.html, letter.headers["List-Unsubscribe"])
        links |= {
            urlsplit(link).path for part in parts for link in re.findall(r"http://testserver/comments/[^\s\"<>]+", part)
        }
    assert len(links) >= 11
    client = Client()
    before = everything()
    todo, seen = set(links), set()
    while todo:  # and every address of our own on the pages behind them
        path = todo.pop()
        seen.add(path)
        for method in (client.get, client.head, client.get):
            answer = method(path)
            assert answer.status_code in {200, 302, 303}, path
        text = answer.text if answer["Content-Type"].startswith("text/html") else ""
        todo |= set(re.findall(r'href="(?:http://testserver)?(/comments/[^"#?]*)', text)) - seen
    assert {path.split("/")[2] for path in seen} >= {"prove", "stop", "mine", "go"}
    assert any(path.endswith("/erase/") for path in seen)
    assert everything() == before
    assert not client.cookies


def test_pages_behind_links_are_kept_by_nobody_and_named_to_nobody(moderator: User) -> None:
    comment = CommentFactory(state="held", email="joan@example.com")
    for purpose, token in tokens(comment).items():
        for name in VIEWS[purpose]:
            client = Client()
            for answer in (
                client.get(reverse(f"blog:{name}", args=[token])),
                client.post(reverse(f"blog:{name}", args=["x"])),
            ):
                assert answer["Cache-Control"] == "no-store"
                assert answer["Referrer-Policy"] == "no-referrer"
                assert answer["X-Robots-Tag"] == "noindex"


def test_a_token_is_good_for_a_machine_whose_clock_is_behind() -> None:
    import time_machine

    comment = CommentFactory(email="joan@example.com")
    token = make_own_token(Purpose.PROVE, comment.commenter, comment=comment.pk)
    with time_machine.travel(timezone.now() - timedelta(minutes=5)):
        link = read_own_token(Purpose.PROVE, token)
    assert link
    assert not link.is_late
