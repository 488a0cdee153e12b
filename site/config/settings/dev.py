"""A laptop: a key of its own kept in var/, mail to the local mailbox at /mail/, pages as readers will see them."""

import secrets

from config.environment import env, web_address, yes_or_no

from .base import *  # noqa: F403
from .base import STATIC_ROOT, STORAGES, VAR

# `make run PORT=8001` moves all links too. A server that listens everywhere is reached at 127.0.0.1.
_host = env.str("HOST", default="").replace("0.0.0.0", "") or "127.0.0.1"  # noqa: S104 - replaced, not bound
_host = f"[{_host}]" if ":" in _host else _host
SITE_URL = web_address("SITE_URL", f"http://{_host}:{env.str('PORT', default='') or 8000}")
WAGTAILADMIN_BASE_URL = SITE_URL
DEBUG = yes_or_no("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", ".localhost"])


def _own_key() -> str:
    """A secret key that is made once and kept, so that links in old mails keep working."""
    path = VAR / "secret-key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", default="") or _own_key()
# Files are served from where they lie: nothing to collect.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns when it is missing
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
# What the local mailbox keeps; its page is at /mail/.
INBOX_FOLDER = VAR / "mail"
SERVE_MEDIA = True
SENDING_ENABLED_FOR = env.str("SENDING_ENABLED_FOR", default="*")  # the local mailbox harms nobody
