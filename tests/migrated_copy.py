"""A migrated SQLite database, kept between runs: making one takes longer than most of what is tested on it.

The copy's name holds the hash of all that migrations are made of, so a changed migration makes a new one. What
`migrate` does after its last migration (permissions, content types, triggers) is done on the copy as well.
"""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("blog", "newsletter", "site")


def place_of_copy() -> Path:
    """Where the copy lies, or would lie, for the migrations as they are now."""
    known = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for room in ROOMS:
        sources = [*(ROOT / room).rglob("migrations/*.py"), *(ROOT / room).rglob("*triggers.py")]
        for path in sorted(sources):
            known.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    whose = os.getuid() if hasattr(os, "getuid") else "all"
    return Path(tempfile.gettempdir()) / f"wellpress-migrated-{whose}-{known.hexdigest()[:24]}.sqlite3"


def begin_with_copy(target: Path) -> bool:
    """Let the test database begin as the copy; False when there is none yet."""
    copy = place_of_copy()
    if not copy.exists():
        return False
    shutil.copyfile(copy, target)
    return True


def keep_copy(source: Path) -> None:
    """Keep a test database that was just made; two processes at once are harmless."""
    copy = place_of_copy()
    draft = copy.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(source)) as database:
        database.execute("VACUUM INTO ?", (str(draft),))
    draft.replace(copy)
