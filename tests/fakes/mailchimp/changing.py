"""How a contact changes: who may, what follows, and which webhooks tell of it."""

import ipaddress
import re
from typing import Any

from tests.fakes.mailchimp.problems import Problem, exists, forgotten, in_compliance, invalid
from tests.fakes.mailchimp.selecting import now, read_time
from tests.fakes.mailchimp.state import API, USER, Audience, Member, hash_of

LOOKS_FAKE = "{} looks fake or invalid, please enter a real email address."
NO_SCHEMA = "Data did not match any of the schemas described in anyOf."
STATUSES = {"subscribed", "unsubscribed", "cleaned", "pending", "transactional"}
_SHAPES = {
    "date": re.compile(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}"),
    "birthday": re.compile(r"\d\d/\d\d"),
    "url": re.compile(r"https?://\S+"),
    "imageurl": re.compile(r"https?://\S+"),
    "number": re.compile(r"-?\d+(\.\d+)?"),
}


def check_address(fake: Any, address: Any) -> str:
    """The address, or a refusal of one that the service does not believe."""
    if not isinstance(address, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", address):
        raise invalid(
            ("email_address", "Please provide a valid email address."), detail="Please provide a valid email address."
        )
    local, _, domain = address.lower().rpartition("@")
    if {f"{local}@", domain, address.lower()} & fake.looks_fake:
        raise invalid(detail=LOOKS_FAKE.format(address))
    return address


def check_merges(audience: Audience, given: dict[str, Any], kept: dict[str, Any], *, skip: bool) -> dict[str, Any]:
    """What a contact's fields become: known ones, laid over those it has."""
    if any(value is None or isinstance(value, bool | list) for value in given.values()):
        raise invalid(detail=NO_SCHEMA)
    fields = {one.tag: one for one in audience.fields.values()}
    merged = kept | {tag: value for tag, value in given.items() if tag in fields}
    faults = []
    for tag, one in fields.items():
        value = merged.get(tag, "")
        if value == "" and one.required and not skip:
            faults.append((tag, "Please enter a value"))
        elif value != "" and not _fits(one.type, one.options, value):
            faults.append((tag, f"Please enter a valid {one.type}"))
    if faults:
        raise invalid(*faults, detail="Your merge fields were invalid.")
    return merged


def _fits(kind: str, options: dict[str, Any], value: Any) -> bool:
    if kind == "address":
        return isinstance(value, dict) and {"addr1", "city", "state", "zip"} <= set(value)
    if isinstance(value, dict):
        return False
    if kind in {"radio", "dropdown"}:
        return str(value) in options.get("choices", [])
    return kind not in _SHAPES or bool(_SHAPES[kind].fullmatch(str(value)))


def check_status(member: Member | None, status: str, address: str) -> None:
    """Refuse what only the person may bring about.

    Who left by their own hand or bounced can be asked again (`pending`); who complained cannot.
    """
    barred = member.barred if member else ""
    if barred and (status == "subscribed" or (status == "pending" and barred == "complained")):
        raise in_compliance(address)


def add_member(fake: Any, audience: Audience, body: dict[str, Any], status: str, *, skip: bool = False) -> Member:
    """A new contact, or one that was archived and signs up again."""
    address = check_address(fake, body.get("email_address"))
    if hash_of(address) in audience.forgotten:
        raise forgotten(address)
    found = audience.members.get(hash_of(address))
    if found and found.status != "archived":
        raise exists(address)
    check_status(found, status, address)
    merges = check_merges(audience, body.get("merge_fields") or {}, found.merges if found else {}, skip=skip)
    member = found or Member(address, "new")
    member.merges = merges
    write_plain(member, body)
    audience.members[member.hash] = member
    for name in body.get("tags") or []:
        tag(audience, member, name)
    set_status(fake, audience, member, status)
    return member


def write_plain(member: Member, body: dict[str, Any]) -> None:
    """The fields of a contact that need no thought."""
    member.email_type = body.get("email_type") or member.email_type
    member.language = body.get("language", member.language)
    member.vip = bool(body.get("vip", member.vip))
    for name in ("ip_signup", "ip_opt"):
        if value := body.get(name):
            try:
                ipaddress.ip_address(value)
            except ValueError:
                raise invalid((name, "This value is not a valid IP address.")) from None
            setattr(member, name, value)
    for name, own in (("timestamp_signup", "signed_up_at"), ("timestamp_opt", "opted_in_at")):
        if value := body.get(name):
            setattr(member, own, read_time(value, name))


def change_member(fake: Any, audience: Audience, member: Member, body: dict[str, Any], *, skip: bool = False) -> None:
    """What PUT and PATCH do to a known contact; tags in the body are ignored, as the service does."""
    old = member.email
    address = check_address(fake, body["email_address"]) if body.get("email_address") else old
    if hash_of(address) != member.hash and (hash_of(address) in audience.members):
        raise exists(address)
    status = body.get("status") or member.status
    check_status(member, status if status != member.status else "", address)
    merges = check_merges(audience, body.get("merge_fields") or {}, member.merges, skip=skip)
    is_new = merges != member.merges or body.get("vip", member.vip) != member.vip
    member.merges = merges
    write_plain(member, body)
    if address != old:
        move_member(fake, audience, member, address, by=API)
    if is_new:
        member.changed_at = now()
        fake.webhooks.tell(audience, "profile", member, by=API)
    if status != member.status:
        set_status(fake, audience, member, status)


def move_member(fake: Any, audience: Audience, member: Member, address: str, *, by: str) -> None:
    """Give a contact another address."""
    old = member.email
    del audience.members[member.hash]
    member.email, member.changed_at = address, now()
    audience.members[member.hash] = member
    if hash_of(old) != member.hash:
        fake.webhooks.tell_of_move(audience, member, old, by=by)
        fake.webhooks.tell(audience, "profile", member, by=by)


def set_status(fake: Any, audience: Audience, member: Member, status: str, *, by: str = API, **told: str) -> None:
    """Change the status and tell of it. `told` goes into the webhook: reason, action, campaign_id."""
    before, member.status, member.changed_at = member.status, status, now()
    if status == "pending":
        audience.confirmations.append(member.email)
    elif status == "subscribed":
        if by == API and before in {"unsubscribed", "cleaned", "archived"}:
            fake.revived.append(member.email)
        member.barred = member.reason = ""
        member.opted_in_at = member.opted_in_at or now()
        fake.webhooks.tell(audience, "subscribe", member, by=by)
    elif status == "unsubscribed" and before != "archived":
        member.reason = "N/A (Unsubscribed by admin)" if by != USER else member.reason
        fake.webhooks.tell(audience, "unsubscribe", member, by=by, **({"action": "unsub", "reason": "manual"} | told))
    elif status == "archived" and before == "subscribed":
        fake.webhooks.tell(audience, "unsubscribe", member, by=by, action="delete", reason="manual")
    elif status == "cleaned":
        member.barred = "bounced"
        fake.webhooks.tell(audience, "cleaned", member, by=by, **({"reason": "hard"} | told))


def tag(audience: Audience, member: Member, name: str, *, active: bool = True) -> None:
    """Put a tag on a contact, made where it is new, or take it off."""
    segment = audience.segment_named(name, make=active)
    if segment and active:
        member.tags.setdefault(segment.name, now())
    elif segment:
        member.tags.pop(segment.name, None)
    if segment:
        member.changed_at = now()


def as_line(problem: Problem) -> str:
    """A refusal in one line, as the answer to a batch has it."""
    return "; ".join([problem.detail, *(f"{name}: {message}" for name, message in problem.fields)])
