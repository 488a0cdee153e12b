"""Which function answers which path, by the templates of Mailchimp's description."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.mailchimp.problems import Problem, invalid, not_allowed, not_found


@dataclass
class Ask:
    """One request of the API: the parts of its path by name, its query, its body."""

    parts: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None

    def flag(self, name: str) -> bool:
        """A true or false of the query."""
        return self.query.get(name) == "true"

    def need(self, *names: str) -> None:
        """Refuse a body without these."""
        if not isinstance(self.body, dict):
            raise invalid(("", "Schema describes object, NULL found instead"))
        if missing := [name for name in names if self.body.get(name) in (None, "")]:
            raise invalid(*[(name, "This value should not be blank.") for name in missing])

    def one_of(self, name: str, allowed: set[str]) -> None:
        """Refuse a value of the body that is none of these; it may be missing."""
        value = self.body.get(name)
        if value is not None and value not in allowed:
            raise invalid((name, f"Value must be one of: {', '.join(sorted(allowed))}."))


Answer = Callable[[Any, Ask], Any]
_routes: dict[str, dict[str, Answer]] = {}
_patterns: list[tuple[re.Pattern[str], str]] = []
UNLOCKED: set[Answer] = set()  # those that ask somebody else before they answer


def route(method: str, template: str, *, locked: bool = True) -> Callable[[Answer], Answer]:
    """Mark the function that answers; it returns the body, or None for 204."""

    def mark(function: Answer) -> Answer:
        if template not in _routes:
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
            _patterns.append((re.compile(pattern), template))
        _routes.setdefault(template, {})[method] = function
        if not locked:
            UNLOCKED.add(function)
        return function

    return mark


def known_calls() -> list[tuple[str, str]]:
    """All that is answered: method and template."""
    return sorted((method, template) for template, methods in _routes.items() for method in methods)


def find_route(method: str, path: str) -> tuple[str, Answer | Problem, dict[str, str]]:
    """The template of a path, who answers it or the refusal, and the parts of the path."""
    for pattern, template in _patterns:
        if found := pattern.fullmatch(path):
            return template, _routes[template].get(method) or not_allowed(), found.groupdict()
    return "", not_found(), {}
