"""Goal 3: a mail server far away, 20 ms to it and back and 80 ms until it has accepted a message. D14: a tarpit."""

import time

from tests.bench.dispatches.world import Process, add_readers, counts, launched, load, remove_readers, sink, verdict

PROCESSES, CONNECTIONS = 2, 32
ROUND_TRIP, ACCEPT = 0.02, 0.08
LEAST_RATE, MOST_SECONDS = 550, 20
FEW, TAR, ACCEPT_SOON, LEAST_LEFT = 4, 20.0, 0.02, 0.7  # connections, seconds, seconds, of the rate without tar


def measure_slow(readers: int) -> None:
    """Print the rate with 64 connections, and what 64 connections could do if nothing else took time."""
    remove_readers()
    add_readers(readers)
    dispatch = launched()
    with sink("--round-trip", str(ROUND_TRIP), "--accept", str(ACCEPT)) as port:
        env = {"NEWSLETTER_CONNECTIONS": CONNECTIONS, "NEWSLETTER_PROCESSES": PROCESSES}
        processes = [Process(dispatch, port=port, **env) for _ in range(PROCESSES)]
        begun = time.perf_counter()
        for process in processes:
            process.begin()
        cpu = sum(process.finish()["cpu"] for process in processes) * 10_000 / readers
        rate = readers / (time.perf_counter() - begun)
    if counts(dispatch).handed_over != readers:
        raise SystemExit(f"{counts(dispatch)}")
    could = PROCESSES * CONNECTIONS / (ROUND_TRIP + ACCEPT)
    print(f"\nGoal 3: {readers} readers, {PROCESSES} x {CONNECTIONS} connections, 20 ms + 80 ms   ({load()})")
    print(f"  3  messages/s                limit >= {LEAST_RATE}   measured {rate:.0f}   {verdict(rate >= LEAST_RATE)}")
    print(f"     of what the waits allow ({could:.0f}/s): {rate / could:.0%}; {cpu:.1f} CPU-s per 10,000")
    seconds = 10_000 / rate
    print(
        f"     seconds for 10,000        limit <= {MOST_SECONDS}    measured {seconds:.0f}   {verdict(seconds <= 20)}"
    )


def measure_tarpit(readers: int) -> None:
    """One of four connections is kept waiting: print what is left of the rate until the others are done."""
    rates = {}
    for tar in (0.0, TAR):
        remove_readers()
        add_readers(readers)
        dispatch = launched()
        with sink("--accept", str(ACCEPT_SOON), "--tarpit", str(tar)) as port:
            process = Process(dispatch, port=port, NEWSLETTER_CONNECTIONS=FEW, NEWSLETTER_PROCESSES=1)
            begun = time.perf_counter()
            process.begin()
            while counts(dispatch).handed_over < readers - FEW:
                time.sleep(0.1)
            rates[tar] = readers / (time.perf_counter() - begun)
            process.finish()
        if counts(dispatch).handed_over != readers:
            raise SystemExit(f"{counts(dispatch)}")
    left = rates[TAR] / rates[0.0]
    print(f"\nD14: {readers} readers, {FEW} connections, one held for {TAR:.0f} s a message   ({load()})")
    words = verdict(left >= LEAST_LEFT)
    print(f"  rate with it / without       limit >= {LEAST_LEFT}   measured {left:.2f}   {words}")
