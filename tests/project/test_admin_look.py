"""The admin carries the names of the magazine and of Wellpress, not of its framework."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import Site

from home.models import SiteSettings
from users.models import User

pytestmark = pytest.mark.django_db


def test_the_log_in_names_the_magazine_and_shows_the_mark(client: Client, home: Any) -> None:
    settings = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    settings.site_name = "The Quiet & Slow"
    settings.save()
    page = client.get("/admin/login/").text
    assert "Sign in to The Quiet &amp; Slow" in page
    assert "Wagtail</title>" not in page
    assert 'alt="Wellpress"' in page
    assert "brand/wellpress-mark" in page.partition("</head>")[0]


def test_every_page_of_the_admin_shows_the_mark(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    page = client.get("/admin/").text
    assert 'alt="Wellpress"' in page.partition("data-wagtail-sidebar-branding-logo")[2].partition("</template>")[0]


def test_the_menu_names_everything_once(client: Client, editor: User) -> None:
    client.force_login(editor)
    page = client.get("/admin/").text
    assert '"/admin/snippets/newsletter/ebook/"' in page
    assert '"/admin/snippets/"' not in page
