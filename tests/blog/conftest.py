"""What tests of comments share: an Akismet on loopback."""

from collections.abc import Iterator
from typing import Any

import pytest
from wagtail.models import Site

from blog.models import CommentSettings
from pagecache.changes import mark_changed
from tests.fakes.akismet import KEY, FakeAkismet


@pytest.fixture
def akismet_fake(settings: Any, home: Any) -> Iterator[FakeAkismet]:
    """The service on loopback, a key for it, and a site whose editors want it asked."""
    CommentSettings.objects.update_or_create(
        site=Site.objects.get(is_default_site=True), defaults={"use_akismet": True}
    )
    mark_changed()
    with FakeAkismet() as fake:
        settings.AKISMET_API_KEY, settings.AKISMET_API_URL = KEY, fake.url
        yield fake
