"""The tests: everything real but the network beyond loopback."""

import tempfile
from pathlib import Path

from config.environment import database, env

from .base import *  # noqa: F403
from .base import STORAGES

DEBUG = False
SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
SITE_URL = WAGTAILADMIN_BASE_URL = env.str("TEST_SITE_URL", default="http://testserver")
SENDING_ENABLED_FOR = "*"

VAR = Path(env.str("WELLPRESS_TEST_VAR", default="") or tempfile.mkdtemp(prefix="wellpress-tests-"))
VAR.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = VAR / "media"
INBOX_FOLDER = VAR / "mail"
SERVE_MEDIA = True
STORAGES = {
    **STORAGES,
    "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "private"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATABASES = {"default": database(env.str("TEST_DATABASE_URL", default=f"sqlite:///{VAR / 'wellpress.sqlite3'}"))}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, not memory: worker processes and the browser's server must see the same rows.
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # threads of a test leave nothing open
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
# Whatever a shell says: no test asks a real service. Workers of a test are told of its fake.
AKISMET_API_KEY = env.str("TEST_AKISMET_API_KEY", default="")
AKISMET_API_URL = env.str("TEST_AKISMET_API_URL", default="http://127.0.0.1:9")
MAILCHIMP_API_KEY = env.str("TEST_MAILCHIMP_API_KEY", default="")
MAILCHIMP_API_URL = env.str("TEST_MAILCHIMP_API_URL", default="http://127.0.0.1:9")
MAILCHIMP_AUDIENCE_ID = env.str("TEST_MAILCHIMP_AUDIENCE_ID", default="")
MAILCHIMP_WEBHOOK_SECRET = env.str("TEST_MAILCHIMP_WEBHOOK_SECRET", default="")
MAILCHIMP_TIMEOUT, MAILCHIMP_HOLDS_CALLS, MAILCHIMP_FIRST_PAUSE = 2, 2, 0.01  # nobody waits as long as in earnest
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# TEST_REDIS_URL lets the whole suite run on Redis; workers of a test are told the broker by TEST_BROKER_URL.
_broker = env.str("TEST_REDIS_URL", default="") or f"sqlite:///{VAR / 'broker.sqlite3'}"
CELERY_BROKER_URL = env.str("TEST_BROKER_URL", default=_broker)
CELERY_TASK_DEFAULT_QUEUE = VAR.name  # one broker may serve several test processes at once
WHITENOISE_AUTOREFRESH = True
