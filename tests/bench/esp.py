"""One issue to 10,000 readers by a mail provider's API, and what a DKIM signature costs."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from home.sample.subscribers import add_subscribers
from newsletter.actions.batch_run import make_run
from newsletter.actions.dispatching import launch_dispatch, order_dispatch
from newsletter.composing import Skeleton
from newsletter.models import Delivery, Subscriber
from tests.bench.dispatch import issue_of_articles
from tests.fakes.dkim import make_key
from tests.fakes.esp import KEY

READERS = 10_000
ROUNDS = 3
SIGNATURES = 500


def measure_esp() -> None:
    """Print calls, CPU and the largest call of each provider, then the cost of a signature."""
    add_subscribers(READERS * 50 // 48 + 1)
    confirmed = Subscriber.objects.confirmed()
    last = confirmed.order_by("pk").values_list("pk", flat=True)[READERS - 1]
    confirmed.filter(pk__gt=last).update(state=Subscriber.State.LEFT)
    number = confirmed.count()
    print(f"\n{f'an issue to {number} readers by a provider':<44}{'CPU s/10,000':>14}{'calls':>8}{'largest, KB':>14}")
    for name in ("mailgun", "postmark"):
        rounds = []
        for _ in range(ROUNDS):
            with _provider(name) as told:
                dispatch = order_dispatch(issue_of_articles())
                launch_dispatch(dispatch)
                dispatch.refresh_from_db()
                run, cpu = make_run(dispatch), time.process_time()
                run.go()
                rounds.append((time.process_time() - cpu) * 10_000 / number)
            accepted = dispatch.deliveries.filter(state=Delivery.State.HANDED_OVER).count()
            if not accepted == number == told["readers"]:
                raise SystemExit(f"{told['readers']} of {number} readers arrived, {accepted} are written down")
        print(f"{name:<44}{statistics.median(rounds):>14.2f}{told['calls']:>8}{told['largest'] // 1000:>14}")
    _measure_signatures(Skeleton(dispatch), Subscriber.objects.confirmed()[:SIGNATURES])


def _measure_signatures(skeleton: Skeleton, readers: "list[Subscriber]") -> None:
    costs = []
    for dkim in (None, {"domain": "example.org", "selector": "s", "key": make_key()[0]}):
        settings.DKIM = dkim
        signing, people = Skeleton(skeleton._dispatch), list(readers)
        cpu = time.process_time()
        for reader in people:
            signing.compose(reader)
        costs.append((time.process_time() - cpu) * 1000 / len(people))
    settings.DKIM = None
    print(
        f"\n{'one message composed':<44}{costs[0]:>11.2f} ms\n{'and signed by DKIM, 2048 bits':<44}{costs[1]:>11.2f} ms"
    )


@contextmanager
def _provider(name: str) -> Iterator[dict[str, int]]:
    """A process of its own on loopback, whose CPU is not counted; what it took is in the dict afterwards."""
    told: dict[str, int] = {}
    command = [sys.executable, "-m", "tests.bench.esp_sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        settings.NEWSLETTER_SENDER, settings.ESP_STREAM = f"newsletter.senders.esp.{name.title()}Sender", "broadcast"
        settings.ANYMAIL = {
            "MAILGUN_API_KEY": KEY,
            "MAILGUN_API_URL": f"{url}/v3",
            "POSTMARK_SERVER_TOKEN": KEY,
            "POSTMARK_API_URL": url,
        }
        try:
            yield told
        finally:
            process.stdin.close()
            told["calls"], told["readers"], told["largest"] = map(int, process.stdout.read().split())
