"""What the account holds: audiences with their members, fields and tags, and campaigns."""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.fakes.mailchimp.selecting import now

API, USER, ADMIN = "api", "user", "admin"  # who did it, in the words of a webhook's sources
CONTACT = "c0de"  # what contact ids begin with here, so that others need not be looked for among thousands
_ids = random.Random(7)


def make_id(length: int = 10) -> str:
    """Another hexadecimal name."""
    return f"{_ids.getrandbits(length * 4):0{length}x}"


def hash_of(address: str) -> str:
    """The subscriber hash: MD5 of the address in small letters."""
    return hashlib.md5(address.lower().encode()).hexdigest()  # noqa: S324 - the service's name, no secret


@dataclass
class Member:
    """A contact of an audience. `barred` says by what it came into a compliance state."""

    email: str
    status: str
    contact_id: str = field(default_factory=lambda: CONTACT + make_id(28))
    unique_id: str = field(default_factory=make_id)
    web_id: int = field(default_factory=lambda: _ids.randrange(10**6, 10**9))
    merges: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, datetime] = field(default_factory=dict)
    email_type: str = "html"
    language: str = ""
    vip: bool = False
    ip_signup: str = ""
    ip_opt: str = ""
    signed_up_at: datetime | None = None
    opted_in_at: datetime | None = None
    changed_at: datetime = field(default_factory=now)
    barred: str = ""
    reason: str = ""
    source: str = "API - Generic"

    @property
    def hash(self) -> str:
        return hash_of(self.email)


@dataclass
class MergeField:
    """A field of an audience's members."""

    merge_id: int
    tag: str
    name: str
    type: str = "text"
    required: bool = False
    default_value: str = ""
    public: bool = False
    display_order: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    help_text: str = ""


@dataclass
class Segment:
    """A tag (static), or conditions that were saved."""

    id: int
    name: str
    type: str = "static"
    options: dict[str, Any] = field(default_factory=dict)
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)


@dataclass
class Hook:
    """A webhook of an audience."""

    id: str
    url: str
    events: dict[str, bool]
    sources: dict[str, bool]
    secret: str = ""
    failures: int = 0


@dataclass
class Audience:
    """A list, in the API's words."""

    id: str
    name: str
    double_optin: bool = False
    web_id: int = field(default_factory=lambda: _ids.randrange(10**5, 10**6))
    from_name: str = "Meadowsweet"
    from_email: str = "news@meadowsweet.example"
    created_at: datetime = field(default_factory=now)
    extra: dict[str, Any] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)  # by hash
    forgotten: set[str] = field(default_factory=set)  # hashes of those who were deleted permanently
    fields: dict[int, MergeField] = field(default_factory=dict)
    segments: dict[int, Segment] = field(default_factory=dict)
    hooks: dict[str, Hook] = field(default_factory=dict)
    complaints: list[dict[str, Any]] = field(default_factory=list)
    confirmations: list[str] = field(default_factory=list)  # who was mailed a request to confirm, in order

    def __post_init__(self) -> None:
        for tag, name, kind in (
            ("FNAME", "First Name", "text"),
            ("LNAME", "Last Name", "text"),
            ("ADDRESS", "Address", "address"),
            ("PHONE", "Phone Number", "phone"),
        ):
            self.add_field(tag, name, type=kind)

    def add_field(self, tag: str, name: str, **more: Any) -> MergeField:
        """Give it another merge field."""
        merge_id = max(self.fields, default=0) + 1
        self.fields[merge_id] = MergeField(merge_id, tag, name, display_order=merge_id + 1, **more)
        return self.fields[merge_id]

    def field_of(self, tag: str) -> MergeField | None:
        """The merge field with that tag."""
        return next((one for one in self.fields.values() if one.tag == tag), None)

    def find(self, name: str) -> Member | None:
        """A contact by subscriber hash, address or contact id."""
        if found := self.members.get(hash_of(name) if "@" in name else name.lower()):
            return found
        if not name.startswith(CONTACT):
            return None
        return next((one for one in self.members.values() if one.contact_id == name), None)

    def segment_named(self, name: str, *, make: bool = False) -> Segment | None:
        """The tag with that name, whatever its case."""
        found = next((one for one in self.segments.values() if one.name.lower() == name.lower()), None)
        if found is None and make:
            found = Segment(_ids.randrange(10**5, 10**7), name)
            self.segments[found.id] = found
        return found

    def tagged(self, segment: Segment) -> list[Member]:
        """The members of a tag."""
        return [one for one in self.members.values() if segment.name in one.tags]


@dataclass
class Campaign:
    """A mail to an audience or to one tag of it."""

    id: str
    list_id: str
    type: str = "regular"
    web_id: int = field(default_factory=lambda: _ids.randrange(10**5, 10**7))
    segment_opts: dict[str, Any] | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    tracking: dict[str, Any] = field(default_factory=dict)
    status: str = "save"
    html: str = ""
    text: str = ""
    created_at: datetime = field(default_factory=now)
    send_at: datetime | None = None
    began_at: datetime | None = None
    looks: int = 0  # how often it was looked at while sending
    waiting: list[str] = field(default_factory=list)  # hashes of those who have yet to get it
    got: dict[str, str] = field(default_factory=dict)  # hash of who got it, and sent, hard or soft
    canceled: int = 0
    activity: list[dict[str, Any]] = field(default_factory=list)  # opens, clicks, leaving, complaints
