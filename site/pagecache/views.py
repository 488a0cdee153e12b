"""Marks the views whose answers all anonymous readers share."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def shared(view: View) -> View:
    """Say that a GET of this view gives every anonymous reader the same bytes until the next generation or day.

    Such an answer gets an ETag and a date, may be answered with 304, is compressed and may be kept by a cache. It must
    depend on nothing but the address, the rows and the day.
    """
    view.is_shared = True  # type: ignore[attr-defined]
    return view
