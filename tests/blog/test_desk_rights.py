"""Who may not decide on comments reaches no page of the desk, changes nothing and reads nothing, by any address."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from blog.models import Ban, Comment, Commenter, CommentReport
from blog.moderation.bulk import BULK_ACTIONS
from blog.moderation.viewset import CommentViewSet
from letters.models import Letter
from tests.factories import CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
WORDS = "Secret words of a reader."
# Enough for every form of the desk.
POSTED = {
    "own_words": "Off.",
    "text": "An answer.",
    "do": "verify",
    "kind": "address",
    "value": "x@example.com",
    "effect": "spam",
}


def a_person(name: str, *codenames: str, group: str = "") -> User:
    person = User.objects.create_user(name, f"{name}@meadowsweet.example", "a long passphrase")
    person.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    if group:
        person.groups.add(Group.objects.get(name=group))
    return person


PEOPLE: dict[str, Callable[[], User | None]] = {
    "nobody": lambda: None,
    "somebody without any right": lambda: a_person("some", "access_admin"),
    "an editor": lambda: a_person("ed", group="Editors"),
    "somebody who may only look": lambda: a_person("look", "access_admin", "view_comment"),
}


@pytest.fixture
def comment(home: Any) -> Any:
    comment = CommentFactory(text=WORDS, email="joan@example.org", original_text=WORDS)
    Comment.objects.filter(pk=comment.pk).update(original_until=timezone.now() + timedelta(days=1))
    CommentReport.objects.create(comment=comment, reason="harm", words=WORDS)
    return comment


def addresses(comment: Comment) -> dict[str, str]:
    """Every address of the desk by its name, about that comment."""
    ban = Ban.objects.create(kind="pattern", value=WORDS, note=WORDS)
    found = {}
    for pattern in CommentViewSet().get_urlpatterns():
        assert isinstance(pattern, URLPattern)
        name = str(pattern.name)
        keys = {"batch": uuid4(), "decision": "approve", "pk": comment.pk}
        if "ban" in name:
            keys["pk"] = ban.pk
        elif "commenter" in name:
            keys["pk"] = comment.commenter_id
        wanted = {key: keys[key] for key in pattern.pattern.converters}
        found[name] = reverse(f"comments:{name}", kwargs=wanted)
    for decision in ("refuse", "spam", "hold"):
        found[decision] = reverse("comments:decide", args=[comment.pk, decision])
    for action in BULK_ACTIONS:
        bulk = reverse("wagtail_bulk_action", args=["blog", "comment", action.action_type])
        found[f"many: {action.action_type}"] = f"{bulk}?id={comment.pk}"
    return found | {"akismet": "/admin/akismet/", "statistics": "/admin/reports/comments/"}


def everything() -> tuple[Any, ...]:
    """All that the desk could change."""
    kept = (Comment, Commenter, CommentReport, Ban, Letter, ModelLogEntry)
    return tuple(list(model.objects.order_by("pk").values()) for model in kept)  # type: ignore[attr-defined]


LOOKING = {"list", "list_results", "inspect", "edit"}  # what the right to look opens


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_not_decide_does_nothing_at_the_desk(comment: Any, who: str) -> None:
    person, client, ways = PEOPLE[who](), Client(), addresses(comment)
    assert len(ways) > 20
    if person:
        client.force_login(person)
    before = everything()
    for name, address in ways.items():
        for answer in (client.get(address), client.post(address, {**POSTED, "seen": comment.mark})):
            if who == "somebody who may only look" and name in LOOKING and answer.status_code in {200, 405}:
                continue
            assert WORDS not in answer.text, name
            if name.startswith("many"):  # Wagtail's page says that it may not be done
                assert answer.status_code in {200, 302, 403}, name
                continue
            assert answer.status_code in {302, 403, 404, 405}, name
            assert answer.headers.get("Location", "/admin/").partition("?")[0] in {"/admin/", "/admin/login/"}, name
        assert everything() == before, name


def test_these_addresses_act_for_a_moderator_and_looking_at_them_does_not(comment: Any, moderator: User) -> None:
    client, acting = Client(), set()
    client.force_login(moderator)
    for name, address in addresses(comment).items():
        with transaction.atomic():
            before = everything()
            assert client.get(address).status_code < 500, name
            assert everything() == before, f"looking at {name} changed something"
            seen = {"seen": comment.mark, f"seen-{comment.pk}": comment.mark}
            assert client.post(address, {**POSTED, **seen}).status_code < 500, name
            if everything() != before:
                acting.add(name)
            transaction.set_rollback(True)
    assert acting == {
        *("refuse", "spam", "hold", "restore", "stays", "ban", "change_ban", "lift_ban", "erase_commenter"),
        *("many: refuse", "many: spam", "many: hold"),
    }
