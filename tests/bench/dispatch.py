"""One issue to some thousand readers: our dispatch against a plain loop of Django's mail classes."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from blog.models import ArticlePage, AuthorPage
from home.sample.subscribers import add_subscribers
from newsletter.actions.dispatching import launch_dispatch, order_dispatch
from newsletter.actions.sending import Run
from newsletter.composing import FIRST_NAME, OWN_PAGE, SINCE, UNSUBSCRIBE, fill_in, first_name
from newsletter.links import own_url, unsubscribe_url
from newsletter.models import IssuePage, Subscriber
from newsletter.rendering import RenderedIssue, render_issue
from tests.factories import IssuePageFactory

ROUNDS = 3
ARTICLES = 8  # in the issue


@dataclass(frozen=True)
class Cost:
    """CPU seconds of this process for 10,000 messages, and messages in a second of the clock."""

    cpu: float
    rate: float


def measure_dispatch(readers: int) -> None:
    """Print the cost of both, the median of some rounds in turn, and the ratios."""
    add_subscribers(readers * 50 // 48 + 1)
    number = Subscriber.objects.confirmed().count()
    with _sink(expected=2 * ROUNDS * number):
        costs = [(_cost(_dispatch, number), _cost(_plain_loop, number)) for _ in range(ROUNDS)]
    ours, plain = (
        Cost(statistics.median(c.cpu for c in way), statistics.median(c.rate for c in way))
        for way in zip(*costs, strict=True)
    )
    size = len(render_issue(issue_of_articles()).html) // 1000
    print(f"\n{f'issue of {size} KB HTML to {number} readers':<44}{'CPU s/10,000':>14}{'messages/s':>12}")
    print(f"{'our dispatch, every outcome written down':<44}{ours.cpu:>14.2f}{ours.rate:>12.0f}")
    print(f"{'plain Django loop, nothing written down':<44}{plain.cpu:>14.2f}{plain.rate:>12.0f}")
    print(f"{'ours / plain':<44}{ours.cpu / plain.cpu:>14.2f}{ours.rate / plain.rate:>12.2f}")


def _cost(prepare: Callable[[IssuePage], Callable[[], None]], number: int) -> Cost:
    send = prepare(issue_of_articles())
    begun, cpu = time.perf_counter(), time.process_time()
    send()
    return Cost((time.process_time() - cpu) * 10_000 / number, number / (time.perf_counter() - begun))


def _dispatch(issue: IssuePage) -> Callable[[], None]:
    dispatch = order_dispatch(issue)
    launch_dispatch(dispatch)
    dispatch.refresh_from_db()
    return Run(dispatch).go


def _plain_loop(issue: IssuePage) -> Callable[[], None]:
    return partial(send_one_by_one, render_issue(issue))


def send_one_by_one(mail: RenderedIssue, *, most: int | None = None) -> None:
    """The loop that anybody would write first, to everybody or to the first `most`."""
    with get_connection("django.core.mail.backends.smtp.EmailBackend") as connection:
        for reader in Subscriber.objects.confirmed().order_by("pk")[:most].iterator():
            leave_at = unsubscribe_url(reader)
            name, own_page = first_name(reader.name), own_url(reader)
            words = {FIRST_NAME: name, SINCE: "", UNSUBSCRIBE: leave_at, OWN_PAGE: own_page}
            message = EmailMultiAlternatives(
                mail.subject,
                fill_in(mail.text, words),
                mail.sender,
                [reader.email],
                connection=connection,
                headers={"List-Unsubscribe": f"<{leave_at}>"},
            )
            message.attach_alternative(fill_in(mail.html, words), "text/html")
            message.send()


def issue_of_articles() -> IssuePage:
    """A new issue each time: one issue has one dispatch."""
    cards = [("article", {"article": article, "words": ""}) for article in ArticlePage.objects.all()[:ARTICLES]]
    intro = ("intro", {"text": "<p>Welcome.</p>", "signed_by": AuthorPage.objects.first()})
    issue: IssuePage = IssuePageFactory(body=[intro, *cards])
    return issue


@contextmanager
def _sink(*, expected: int) -> Iterator[None]:
    """All mail goes to a process of its own on loopback, whose CPU is not counted; ends if any got lost."""
    command = [sys.executable, "-m", "tests.bench.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(process.stdout.readline())
        settings.NEWSLETTER_SENDER = "newsletter.senders.mail.MailSender"
        try:
            yield
        finally:
            process.stdin.close()
            accepted = int(process.stdout.read())
    if accepted != expected:
        raise SystemExit(f"{accepted} of {expected} messages arrived")
