"""Mailchimp's own description of its API, where it lies beside this folder: what is sent and answered is held to it.

It is Mailchimp's text, so it is no part of this repository; without it nothing is checked, and the tests say so.
Names that it does not know are refused as well, save those of EXTRA: a slip of the pen would else look valid.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker

FILE = Path(__file__).resolve().parents[4] / "shared" / "mailchimp" / "marketing-subset.json"
WITHOUT = f"Mailchimp's description of its API is not there: {FILE.parent.parent.name}/{FILE.parent.name}/{FILE.name}"
# What the service takes and gives although the description does not say so, by the name of the schema.
EXTRA: dict[str, dict[str, Any]] = {
    "AddListMembers": {"tags": {"type": "array", "items": {"type": "string"}}},
    "ListWebhooks1": {"signing_enabled": {"type": "boolean"}, "signing_secret": {"type": "string"}},
    "ProblemDetailDocument": {"errors": {"type": "array", "items": {"type": "object"}}},
}
PROBLEM_NEEDS = ["title", "status", "detail", "instance"]  # errors of recent years come without `type`
BODILESS, HTML = {403, 429, 500}, {500, 502, 503, 504}

checked = {"requests": 0, "answers": 0}
violations: list[str] = []  # of the whole run


def sum_up() -> str:
    """What was checked in this run, in one line."""
    if description() is None:
        return f"Mailchimp: nothing checked; {WITHOUT}."
    found = f"{len(violations)} violations of the description"
    return f"Mailchimp: {checked['requests']} requests and {checked['answers']} answers checked, {found}."


@cache
def description() -> dict[str, Any] | None:
    """The description; None where it is not there."""
    return json.loads(FILE.read_text()) if FILE.exists() else None


def check_request(template: str, method: str, query: str, body: Any) -> list[str]:
    """What is wrong with a request: its body (None where there is none) and its query."""
    operation = operation_of(template, method)
    if operation is None:
        return []
    checked["requests"] += 1
    faults = list(_query_faults(operation, query))
    if "requestBody" in operation:
        faults += _faults(_validator(template, method, "request"), body)
    elif body is not None:
        faults.append("a body where none belongs")
    return [f"{method} {template} sent: {fault}" for fault in faults]


def check_answer(template: str, method: str, status: int, body: Any) -> list[str]:
    """What is wrong with an answer; `body` is None where there is none, else read from JSON."""
    operation = operation_of(template, method)
    if operation is None:
        return []
    checked["answers"] += 1
    if status >= 400:
        faults = [] if body is None and status in BODILESS else _faults(_problems(), body)
    elif str(status) not in operation["responses"]:
        faults = ["a status that the description does not name"]
    elif status == 204:
        faults = [] if body is None else ["a body where none belongs"]
    else:
        faults = _faults(_validator(template, method, str(status)), body)
    return [f"{method} {template} answered {status}: {fault}" for fault in faults]


def knows(method: str, path: str) -> bool:
    """Whether the description has such a call."""
    for template, operations in ((description() or {}).get("paths") or {}).items():
        if method.lower() in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return True
    return False


def operation_of(template: str, method: str) -> dict[str, Any] | None:
    """What the description says of a call; None if it does not know it."""
    found = description()
    return found["paths"].get(template, {}).get(method.lower()) if found else None


def _faults(validator: Any, body: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(body)]


@cache
def _validator(template: str, method: str, part: str) -> Any:
    operation = operation_of(template, method) or {}
    if part == "request":
        return OAS30WriteValidator(request_schema(template, method), format_checker=oas30_format_checker)
    schema = operation["responses"][part]["content"]["application/json"]["schema"]
    return OAS30ReadValidator(_strict(schema), format_checker=oas30_format_checker)


def request_schema(template: str, method: str) -> Any:
    """What the body of a call has to be; None where none belongs."""
    operation = operation_of(template, method) or {}
    if "requestBody" not in operation:
        return None
    return _strict(operation["requestBody"]["content"]["application/json"]["schema"])


@cache
def _problems() -> Any:
    schema = _strict({"$ref": "#/components/schemas/ProblemDetailDocument"})
    return OAS30ReadValidator({**schema, "required": PROBLEM_NEEDS}, format_checker=oas30_format_checker)


def _strict(schema: Any) -> Any:
    """The schema with its references filled in, and closed to names that it does not have."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        found = (description() or {})["components"]["schemas"][name]
        extra = {"properties": {**found.get("properties", {}), **EXTRA[name]}} if name in EXTRA else {}
        return _strict({**found, **extra})
    own = {key: _strict(value) for key, value in schema.items() if key not in {"description", "example", "title"}}
    if "properties" in schema:  # whose own keys may be called “description” or “title”
        own["properties"] = {key: _strict(value) for key, value in schema["properties"].items()}
        own.setdefault("additionalProperties", False)
    return own


def _query_faults(operation: dict[str, Any], query: str) -> Iterator[str]:
    known = {one["name"]: one["schema"] for one in operation.get("parameters", []) if one["in"] == "query"}
    for name, values in parse_qs(query, keep_blank_values=True).items():
        if name not in known:
            yield f"?{name}: not in the description"
            continue
        try:
            value = _read_value(values[0], known[name].get("type"))
        except ValueError:
            yield f"?{name}={values[0]}: no {known[name]['type']}"
            continue
        for error in OAS30WriteValidator(known[name], format_checker=oas30_format_checker).iter_errors(value):
            yield f"?{name}: {error.message[:300]}"


def _read_value(text: str, kind: str | None) -> Any:
    if kind == "integer":
        return int(text)
    if kind == "boolean":
        return {"true": True, "false": False}.get(text) if text in {"true", "false"} else int("no boolean")
    return text.split(",") if kind == "array" else text
