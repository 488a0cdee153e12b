"""The least that a Python server can do: `application` answers every path with the bytes of a file of that name."""

import os
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("BENCH_PAGES", "."))


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application without a framework."""
    body = page(environ["PATH_INFO"])
    start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


@lru_cache
def page(path: str) -> bytes:
    """Read once, kept for good."""
    return (FOLDER / path.strip("/")).read_bytes()
