"""Order an issue, as the Send button does."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from newsletter.actions.ordering import order_through_gate
from newsletter.errors import NeedsReason, NewsletterError
from newsletter.models import IssuePage, Segment


class Command(BaseCommand):
    """`dispatch_issue SLUG [--segment SLUG] [--at TIME] [--reason WORDS]`."""

    help = "Order that an issue goes out to all confirmed subscribers or to a segment of them, now or at a moment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The issue's slug, the segment's and the moment."""
        parser.add_argument("slug")
        parser.add_argument("--segment", metavar="SLUG", help="only those whom this segment means")
        parser.add_argument("--at", metavar="TIME", help="for example 2026-12-01T07:00, in the site's time zone")
        parser.add_argument("--reason", default="", help="why it goes out although the checks have doubts")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Order it, or say in one line why not."""
        segment = find_segment(options["segment"]) if options["segment"] else None
        at = read_moment(options["at"]) if options["at"] else None
        try:
            dispatch = order_through_gate(find_issue(options["slug"]), at=at, segment=segment, reason=options["reason"])
        except NeedsReason as error:
            raise CommandError(f"{error} Use --reason.\n- " + "\n- ".join(error.doubts)) from error
        except NewsletterError as error:
            raise CommandError(str(error)) from error
        when = f"at {timezone.localtime(at):%Y-%m-%d %H:%M %Z}" if at else "now"
        whom = f" to {dispatch.segment_words}" if segment else ""
        self.stdout.write(f"Dispatch {dispatch.pk} of “{dispatch.issue}”{whom} is ordered and starts {when}.")


def find_issue(slug: str) -> IssuePage:
    """The issue with this slug. Raises CommandError with the slugs there are."""
    issue = IssuePage.objects.filter(slug=slug).first()
    if issue is None:
        known = ", ".join(IssuePage.objects.order_by("-number").values_list("slug", flat=True)[:10])
        raise CommandError(f"There is no issue {slug!r}. The newest are: {known or 'none'}.")
    return issue


def find_segment(slug: str) -> Segment:
    """The segment with this slug. Raises CommandError with the slugs there are."""
    segment = Segment.objects.filter(slug=slug).first()
    if segment is None:
        known = ", ".join(Segment.objects.values_list("slug", flat=True)[:20])
        raise CommandError(f"There is no segment {slug!r}. There are: {known or 'none'}.")
    return segment


def read_moment(words: str) -> datetime:
    """An ISO 8601 moment, in the site's time zone if it names none. Raises CommandError."""
    try:
        moment = parse_datetime(words)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"--at {words!r} is no date and time. Write it as 2026-12-01T07:00")
    moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    if moment <= timezone.now():
        raise CommandError(f"--at {words!r} has passed. Leave it out to send now.")
    return moment
