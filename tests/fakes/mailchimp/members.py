"""The calls about contacts: one, many at once, their tags."""

from collections.abc import Iterator
from typing import Any

from tests.fakes.mailchimp.audiences import find_audience
from tests.fakes.mailchimp.changing import STATUSES, add_member, as_line, change_member, set_status, tag
from tests.fakes.mailchimp.problems import Problem, invalid, not_allowed, not_found
from tests.fakes.mailchimp.routes import Ask, route
from tests.fakes.mailchimp.selecting import iso, page, read_time
from tests.fakes.mailchimp.state import Audience, Member, hash_of

MEMBERS, ONE = "/lists/{list_id}/members", "/lists/{list_id}/members/{subscriber_hash}"
MOST = 500
SORTED_BY = {"last_changed": "changed_at", "timestamp_opt": "opted_in_at", "timestamp_signup": "signed_up_at"}
# What the answers about many contacts at once leave out.
ONLY_ALONE = {"full_name", "web_id", "source", "unsubscribe_reason", "consents_to_one_to_one_messaging"}


def find_member(fake: Any, ask: Ask) -> tuple[Audience, Member]:
    """The contact of the path, or 404."""
    audience = find_audience(fake, ask)
    if member := audience.find(ask.parts["subscriber_hash"]):
        return audience, member
    raise not_found()


def draw_member(audience: Audience, member: Member) -> dict[str, Any]:
    """A contact as the API shows it."""
    names = [str(member.merges.get(tag, "")) for tag in ("FNAME", "LNAME")]
    shown = {
        "id": member.hash,
        "email_address": member.email,
        "unique_email_id": member.unique_id,
        "contact_id": member.contact_id,
        "full_name": " ".join(name for name in names if name),
        "web_id": member.web_id,
        "email_type": member.email_type,
        "status": member.status,
        "consents_to_one_to_one_messaging": True,
        "merge_fields": {one.tag: member.merges.get(one.tag, "") for one in audience.fields.values()},
        "interests": {},
        "stats": {"avg_open_rate": 0, "avg_click_rate": 0},
        "ip_signup": member.ip_signup,
        "ip_opt": member.ip_opt,
        "member_rating": 2,
        "last_changed": iso(member.changed_at),
        "language": member.language,
        "vip": member.vip,
        "email_client": "",
        "source": member.source,
        "tags_count": len(member.tags),
        "tags": [{"id": one.id, "name": one.name} for one in _tags(audience, member)],
        "list_id": audience.id,
        "_links": [],
    }
    if member.signed_up_at:
        shown["timestamp_signup"] = iso(member.signed_up_at)
    if member.opted_in_at:
        shown["timestamp_opt"] = iso(member.opted_in_at)
    if member.status == "unsubscribed":
        shown["unsubscribe_reason"] = member.reason
    return shown


def draw_short(audience: Audience, member: Member) -> dict[str, Any]:
    """A contact as the answers about many show it."""
    return {name: value for name, value in draw_member(audience, member).items() if name not in ONLY_ALONE}


def _tags(audience: Audience, member: Member) -> list[Any]:
    return [one for one in audience.segments.values() if one.name in member.tags]


def chosen_members(audience: Audience, query: dict[str, str]) -> list[Member]:
    """The contacts that a query means; archived ones only if it says so."""
    found: list[Member] = list(audience.members.values())
    if status := query.get("status"):
        if status not in STATUSES | {"archived"}:
            raise invalid(("status", "Value must be one of the statuses."))
        found = [one for one in found if one.status == status]
    else:
        found = [one for one in found if one.status != "archived"]
    for name, own in (("last_changed", "changed_at"), ("timestamp_opt", "opted_in_at")):
        if since := query.get(f"since_{name}"):
            moment = read_time(since, f"since_{name}")
            found = [one for one in found if getattr(one, own) and getattr(one, own) > moment]
        if before := query.get(f"before_{name}"):
            moment = read_time(before, f"before_{name}")
            found = [one for one in found if getattr(one, own) and getattr(one, own) < moment]
    if unique := query.get("unique_email_id"):
        found = [one for one in found if one.unique_id == unique]
    if own := SORTED_BY.get(query.get("sort_field", "")):
        found.sort(key=lambda one: str(getattr(one, own)), reverse=query.get("sort_dir") == "DESC")
    return found


@route("GET", MEMBERS)
def list_members(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    found = chosen_members(audience, ask.query)
    return page(ask.query, "members", found, lambda one: draw_member(audience, one)) | {"list_id": audience.id}


@route("POST", MEMBERS)
def post_member(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    ask.need("email_address", "status")
    ask.one_of("status", STATUSES)
    skip = ask.flag("skip_merge_validation")
    return draw_member(audience, add_member(fake, audience, ask.body, ask.body["status"], skip=skip))


@route("GET", ONE)
def get_member(fake: Any, ask: Ask) -> Any:
    return draw_member(*find_member(fake, ask))


@route("PUT", ONE)
def put_member(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    ask.need("email_address", "status_if_new")
    ask.one_of("status", STATUSES)
    ask.one_of("status_if_new", STATUSES)
    skip = ask.flag("skip_merge_validation")
    if member := audience.find(ask.parts["subscriber_hash"]):
        change_member(fake, audience, member, ask.body, skip=skip)
    else:
        body = {name: value for name, value in ask.body.items() if name != "tags"}
        member = add_member(fake, audience, body, body.get("status") or body["status_if_new"], skip=skip)
    return draw_member(audience, member)


@route("PATCH", ONE)
def patch_member(fake: Any, ask: Ask) -> Any:
    audience, member = find_member(fake, ask)
    ask.need()
    ask.one_of("status", STATUSES - {"transactional"})
    change_member(fake, audience, member, ask.body, skip=ask.flag("skip_merge_validation"))
    return draw_member(audience, member)


@route("DELETE", ONE)
def archive_member(fake: Any, ask: Ask) -> None:
    audience, member = find_member(fake, ask)
    if member.status == "archived":
        raise not_allowed("This list member cannot be removed. Please contact support.")
    set_status(fake, audience, member, "archived")


@route("POST", f"{ONE}/actions/delete-permanent")
def forget_member(fake: Any, ask: Ask) -> None:
    audience = find_audience(fake, ask)
    member = audience.members.get(ask.parts["subscriber_hash"])  # of all names, the hash alone
    if not member:
        raise not_found()
    del audience.members[member.hash]
    audience.forgotten.add(member.hash)
    if member.status == "subscribed":
        fake.webhooks.tell(audience, "unsubscribe", member, by="api", action="delete", reason="manual")


@route("GET", f"{ONE}/tags")
def list_tags(fake: Any, ask: Ask) -> Any:
    audience, member = find_member(fake, ask)

    def draw(one: Any) -> dict[str, Any]:
        return {"id": one.id, "name": one.name, "date_added": iso(member.tags[one.name])}

    return page(ask.query, "tags", _tags(audience, member), draw)


@route("POST", f"{ONE}/tags")
def post_tags(fake: Any, ask: Ask) -> None:
    audience, member = find_member(fake, ask)
    ask.need("tags")
    for one in ask.body["tags"]:
        if not isinstance(one, dict) or not one.get("name") or one.get("status") not in {"active", "inactive"}:
            raise invalid(("tags", "Each needs a name, and a status of active or inactive."))
    for one in ask.body["tags"]:
        tag(audience, member, one["name"], active=one["status"] == "active")


@route("POST", "/lists/{list_id}")
def post_many(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    ask.need("members")
    if len(ask.body["members"]) > MOST:
        raise invalid(("members", f"You may only add {MOST} members per request."))
    made, changed, errors = [], [], []
    for one, fault in _without_doubles(ask.body["members"], skip=ask.flag("skip_duplicate_check")):
        try:
            if fault:
                raise fault
            member, is_new = _take(fake, audience, one, ask)
        except Problem as problem:
            known = problem.title == "Member Exists"
            errors.append({
                "email_address": str(one.get("email_address", "")),
                "error": as_line(problem),
                "error_code": "ERROR_CONTACT_EXISTS" if known else "ERROR_GENERIC",
                "field": problem.fields[0][0] if problem.fields else "",
                "field_message": problem.fields[0][1] if problem.fields else "",
            })  # fmt: skip
        else:
            (made if is_new else changed).append(draw_short(audience, member))
    return {
        "new_members": made,
        "updated_members": changed,
        "errors": errors,
        "total_created": len(made),
        "total_updated": len(changed),
        "error_count": len(errors),
        "_links": [],
    }


def _without_doubles(members: list[dict[str, Any]], *, skip: bool) -> Iterator[tuple[dict[str, Any], Problem | None]]:
    seen: set[str] = set()
    for one in members:
        address = str(one.get("email_address", "")).lower()
        is_double = address in seen and not skip
        seen.add(address)
        yield one, invalid(detail=f"{address} appears twice in this request.") if is_double else None


def _take(fake: Any, audience: Audience, one: dict[str, Any], ask: Ask) -> tuple[Member, bool]:
    if one.get("status") not in STATUSES:
        raise invalid(("status", "This value should not be blank."))
    skip = ask.flag("skip_merge_validation")
    found = audience.members.get(hash_of(str(one.get("email_address", ""))))
    if not found or found.status == "archived" or not ask.body.get("update_existing"):
        return add_member(fake, audience, one, one["status"], skip=skip), True
    change_member(fake, audience, found, one, skip=skip)
    names = one.get("tags") or []
    if ask.body.get("sync_tags"):
        for name in set(found.tags) - set(names):
            tag(audience, found, name, active=False)
    for name in names:
        tag(audience, found, name)
    return found, False
