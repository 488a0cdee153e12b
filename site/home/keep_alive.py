"""`python -m home.keep_alive COMMAND …`: run a command, and start it again when it dies by itself.

A worker that is killed at night must not take the site down with it, nor stay away until somebody looks. Gives up after
`TRIES` deaths within a minute: then something is wrong that a restart does not mend.
"""

import signal
import subprocess
import sys
import time
from types import FrameType

TRIES = 5
PATIENCE_SECONDS = 4  # to end in order, before it is killed; less than what the launcher grants


class Keeper:
    """Runs one command at a time; `stop` ends it for good."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.child: subprocess.Popen[bytes] | None = None
        self.is_stopping = False

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Pass the request on, once: a second one would make a worker drop what it holds."""
        if not self.is_stopping:
            self.is_stopping = True
            if self.child and self.child.poll() is None:
                self.child.terminate()

    def run(self) -> int:
        """Keep the command alive until `stop`; the exit code of its last life."""
        deaths: list[float] = []
        while True:
            # A session of its own: Ctrl-C reaches the keeper alone, which passes it on.
            self.child = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603 - the launcher's own words
            code = self._wait()
            if self.is_stopping:
                return max(code, 0)
            deaths = [*(death for death in deaths if death > time.monotonic() - 60), time.monotonic()]
            if len(deaths) >= TRIES:
                _say(f"ended {TRIES} times within a minute; giving up.")
                return code or 1
            _say(f"ended with {code}; starting it again.")
            time.sleep(len(deaths))

    def _wait(self) -> int:
        assert self.child is not None  # noqa: S101 - for the type checker
        while not self.is_stopping:
            try:
                return self.child.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                continue
        try:
            return self.child.wait(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return self.child.wait()


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> int:
    """Keep the command of the command line alive."""
    keeper = Keeper(sys.argv[1:])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.stop)
    return keeper.run()


if __name__ == "__main__":
    sys.exit(main())
