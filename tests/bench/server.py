"""A real granian with one worker, asked over loopback: what it answers and what its processes burn."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Of one request, in milliseconds: on the clock, and of the server's CPU (user and system)."""

    wall: float
    cpu: float


class Server:
    """A running server. `ask` sends requests one after the other over one connection."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> bytes:
        """The page, uncompressed."""
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        return body

    def measure(self, path: str, *, times: int) -> Cost:
        """The mean of so many requests; ticks of the kernel's clock are 10 ms, so take many."""
        burnt, begun = self._cpu(), time.perf_counter()
        for _ in range(times):
            self.get(path)
        wall = time.perf_counter() - begun
        return Cost(wall / times * 1000, (self._cpu() - burnt) / times * 1000)

    def hang_up(self) -> None:
        """Before a long pause: a server closes what is idle. The next request opens a new connection."""
        self.connection.close()

    def burnt(self) -> float:
        """Seconds of CPU so far."""
        return self._cpu()

    def memory(self) -> float:
        """Megabytes that its processes hold, shared pages counted once a process."""
        return sum(_resident(pid) for pid in self._family()) / 1e6

    def _cpu(self) -> float:
        return sum(_ticks(pid) for pid in self._family()) / TICKS

    def _family(self) -> list[int]:
        pids = [self.process.pid]
        for pid in pids:
            pids += _children(pid)
        return pids


@contextmanager
def run_server(application: str, **environment: str) -> Iterator[Server]:
    """Start granian with one worker and one thread for Python; stop it afterwards."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "1", "--no-ws", "--log-level", "error", application]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The server does not answer.")


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found
