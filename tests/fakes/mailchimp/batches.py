"""Batches: many calls in one, done later; what each was answered lies in a gzipped tar."""

import io
import json
import tarfile
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tests.fakes.mailchimp.performing import perform
from tests.fakes.mailchimp.problems import Problem, invalid, not_found, too_many
from tests.fakes.mailchimp.routes import Ask, route
from tests.fakes.mailchimp.selecting import iso, now, page
from tests.fakes.mailchimp.state import make_id

STATES = ("pending", "preprocessing", "started", "finalizing", "finished")
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
MOST_OPEN = 500


@dataclass
class Batch:
    """Calls to be made; `archive` is what they were answered, once it is finished."""

    id: str
    operations: list[dict[str, Any]]
    state: int = 0
    errored: int = 0
    made_at: datetime = field(default_factory=now)
    archive: bytes = b""

    @property
    def is_finished(self) -> bool:
        return STATES[self.state] == "finished"


def _draw(fake: Any, batch: Batch) -> dict[str, Any]:
    done = len(batch.operations) if batch.is_finished else 0
    shown = {
        "id": batch.id,
        "status": STATES[batch.state],
        "total_operations": len(batch.operations),
        "finished_operations": done,
        "errored_operations": batch.errored,
        "submitted_at": iso(batch.made_at),
        "response_body_url": f"{fake.site}/batches/{batch.id}.tar.gz" if batch.is_finished else "",
        "_links": [],
    }
    return shown | ({"completed_at": iso(now())} if batch.is_finished else {})


def look(fake: Any, batch: Batch) -> None:
    """Each look finds it one state further; with the last, its calls have been made."""
    if batch.is_finished:
        return
    batch.state += 1
    if batch.is_finished:
        answers = [_make(fake, batch, one) for one in batch.operations]
        raw = json.dumps(answers).encode()
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w:gz") as tar:
            entry = tarfile.TarInfo(f"{batch.id}.json")
            entry.size = len(raw)
            tar.addfile(entry, io.BytesIO(raw))
        batch.archive = file.getvalue()


def _make(fake: Any, batch: Batch, one: dict[str, Any]) -> dict[str, Any]:
    try:
        body = json.loads(one["body"]) if one.get("body") else None
        answer = perform(fake, one["method"], one["path"], urlencode(one.get("params") or {}), body)
        status = 204 if answer is None else 200
    except Problem as problem:
        batch.errored += 1
        status, answer = problem.status, problem.body(typed=fake.typed())
    told = "" if answer is None else json.dumps(answer)
    return {"status_code": status, "operation_id": one.get("operation_id", ""), "response": told}


@route("GET", "/batches")
def list_batches(fake: Any, ask: Ask) -> Any:
    return page(ask.query, "batches", list(fake.batches.values()), lambda one: _draw(fake, one))


@route("POST", "/batches")
def add_batch(fake: Any, ask: Ask) -> Any:
    ask.need("operations")
    for one in ask.body["operations"]:
        if one.get("method") not in METHODS or not str(one.get("path", "")).startswith("/"):
            raise invalid(("operations", "Each needs a method and a path that begins with a slash."))
    if sum(not one.is_finished for one in fake.batches.values()) >= MOST_OPEN:
        raise too_many()
    batch = Batch(make_id(), ask.body["operations"])
    fake.batches[batch.id] = batch
    return _draw(fake, batch)


def _find(fake: Any, ask: Ask) -> Batch:
    if batch := fake.batches.get(ask.parts["batch_id"]):
        return batch
    raise not_found()


@route("GET", "/batches/{batch_id}")
def get_batch(fake: Any, ask: Ask) -> Any:
    batch = _find(fake, ask)
    look(fake, batch)
    return _draw(fake, batch)


@route("DELETE", "/batches/{batch_id}")
def remove_batch(fake: Any, ask: Ask) -> None:
    del fake.batches[_find(fake, ask).id]
