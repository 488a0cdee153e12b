"""Refusals in Mailchimp's words: application/problem+json, after RFC 7807."""

from typing import Any
from uuid import uuid4

TYPES = "https://mailchimp.com/developer/marketing/docs/errors/"


class Problem(Exception):  # noqa: N818 - the word of RFC 7807
    """An answer of 4xx or 5xx with a body; `fields` are pairs of field and message."""

    def __init__(self, status: int, title: str, detail: str, *fields: tuple[str, str]) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.fields = status, title, detail, fields

    def body(self, *, typed: bool) -> dict[str, Any]:
        """The document; errors of recent years come without `type`."""
        body: dict[str, Any] = {"type": TYPES} if typed else {}
        body |= {"title": self.title, "status": self.status, "detail": self.detail, "instance": str(uuid4())}
        if self.fields:
            body["errors"] = [{"field": field, "message": message} for field, message in self.fields]
        return body


def invalid(*fields: tuple[str, str], detail: str = "") -> Problem:
    """A body or a query that does not fit."""
    words = "The resource submitted could not be validated. For field-specific details, see the 'errors' array."
    return Problem(400, "Invalid Resource", detail or words, *fields)


def wrong_state(detail: str) -> Problem:
    """What cannot be done now."""
    return Problem(400, "Bad Request", detail)


def not_found() -> Problem:
    """No such thing, or no such path."""
    return Problem(404, "Resource Not Found", "The requested resource could not be found.")


def not_allowed(detail: str = "The requested method and resource are not compatible.") -> Problem:
    """A method that a path does not know, or a contact that cannot be archived."""
    return Problem(405, "Method Not Allowed", detail)


def too_many() -> Problem:
    """The eleventh connection."""
    return Problem(429, "Too Many Requests", "You have exceeded the limit of 10 simultaneous connections.")


def exists(address: str) -> Problem:
    """A contact that is on the list already."""
    return Problem(
        400, "Member Exists", f"{address} is already a list member. Use PUT to insert or update list members."
    )


def in_compliance(address: str) -> Problem:
    """Somebody who left by their own hand, bounced or complained."""
    words = (
        f"{address} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed."
    )
    return Problem(400, "Member In Compliance State", words)


def forgotten(address: str) -> Problem:
    """Somebody who was deleted permanently."""
    words = f"{address} was permanently deleted and cannot be re-imported. The contact must re-subscribe."
    return Problem(400, "Forgotten Email Not Subscribed", words)
