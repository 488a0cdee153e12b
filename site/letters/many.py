"""Many letters in a row, all signed with one look at the site's settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from wagtail.contrib.settings.context_processors import SettingProxy
from wagtail.models import Site

_shared: ContextVar[SettingProxy | None] = ContextVar("_shared", default=None)


@contextmanager
def many_letters() -> Iterator[None]:
    """Letters that are rendered inside hold the settings as they are when the first of them asks."""
    token = _shared.set(_read())
    try:
        yield
    finally:
        _shared.reset(token)


def site_settings() -> SettingProxy:
    """For templates: `home.SiteSettings` and the like of the default site, each read when it is first asked for."""
    shared = _shared.get()
    return _read() if shared is None else shared  # one that nobody has asked yet is empty, which is false


def _read() -> SettingProxy:
    return SettingProxy(request_or_site=Site.objects.get(is_default_site=True))
