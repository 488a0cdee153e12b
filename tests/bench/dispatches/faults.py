"""D6, P1: lines that drop, servers that say nothing or nonsense, readers who are refused for the moment."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.bench.dispatches.world import add_readers, counts, launched, load, remove_readers, verdict
from tests.fakes.raw_smtp import DROP, STALL, RawServer

KINDS = {
    "dropped before DATA": ("MAIL", DROP),
    "dropped in the content": ("IN_DATA", DROP),
    "dropped after the dot": ("DOT", DROP),
    "silence after the dot": ("DOT", STALL),
    "nonsense after the dot": ("DOT", b"\xff\xfe what"),
}
SENDER = "tests.fakes.impatient.ImpatientSender"
PATIENCE = 900  # seconds

Script = Callable[[str, int], bytes | None]


def measure_faults(drops: int) -> None:
    """So many faults of each kind, every third time that the verb is heard, under both policies."""
    from django.conf import settings

    print(f"\nD6: {drops} faults of each kind, every third message   ({load()})")
    readers = 3 * drops
    for policy in ("resend", "hold"):
        settings.NEWSLETTER_UNKNOWN_POLICY = policy
        for kind, (verb, answer) in KINDS.items():
            dispatch, received = _run(readers, _every_third(verb, answer, most=drops))
            copies = Counter(_recipient(content) for content in received)
            held = set(dispatch.deliveries.filter(state="held").values_list("subscriber__email", flat=True))
            lost, twice, most = readers - len(copies.keys() | held), copies.total() - len(copies), max(copies.values())
            is_good = lost == 0 and most <= (2 if policy == "resend" else 1) and counts(dispatch).open == 0
            print(
                f"  {policy:<7}{kind:<24} lost {lost}, twice {twice}, most copies {most}, held by name {len(held)}"
                f"   {verdict(is_good)}"
            )
    settings.NEWSLETTER_UNKNOWN_POLICY = "resend"


def measure_deferred(readers: int) -> None:
    """One reader in ten is refused for the moment, twice."""
    tries: Counter[str] = Counter()

    def answer(address: str) -> bytes | None:
        tries[address] += 1
        return b"450 4.2.1 not now" if _is_tenth(address) and tries[address] <= 2 else None

    dispatch, _ = _run(readers, lambda _verb, _count: None, answer_to=answer)
    attempts = Counter(dispatch.deliveries.values_list("attempts", flat=True))
    is_good = attempts == Counter(3 if _is_tenth(address) else 1 for address in tries)
    is_good = is_good and counts(dispatch).handed_over == readers
    print(f"\nP1: {readers} readers, one in ten refused for the moment twice   ({load()})")
    print(f"  readers by number of attempts: {dict(attempts)}   {verdict(is_good)}")


def _is_tenth(address: str) -> bool:
    return address.partition("@")[0].endswith("0")


def _run(readers: int, script: Script, **options: Any) -> tuple[Any, list[bytes]]:
    """A dispatch that is run until it is over; whoever waits for another try is due at once."""
    from django.conf import settings

    from newsletter.actions.breaker import Breaker
    from newsletter.actions.dispatching import resume_dispatch
    from newsletter.actions.sending import Run
    from newsletter.models import Dispatch

    remove_readers()
    add_readers(readers)
    dispatch = launched()
    Dispatch.objects.filter(pk=dispatch.pk).update(backend=SENDER)
    ends_at = time.monotonic() + PATIENCE
    with RawServer(script, EHLO=b"250-raw\r\n250 PIPELINING", **options) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 5
        while time.monotonic() < ends_at:
            dispatch.refresh_from_db()
            if dispatch.state == "done":
                break
            if dispatch.state == "paused":
                resume_dispatch(dispatch)
            _make_due(dispatch)
            Run(dispatch, breaker=Breaker(dispatch.pk, first_wait=0.01)).go()
    return dispatch, server.received


def _make_due(dispatch: Any) -> None:
    from django.utils import timezone

    past = timezone.now() - timedelta(seconds=1)
    dispatch.deliveries.exclude(next_try_at=None).update(next_try_at=past)
    dispatch.chunks.exclude(next_try_at=None).update(next_try_at=past)


def _every_third(verb: str, answer: bytes, *, most: int) -> Script:
    def script(heard: str, count: int) -> bytes | None:
        return answer if heard == verb and count % 3 == 0 and count // 3 <= most else None

    return script


def _recipient(content: bytes) -> str:
    return content.partition(b"\r\nTo: ")[2].partition(b"\r\n")[0].decode()
