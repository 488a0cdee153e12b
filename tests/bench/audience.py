"""50,000 subscribers told to an empty audience at Mailchimp (on loopback), then compared: calls, seconds, memory."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from home.sample.subscribers import add_subscribers
from newsletter.mailchimp import push, walking
from newsletter.models import MailchimpConnection, MailchimpErrand, MailchimpMember, Subscriber
from tests.fakes.mailchimp import FakeMailchimp

READERS, CALLS_AT_MOST = 50_000, 110


def measure_audience(readers: int = READERS) -> None:
    """Print what the first telling and a whole comparison cost."""
    add_subscribers(readers * 50 // 48 + 1)
    confirmed = Subscriber.objects.confirmed()
    last = confirmed.order_by("pk").values_list("pk", flat=True)[readers - 1]
    confirmed.filter(pk__gt=last).update(state=Subscriber.State.LEFT)
    number = confirmed.count()
    title = f"{number} subscribers and Mailchimp"
    print(f"\n{title:<44}{'calls':>8}{'most open':>11}{'seconds':>9}{'CPU s':>8}{'memory, MB':>13}")
    settings.MAILCHIMP_TIMEOUT, settings.MAILCHIMP_HOLDS_CALLS = 60, 120
    with _mailchimp() as told:
        walking.walk_if_due()
        for what, work in (("told, to an empty audience", _tell_all), ("compared, nothing differs", _compare)):
            _row(what, work, told)
    if MailchimpErrand.objects.exists() or MailchimpMember.objects.filter(status="subscribed").count() != number:
        raise SystemExit("Not everybody is written down as subscribed.")


def _row(what: str, work: Any, told: dict[str, Any]) -> None:
    _forget_calls(told)
    before, cpu, began = _memory(), time.process_time(), time.perf_counter()
    work()
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    told |= _ask(told)
    memory = f"{before:.0f}+{max(_memory() - before, 0):.0f}"
    calls = sum(told["calls"].values())
    print(f"{what:<44}{calls:>8}{told['most']:>11}{seconds:>9.1f}{used:>8.1f}{memory:>13}")
    if calls > CALLS_AT_MOST or told["most"] > 8:
        raise SystemExit(f"More calls or connections than are allowed: {told['calls']}")


def _tell_all() -> None:
    while push.push_changes():
        pass


def _compare() -> None:
    MailchimpConnection.objects.update(last_pull_at=None)
    walking.walk_if_due()
    if MailchimpErrand.objects.exists():
        raise SystemExit("The comparison finds differences where there are none.")


@contextmanager
def _mailchimp() -> Iterator[dict[str, Any]]:
    """The fake in a process of its own, so that its people do not count as our memory."""
    here, there = os.pipe()
    connection.close()
    pid = os.fork()
    if pid == 0:
        os.close(here)
        _serve(there)
    os.close(there)
    with os.fdopen(here) as said:
        told: dict[str, Any] = {"said": said, "pid": pid, **json.loads(said.readline())}
        settings.MAILCHIMP_API_KEY, settings.MAILCHIMP_API_URL = told["key"], told["url"]
        now = timezone.now()
        MailchimpConnection.objects.create(pk=1, is_on=True, audience_id=told["audience"], connected_at=now)
        try:
            yield told
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _serve(out: int) -> None:
    """Answer until killed; each SIGUSR1 is answered with what was asked since the last."""
    with FakeMailchimp(checks=False, keeps=False) as fake, os.fdopen(out, "w") as said:
        audience = fake.add_audience()
        calls: Counter[str] = Counter()
        fake.faults.script = lambda call: calls.update([call.name])

        def say(**facts: Any) -> None:
            said.write(json.dumps(facts) + "\n")
            said.flush()

        signal.signal(signal.SIGUSR1, lambda *_: (say(calls=calls, most=fake.most_connections), calls.clear()))
        say(url=fake.url, key=fake.key, audience=audience.id)
        while True:
            signal.pause()


def _ask(told: dict[str, Any]) -> dict[str, Any]:
    os.kill(told["pid"], signal.SIGUSR1)
    found: dict[str, Any] = json.loads(told["said"].readline())
    return found


_forget_calls = _ask


def _memory() -> float:
    """MB that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
