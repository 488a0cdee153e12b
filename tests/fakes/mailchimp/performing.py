"""One call of the API, whether it came by itself or in a batch."""

from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.mailchimp import contract
from tests.fakes.mailchimp.problems import Problem, invalid
from tests.fakes.mailchimp.routes import UNLOCKED, Ask, find_route


def perform(fake: Any, method: str, path: str, query: str, body: Any, *, lock: Any = None) -> Any:
    """Do it; the body of the answer, or None for 204. Raises Problem."""
    template, function, parts = find_route(method, path)
    if isinstance(function, Problem):
        if contract.knows(method, path):
            fake.note([f"{method} {path}: this fake does not answer it"])
        raise function
    if fake.checks:
        faults = contract.check_request(template, method, query, body)
        fake.note(faults)
        if faults:
            raise invalid(("", faults[0]))
    ask = Ask(parts, dict(parse_qsl(query, keep_blank_values=True)), body)
    if lock and function not in UNLOCKED:
        with lock:
            answer = function(fake, ask)
    else:
        answer = function(fake, ask)
    hold_up(fake, template, method, 204 if answer is None else 200, answer)
    return answer


def hold_up(fake: Any, template: str, method: str, status: int, body: Any) -> None:
    """Hold an answer to the description."""
    if fake.checks and template:
        fake.note(contract.check_answer(template, method, status, body))
