"""`python -m tests.bench.esp_sink`: a provider's API on loopback that counts and throws away.

Prints its port, then, when its standard input is closed: calls, readers, bytes of the largest call.
"""

import sys

from tests.fakes.esp import FakeEsp


def main() -> None:
    with FakeEsp() as fake:
        print(fake.url.rpartition(":")[2], flush=True)
        sys.stdin.read()
        print(len(fake.calls), len(fake.accepted), max(call.size for call in fake.calls), flush=True)


if __name__ == "__main__":
    main()
