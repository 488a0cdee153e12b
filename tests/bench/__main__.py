"""`python -m tests.bench [--articles N] [--readers N] [--only PART …]`: measures in a database of its own."""

import logging
import os
import tempfile
from argparse import ArgumentParser
from pathlib import Path

PARTS = (
    "classifier",
    "finders",
    "pages",
    "dispatch",
    "esp",
    "akismet",
    "mailchimp",
    "flood",
    "sign-ups",
    "importing",
    "progress",
    "freezing",
    "mail",
    "months",
    "audience",
)


def main() -> None:
    parser = ArgumentParser(prog="python -m tests.bench", description="What pages, comments and a dispatch cost here.")
    parser.add_argument("--articles", type=int, default=10_000, help="in the large site (10000)")
    parser.add_argument("--readers", type=int, default=2_000, help="of the issue that is sent to a sink (2000)")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="these parts alone")
    options = parser.parse_args()
    postgres = os.environ.get("TEST_DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="wellpress-bench-") as folder:
        _set_up(folder)
        # They read settings when they are imported.
        from tests.bench.akismet import measure_akismet
        from tests.bench.audience import measure_audience
        from tests.bench.classifier import measure_classifier
        from tests.bench.comments import measure_flood
        from tests.bench.dispatch import measure_dispatch
        from tests.bench.esp import measure_esp
        from tests.bench.finders import measure_finders
        from tests.bench.freezing import measure_freezing
        from tests.bench.importing import measure_importing
        from tests.bench.mail import measure_mail
        from tests.bench.mailchimp import measure_mailchimp
        from tests.bench.months import measure_months
        from tests.bench.pages import measure_pages
        from tests.bench.progress import measure_progress_page
        from tests.bench.sign_ups import measure_sign_ups

        parts = {
            "classifier": measure_classifier,
            "finders": measure_finders,
            "pages": lambda: measure_pages(folder, few=100, many=max(100, options.articles)),
            "dispatch": lambda: measure_dispatch(max(10, options.readers)),
            "esp": measure_esp,
            "mailchimp": measure_mailchimp,
            "akismet": lambda: measure_akismet(folder),
            "flood": lambda: measure_flood(folder),
            "sign-ups": lambda: measure_sign_ups(folder),
            "importing": measure_importing,
            "months": measure_months,
            "progress": lambda: measure_progress_page(postgres),
            "mail": measure_mail,
            "audience": measure_audience,
            "freezing": lambda: measure_freezing(postgres),
        }
        for name in PARTS:
            if name in options.only:
                parts[name]()


def _set_up(folder: str) -> None:
    """Django with an empty migrated database in `folder`, whatever the environment says of other databases."""
    for name in ("DATABASE_URL", "TEST_DATABASE_URL", "CELERY_BROKER_URL", "TEST_BROKER_URL", "CACHE_URL", "EMAIL_URL"):
        os.environ.pop(name, None)
    os.environ.update(
        WELLPRESS_VAR=folder,
        WELLPRESS_TEST_VAR=folder,
        DJANGO_SETTINGS_MODULE="config.settings.test",
        LOG_LEVEL="ERROR",
    )
    import django

    django.setup()
    logging.disable(logging.WARNING)
    from django.core.management import call_command

    from home.site_tree import ensure_site_tree

    (Path(folder) / "static").mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    ensure_site_tree()


if __name__ == "__main__":
    main()
