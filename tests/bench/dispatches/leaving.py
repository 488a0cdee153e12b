"""Show 4: readers leave and the issue is edited while it goes out."""

import tempfile
import time
from pathlib import Path

from tests.bench.dispatches.world import (
    Process,
    add_readers,
    chance,
    counts,
    launched,
    load,
    remove_readers,
    sink,
    verdict,
)

LEAVERS, EDITS, GRACE = 500, 100, 1.0
PACE = ("--accept", "0.01")  # seconds a message: the dispatch lasts long enough


def measure_leaving(readers: int) -> None:
    """500 leave at random moments; 100 edits of the issue; what the mail server saw of both."""
    from newsletter.actions.leaving import unsubscribe
    from newsletter.models import Dispatch, Subscriber

    remove_readers()
    add_readers(readers)
    dispatch = launched()
    frozen = dispatch.content_hash
    everybody = list(Subscriber.objects.all())
    leavers = chance().sample(everybody, min(LEAVERS, readers // 4))
    left_at = {}
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept"
        with sink("--keep", str(kept), *PACE) as port:
            process = Process(dispatch, port=port, NEWSLETTER_CONNECTIONS=4)
            process.begin()
            for number, reader in enumerate(leavers):
                unsubscribe(reader, by="bench")
                left_at[reader.email] = time.time()
                if number % (LEAVERS // EDITS) == 0:
                    dispatch.issue.subject = f"Edited {number}"
                    dispatch.issue.save_revision().publish()
            process.finish()
        lines = [line.split() for line in kept.read_text(encoding="utf-8").splitlines()]
    late = sum(float(at) > left_at.get(address, float("inf")) + GRACE for at, address, _ in lines)
    bodies = {body for _, _, body in lines}
    found = counts(dispatch)
    same = Dispatch.objects.get(pk=dispatch.pk).content_hash == frozen
    is_whole = found.handed_over == len(lines) and found.handed_over + found.skipped == readers
    is_good = not late and is_whole and same and len(bodies) == 1
    print(f"\nD9: {len(leavers)} of {readers} leave meanwhile, {EDITS} edits of the issue   ({load()})")
    texts = f"different texts at the mail server {len(bodies)} (limit 1)"
    print(f"  skipped {found.skipped}, mailed later than a second after {late} (limit 0), {texts}   {verdict(is_good)}")
