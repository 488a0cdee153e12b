"""What all lists of the API share: pages, and the fields that a caller wants."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.fakes.mailchimp.problems import invalid

DEFAULT_COUNT, MOST = 10, 1000


def now() -> datetime:
    """This second: the service knows no smaller times."""
    return datetime.now(UTC).replace(microsecond=0)


def iso(moment: datetime) -> str:
    """As the API writes times."""
    return moment.isoformat()


def read_time(text: str, field: str) -> datetime:
    """A time in ISO 8601; without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid((field, "This value should be a valid DateTime.")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def number(query: dict[str, str], name: str, default: int, most: int | None = None) -> int:
    """A whole number of the query."""
    text = query.get(name, str(default))
    if not text.isdigit() or (most is not None and int(text) > most):
        raise invalid(
            (name, f"Value must be an integer between 0 and {most}." if most else "Value must be an integer.")
        )
    return int(text)


def page(query: dict[str, str], name: str, items: Sequence[Any], draw: Callable[[Any], Any]) -> dict[str, Any]:
    """One page of `items`, each drawn, and how many there are."""
    count, offset = number(query, "count", DEFAULT_COUNT, MOST), number(query, "offset", 0)
    return {name: [draw(one) for one in items[offset : offset + count]], "total_items": len(items), "_links": []}


def choose(query: dict[str, str], body: Any) -> Any:
    """The part of an answer that `fields` and `exclude_fields` leave."""
    if wanted := query.get("fields"):
        body = _keep(body, [path.split(".") for path in wanted.split(",")])
    if unwanted := query.get("exclude_fields"):
        body = _drop(body, [path.split(".") for path in unwanted.split(",")])
    return body


def _keep(body: Any, paths: list[list[str]]) -> Any:
    if isinstance(body, list):
        return [_keep(one, paths) for one in body]
    if not isinstance(body, dict) or [] in paths:
        return body
    kept = {}
    for name, value in body.items():
        if below := [path[1:] for path in paths if path[:1] == [name]]:
            kept[name] = _keep(value, below)
    return kept


def _drop(body: Any, paths: list[list[str]]) -> Any:
    if isinstance(body, list):
        return [_drop(one, paths) for one in body]
    if not isinstance(body, dict):
        return body
    kept = {}
    for name, value in body.items():
        below = [path[1:] for path in paths if path[:1] == [name]]
        if [] not in below:
            kept[name] = _drop(value, below) if below else value
    return kept
