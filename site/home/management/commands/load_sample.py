"""manage.py load_sample --articles N --comments N --subscribers N: a site of that size, for benchmarks."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from home.sample.articles import add_articles
from home.sample.comments import add_comments
from home.sample.subscribers import add_subscribers
from home.site_tree import ensure_site_tree


class Command(BaseCommand):
    """Adds what is missing to the numbers asked for, so that a second run of the same size makes nothing."""

    help = "Fill this site with invented articles, comments and subscribers up to the numbers given. For benchmarks."

    def add_arguments(self, parser: ArgumentParser) -> None:  # noqa: D102
        for what in ("articles", "comments", "subscribers"):
            parser.add_argument(f"--{what}", type=_number, default=0, metavar="N", help=f"how many {what}")

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: D102
        ensure_site_tree()
        steps = (("articles", add_articles), ("comments", add_comments), ("subscribers", add_subscribers))
        for what, add in steps:
            begun = time.monotonic()
            made = add(options[what])
            self.stdout.write(f"{made:>8} {what} made in {time.monotonic() - begun:.1f} s")
        if options["comments"] and not options["articles"]:
            self.stdout.write("Comments stand under sample articles; --articles makes some.")


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) > 1_000_000:  # noqa: PLR2004 - the page tree holds 1,679,615 under one page
        raise ArgumentTypeError(f"{text!r} is no number from 0 to 1000000")
    return int(text)
