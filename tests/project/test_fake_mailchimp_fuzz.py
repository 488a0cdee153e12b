"""Whatever Mailchimp's description allows to be sent, its stand-in answers as described, and does not break."""

import json
import re
import string
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.mailchimp import FakeMailchimp, contract
from tests.fakes.mailchimp.routes import known_calls
from tests.fakes.mailchimp.state import Campaign, Hook, hash_of
from tests.fakes.mailchimp.webhooks import EVENTS, SOURCES

ADDRESSES = ["zoe@reader.example", "Joan@reader.example", "noreply@reader.example", "gone@reader.example", "none", ""]
words = st.text(string.ascii_letters + string.digits + " @.'<>*|&äß\x00\n", max_size=20)
moments = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat())
# What may be sent in a field, by its name, where the kind alone says little.
NAMED: dict[str, st.SearchStrategy[Any]] = {
    "email_address": st.sampled_from(ADDRESSES),
    "merge_fields": st.dictionaries(st.sampled_from(["FNAME", "PHONE", "ADDRESS", "X"]), words | st.integers(0, 9)),
    "static_segment": st.lists(st.sampled_from(ADDRESSES), max_size=3),
    "name": st.sampled_from(["Sleep", "Pain", "x"]),
    "url": st.sampled_from(["http://127.0.0.1:9/", "none"]),
}


def values(schema: dict[str, Any], name: str = "") -> st.SearchStrategy[Any]:
    """What the schema allows in a field of that name."""
    if name in NAMED and schema.get("type") != "boolean":
        return NAMED[name]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "allOf" in schema:
        return values(schema["allOf"][0], name)
    by_kind: dict[str | None, Callable[[], st.SearchStrategy[Any]]] = {
        "object": lambda: _objects(schema),
        "array": lambda: st.lists(values(schema["items"]), max_size=3),
        "integer": lambda: st.integers(schema.get("minimum", 0), min(schema.get("maximum", 1000), 1000)),
        "number": lambda: st.integers(schema.get("minimum", 0), schema.get("maximum", 30)),
        "boolean": st.booleans,
        "string": lambda: moments if schema.get("format") == "date-time" else words,
    }
    return by_kind.get(schema.get("type"), lambda: words)()


def _objects(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    own = {name: values(one, name) for name, one in schema.get("properties", {}).items() if not one.get("readOnly")}
    needed = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: one for name, one in own.items() if name in needed},
        optional={name: one for name, one in own.items() if name not in needed},
    )


def query_of(data: st.DataObject, operation: dict[str, Any]) -> dict[str, str]:
    known = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    chosen = data.draw(
        st.lists(st.sampled_from(known), max_size=3, unique_by=lambda one: one["name"]) if known else st.just([])
    )
    given: dict[str, str] = {}
    for one in chosen:
        value = data.draw(values(one["schema"], one["name"]))
        text = ",".join(value) if isinstance(value, list) else value
        given[one["name"]] = str(text).lower() if isinstance(value, bool) else str(text)
    return given


def path_of(data: st.DataObject, fake: FakeMailchimp, template: str) -> str:
    """The path, mostly with names of what there is."""
    audience = next(iter(fake.audiences.values()))
    there = {
        "list_id": [audience.id],
        "subscriber_hash": [hash_of(address) for address in ADDRESSES[:4]],
        "merge_id": list(audience.fields),
        "segment_id": list(audience.segments),
        "webhook_id": list(audience.hooks),
        "campaign_id": list(fake.campaigns),
        "batch_id": list(fake.batches),
        "domain_name": ["meadowsweet.example"],
    }
    names = {name: there[name] * 5 + ["99", "none"] for name in re.findall(r"\{(\w+)\}", template)}
    return template.format(**{name: data.draw(st.sampled_from(some), label=name) for name, some in names.items()})


def world(fake: FakeMailchimp) -> None:
    """Something of each kind."""
    audience = fake.add_audience()
    for address, status in zip(ADDRESSES, ("subscribed", "pending", "cleaned", "archived"), strict=False):
        fake.add_member(address, status)
    audience.segment_named("Sleep", make=True)
    everything = dict.fromkeys((*EVENTS, *SOURCES), True)
    audience.hooks["a1"] = Hook("a1", "http://127.0.0.1:9/", everything, everything)
    sender = {"subject_line": "December", "from_name": "Ada", "reply_to": "news@meadowsweet.example"}
    for name in ("c1", "c2"):
        fake.campaigns[name] = Campaign(name, audience.id, settings=sender, html="<p>*|UNSUB|*</p>")


@pytest.mark.skipif(contract.description() is None, reason=contract.WITHOUT)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_call_breaks_it_or_is_answered_otherwise_than_described(data: st.DataObject) -> None:
    with FakeMailchimp() as fake:
        world(fake)
        for _ in range(data.draw(st.integers(3, 12), label="calls")):
            method, template = data.draw(st.sampled_from(known_calls()))
            operation = contract.operation_of(template, method)
            schema = contract.request_schema(template, method)
            body = data.draw(values(schema)) if schema else None
            answer = requests.request(
                method,
                fake.url + path_of(data, fake, template),
                params=query_of(data, operation),
                data=None if method in {"GET", "DELETE"} else json.dumps(body),
                auth=("any", fake.key),
                timeout=10,
            )
            assert answer.status_code in {200, 204, 400, 403, 404, 405}, answer.text
            assert not fake.violations, "\n".join(fake.violations)
