"""What Mailchimp tells, as far as the site reads it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

Answer = Mapping[str, Any]


def hash_of(mailbox: str) -> str:
    """The name of a member in addresses: MD5 of the lower-cased address, as Mailchimp has it."""
    return hashlib.md5(mailbox.lower().encode(), usedforsecurity=False).hexdigest()


def moment(words: Any) -> datetime | None:
    """A time of Mailchimp's: ISO 8601, or “2009-03-26 21:35:57” in UTC; None where there is none."""
    found = parse_datetime(str(words or ""))
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


@dataclass(frozen=True, slots=True)
class Account:
    """Whose key it is."""

    name: str
    login_email: str
    plan: str

    @classmethod
    def read(cls, answer: Answer) -> "Account":
        """From GET /."""
        plan = str(answer.get("pricing_plan_type", ""))
        return cls(str(answer["account_name"]), str(answer.get("email", "")), plan)


@dataclass(frozen=True, slots=True)
class Audience:
    """A list. `members` counts those subscribed; `signup_form_url` is its hosted form."""

    pk: str
    name: str
    double_optin: bool
    members: int
    signup_form_url: str

    @classmethod
    def read(cls, answer: Answer) -> "Audience":
        """From GET /lists/{list_id}."""
        stats = answer.get("stats") or {}
        url = str(answer.get("subscribe_url_long") or answer.get("subscribe_url_short") or "")
        double = bool(answer.get("double_optin", False))
        return cls(str(answer["id"]), str(answer["name"]), double, int(stats.get("member_count") or 0), url)


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field that members have, by its tag such as FNAME."""

    pk: int
    tag: str
    name: str
    kind: str
    is_required: bool

    @classmethod
    def read(cls, answer: Answer) -> "MergeField":
        """From GET /lists/{list_id}/merge-fields."""
        required = bool(answer.get("required", False))
        return cls(int(answer["merge_id"]), str(answer["tag"]), str(answer["name"]), str(answer["type"]), required)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook of an audience. `signing_secret` is told once only, when it is made, and not for all."""

    pk: str
    url: str
    events: dict[str, bool]
    sources: dict[str, bool]
    signing_secret: str = field(default="", repr=False)

    @classmethod
    def read(cls, answer: Answer) -> "Webhook":
        """From GET and POST /lists/{list_id}/webhooks."""
        signing = str(answer.get("signing_secret") or "")
        events, sources = dict(answer.get("events") or {}), dict(answer.get("sources") or {})
        return cls(str(answer["id"]), str(answer["url"]), events, sources, signing)


@dataclass(frozen=True, slots=True)
class Member:
    """One contact. `status`: subscribed, pending, unsubscribed, cleaned, transactional, archived."""

    pk: str  # the hash of the address
    email: str
    status: str
    unique_id: str = ""
    web_id: str = ""
    merge_fields: dict[str, Any] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    changed_at: datetime | None = None
    opted_in_at: datetime | None = None
    reason: str = ""

    @classmethod
    def read(cls, answer: Answer) -> "Member":
        """From GET /lists/{list_id}/members/{subscriber_hash}."""
        email = str(answer["email_address"])
        return cls(
            pk=str(answer.get("id") or hash_of(email)),
            email=email,
            status=str(answer["status"]),
            unique_id=str(answer.get("unique_email_id") or ""),
            web_id=str(answer.get("web_id") or ""),
            merge_fields=dict(answer.get("merge_fields") or {}),
            tags=frozenset(str(tag["name"]) for tag in answer.get("tags") or ()),
            changed_at=moment(answer.get("last_changed")),
            opted_in_at=moment(answer.get("timestamp_opt")),
            reason=str(answer.get("unsubscribe_reason") or ""),
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Some members of a listing, and how many there are in all."""

    members: list[Member]
    total: int

    @classmethod
    def read(cls, answer: Answer) -> "Page":
        """From GET /lists/{list_id}/members."""
        return cls([Member.read(one) for one in answer["members"]], int(answer["total_items"]))


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch: hashes of who was added or changed, and the refused, hash -> error code."""

    created: dict[str, Member]
    updated: dict[str, Member]
    errors: dict[str, str]

    @classmethod
    def read(cls, answer: Answer) -> "BatchResult":
        """From POST /lists/{list_id}. 200 does not say that all were taken."""
        created = [Member.read(one) for one in answer["new_members"]]
        updated = [Member.read(one) for one in answer["updated_members"]]
        errors = {hash_of(str(one["email_address"])): str(one.get("error_code") or "") for one in answer["errors"]}
        return cls({one.pk: one for one in created}, {one.pk: one for one in updated}, errors)


@dataclass(frozen=True, slots=True)
class Campaign:
    """`status`: save, paused, schedule, sending, sent, canceled, canceling, archived."""

    pk: str
    web_id: str
    status: str
    emails_sent: int
    send_time: datetime | None
    archive_url: str
    title: str = ""

    @classmethod
    def read(cls, answer: Answer) -> "Campaign":
        """From GET and POST /campaigns."""
        return cls(
            pk=str(answer["id"]),
            web_id=str(answer.get("web_id") or ""),
            status=str(answer["status"]),
            emails_sent=int(answer.get("emails_sent") or 0),
            send_time=moment(answer.get("send_time")),
            archive_url=str(answer.get("long_archive_url") or ""),
            title=str((answer.get("settings") or {}).get("title") or ""),
        )


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """`kind`: error, warning, success."""

    kind: str
    heading: str
    details: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """What Mailchimp says of a campaign before it is sent."""

    is_ready: bool
    items: list[ChecklistItem]

    @classmethod
    def read(cls, answer: Answer) -> "Checklist":
        """From GET /campaigns/{campaign_id}/send-checklist."""
        items = [
            ChecklistItem(str(one["type"]), str(one.get("heading") or ""), str(one.get("details") or ""))
            for one in answer["items"]
        ]
        return cls(bool(answer["is_ready"]), items)
