"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_wsgi_application()

# Only now are the models known. A new process may bring new code, and the one before may have died between its commit
# and its word of it.
from pagecache.changes import begin_anew  # noqa: E402

begin_anew()
