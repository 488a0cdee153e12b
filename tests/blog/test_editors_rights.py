"""What the group Editors may keep beside its pages."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(home: Any) -> User:
    person = User.objects.create_user("writer", "writer@meadowsweet.example", "a long passphrase")
    person.groups.add(Group.objects.get(name="Editors"))
    return person


@pytest.mark.parametrize("kind", ["topic", "reusablenote"])
def test_editors_reach_topics_and_notes(client: Client, writer: User, kind: str) -> None:
    client.force_login(writer)
    assert client.get(f"/admin/snippets/blog/{kind}/add/").status_code == 200
    assert f"/admin/snippets/blog/{kind}/" in client.get("/admin/").content.decode()
