"""Keeps in the memory of this process what holds for a whole generation, and nothing longer."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from pagecache.models import Generation, Moment

T = TypeVar("T")

MOST = 2000  # entries; the oldest go first


class _Request:
    """The generation in which one request is answered, read when it is first needed."""

    def __init__(self) -> None:
        self.moment: Moment | None = None
        self.is_read = False

    def read(self) -> Moment | None:
        if not self.is_read:
            self.moment, self.is_read = Generation.read(), True
        return self.moment


_request: ContextVar[_Request | None] = ContextVar("pagecache_request", default=None)


@contextmanager
def one_moment() -> Iterator[None]:
    """Inside, the generation is read once: an answer is made in one moment. Outside, nothing is kept."""
    token = _request.set(_Request())
    try:
        yield
    finally:
        _request.reset(token)


def current_moment() -> Moment | None:
    """The generation of this request; None outside of one, and once this request itself has changed something."""
    from pagecache.changes import is_marked  # noqa: PLC0415 - changes build on this module

    request = _request.get()
    return None if request is None or is_marked() else request.read()


def forget_moment() -> None:
    """This request has changed what readers see: it keeps nothing and takes nothing that was kept."""
    if request := _request.get():
        request.moment, request.is_read = None, True


class _Store:
    """Entries of one generation; those of another are thrown away."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.moment: Moment | None = None
        self.entries: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, moment: Moment, key: Hashable) -> tuple[bool, Any]:
        with self.lock:
            if moment != self.moment or key not in self.entries:
                return False, None
            self.entries.move_to_end(key)
            return True, self.entries[key]

    def put(self, moment: Moment, key: Hashable, value: Any) -> None:
        with self.lock:
            if moment != self.moment:
                self.entries.clear()
                self.moment = moment
            self.entries[key] = value
            while len(self.entries) > MOST:
                self.entries.popitem(last=False)


_store = _Store()


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` returns, made once a generation and process. `key` must name everything else that it depends on.

    What is kept is shared by threads: nobody may change it.
    """
    moment = current_moment()
    if moment is None:
        return make()
    found, value = _store.get(moment, key)
    if not found:
        value = make()
        _store.put(moment, key, value)
    return value


def kept_today(request: HttpRequest, key: Hashable, make: Callable[[], T]) -> T:
    """As `kept`, for what also depends on the site and on the day, here and in UTC."""
    site = getattr(request, "_wagtail_site", None)
    return kept((key, site and site.pk, timezone.localdate(), datetime.now(UTC).date()), make)


def lazily(read: Callable[[], dict[str, Any]], *names: str) -> dict[str, Any]:
    """A context with these names, all read at once when a template first asks for any: a kept part asks for none."""
    whole = SimpleLazyObject(read)
    return {name: SimpleLazyObject(partial(_pick, whole, name)) for name in names}


def _pick(whole: Any, name: str) -> Any:
    return whole[name]
