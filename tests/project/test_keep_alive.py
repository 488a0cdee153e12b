"""A process that dies at night is started again; one that is told to stop stays away."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.fakes.smtp import wait_until
from tests.project.limits import ROOT


def _keep(*command: str) -> subprocess.Popen[str]:
    whole = [sys.executable, "-m", "home.keep_alive", *command]
    return subprocess.Popen(whole, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _lives(notes: Path) -> list[int]:
    return [int(line) for line in notes.read_text().split()] if notes.exists() else []


def test_a_killed_process_is_started_again_and_ends_with_its_keeper(tmp_path: Path) -> None:
    notes = tmp_path / "pids"
    code = f"import os, time; open({str(notes)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    keeper = _keep(sys.executable, "-c", code)
    wait_until(lambda: len(_lives(notes)) == 1)
    os.kill(_lives(notes)[0], signal.SIGKILL)
    wait_until(lambda: len(_lives(notes)) == 2)
    keeper.terminate()
    keeper.communicate(timeout=10)
    assert not Path(f"/proc/{_lives(notes)[1]}").exists()


def test_a_command_that_cannot_live_is_given_up(tmp_path: Path) -> None:
    keeper = _keep(sys.executable, "-c", "raise SystemExit(3)")
    output, _ = keeper.communicate(timeout=30)
    assert keeper.returncode == 3
    assert "giving up" in output
