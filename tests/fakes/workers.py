"""Real Celery worker processes for tests."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tests.fakes.smtp import Sink

ROOT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """The test database's address, as a process outside would name it."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    who = f"{found['USER']}:{found['PASSWORD']}@" if found["USER"] else ""
    return f"postgres://{who}{found['HOST'] or 'localhost'}:{found['PORT'] or 5432}/{found['NAME']}"


class Worker:
    """`celery -A config worker` on the test's database and broker, mailing to the sink."""

    def __init__(self, sink: Sink, *, broker: str, pool: str = "threads", concurrency: int = 2, **env: Any) -> None:
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "WELLPRESS_TEST_VAR": str(settings.VAR),
            "TEST_DATABASE_URL": database_url(),
            "TEST_BROKER_URL": broker,
            "TEST_SITE_URL": settings.SITE_URL,  # of the test's server, where one runs: letters lead to it
            "EMAIL_URL": f"smtp://{sink.host}:{sink.port}",
            **{name: str(value) for name, value in env.items()},
        }
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-l", "WARNING", "-P", pool]
        command += ["-c", str(concurrency), "--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)

    def kill(self) -> None:
        """SIGKILL to the worker and all its children."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self, *, seconds: float = 30) -> int:
        """SIGTERM, as a deployment does; returns the exit code."""
        self.process.terminate()
        return self.process.wait(timeout=seconds)

    def stop(self) -> None:
        """End it if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            for _ in range(100):
                if self.process.poll() is not None:
                    return
                time.sleep(0.1)
            self.kill()
