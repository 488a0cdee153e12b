"""`make run-mailchimp`: the stand-in for Mailchimp, for a site that is run beside it."""

import argparse
import sys
import time

from django.conf import settings

from tests.fakes.mailchimp import FakeMailchimp

READERS = ("ada", "ben", "carol", "dora", "emil")


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make run-mailchimp", description=__doc__)
    parser.add_argument("--port", type=int, default=8010, help="where it listens on 127.0.0.1 (default: 8010)")
    parser.add_argument("--members", type=int, default=len(READERS), help="how many contacts there are at the start")
    parser.add_argument("--double-opt-in", action="store_true", help="the audience asks for a second yes")
    parser.add_argument("--free", action="store_true", help="a free account: no schedule, no cancelling")
    parser.add_argument("--signed", action="store_true", help="sign webhooks, as newer accounts do")
    given = parser.parse_args()
    settings.configure(USE_I18N=False)  # the page is a template of Django
    fake = FakeMailchimp(at_port=given.port, pro=not given.free, plan="forever_free" if given.free else "monthly")
    fake.add_audience(double_optin=given.double_opt_in)
    for number in range(given.members):
        name = READERS[number % len(READERS)]
        again = number // len(READERS) or ""
        fake.add_member(f"{name}{again}@reader.example", merges={"FNAME": name.title()})
    fake.webhooks.signs = given.signed
    try:
        with fake:
            fake.webhooks.start()
            _serve(fake)
    except OSError:
        words = f"Port {given.port} is in use. Take another: make run-mailchimp MAILCHIMP_PORT={given.port + 1}"
        print(words, file=sys.stderr)  # noqa: T201 - a command
        return 1
    return 0


def _serve(fake: FakeMailchimp) -> None:
    lines = [f"Mailchimp on this machine: {fake.site}/ (Ctrl-C ends it and forgets all)", "", "Start the site with:"]
    lines += [f"  export {name}={value}" for name, value in fake.variables.items()]
    print("\n".join(lines), flush=True)  # noqa: T201 - a command
    try:
        while True:
            time.sleep(1)
            fake.tick()
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    sys.exit(main())
