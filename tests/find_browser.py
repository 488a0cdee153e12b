"""Finding a Chromium for the browser tests; `python -m tests.find_browser` tries to install one where it may."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The path of a Chromium: CHROMIUM_EXECUTABLE, the system's, or the one Playwright downloaded."""
    if named := os.environ.get("CHROMIUM_EXECUTABLE"):
        return named
    if found := next((path for name in NAMES if (path := shutil.which(name))), None):
        return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return next((str(path) for path in sorted(cache.glob("chromium-*/chrome-linux*/chrome"))), None)


def install_browser() -> None:
    """Ask Debian's package manager, only as root and only in CI: nobody wants a test to change their laptop."""
    if os.environ.get("CI") and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, timeout=300, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, timeout=900, **quiet)


def main() -> None:
    """Say what was found."""
    if not find_browser():
        install_browser()
    found = find_browser()
    print(f"Browser tests: {found}" if found else "Browser tests: skipped, no Chromium was found.")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
