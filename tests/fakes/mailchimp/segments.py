"""Tags, which are static segments, and saved segments, whose conditions are kept and not understood."""

from typing import Any

from tests.fakes.mailchimp.audiences import find_audience
from tests.fakes.mailchimp.changing import tag
from tests.fakes.mailchimp.members import draw_member, draw_short, find_member
from tests.fakes.mailchimp.problems import invalid, not_found
from tests.fakes.mailchimp.routes import Ask, route
from tests.fakes.mailchimp.selecting import iso, now, page
from tests.fakes.mailchimp.state import Audience, Member, Segment

ALL, ONE = "/lists/{list_id}/segments", "/lists/{list_id}/segments/{segment_id}"
UNSHOWN = {"contact_id", "tags", "tags_count", "web_id", "source", "unsubscribe_reason"}
UNSHOWN |= {"consents_to_one_to_one_messaging"}


def _find(audience: Audience, ask: Ask) -> Segment:
    name = ask.parts["segment_id"]
    if name.isdigit() and (found := audience.segments.get(int(name))):
        return found
    raise not_found()


def members_of(audience: Audience, segment: Segment, query: dict[str, str] | None = None) -> list[Member]:
    """Who is in it: subscribed ones, and others if the query wants them."""
    wanted = {"subscribed"} | {
        status
        for status in ("cleaned", "transactional", "unsubscribed")
        if (query or {}).get(f"include_{status}") == "true"
    }
    return [one for one in audience.tagged(segment) if one.status in wanted]


def _draw(audience: Audience, segment: Segment, query: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "id": segment.id,
        "name": segment.name,
        "member_count": len(members_of(audience, segment, query)),
        "type": segment.type,
        "created_at": iso(segment.created_at),
        "updated_at": iso(segment.updated_at),
        "options": segment.options or {"match": "all", "conditions": []},
        "list_id": audience.id,
        "_links": [],
    }


def draw_in_segment(audience: Audience, member: Member) -> dict[str, Any]:
    """A contact as the answers about segments show it."""
    return {name: value for name, value in draw_member(audience, member).items() if name not in UNSHOWN}


@route("GET", ALL)
def list_segments(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    found = [one for one in audience.segments.values() if ask.query.get("type", one.type) == one.type]
    return page(ask.query, "segments", found, lambda one: _draw(audience, one, ask.query)) | {"list_id": audience.id}


@route("POST", ALL)
def add_segment(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    ask.need("name")
    if audience.segment_named(ask.body["name"]):
        raise invalid(("name", "Sorry, that tag already exists."))
    if ("static_segment" in ask.body) == ("options" in ask.body):
        raise invalid(("", "Give either options or static_segment."))
    segment = audience.segment_named(ask.body["name"], make=True)
    if segment and "options" in ask.body:
        segment.type, segment.options = "saved", ask.body["options"]
    _put(audience, segment, ask.body.get("static_segment", []), active=True)
    return _draw(audience, segment)  # type: ignore[arg-type]


@route("GET", ONE)
def get_segment(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    return _draw(audience, _find(audience, ask), ask.query)


@route("PATCH", ONE)
def change_segment(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    segment = _find(audience, ask)
    ask.need("name")
    for member in audience.tagged(segment):
        member.tags[ask.body["name"]] = member.tags.pop(segment.name)
    segment.name, segment.updated_at = ask.body["name"], now()
    if "static_segment" in ask.body:  # takes the place of whoever is in it
        for member in audience.tagged(segment):
            tag(audience, member, segment.name, active=False)
        _put(audience, segment, ask.body["static_segment"], active=True)
    return _draw(audience, segment)


@route("DELETE", ONE)
def remove_segment(fake: Any, ask: Ask) -> None:
    audience = find_audience(fake, ask)
    segment = _find(audience, ask)
    for member in audience.tagged(segment):
        member.tags.pop(segment.name)
    del audience.segments[segment.id]


@route("POST", ONE)
def change_many(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    segment = _find(audience, ask)
    ask.need()
    added, strangers = _put(audience, segment, ask.body.get("members_to_add", []), active=True)
    removed, others = _put(audience, segment, ask.body.get("members_to_remove", []), active=False)
    errors = []
    if strangers + others:
        words = "Email addresses do not exist on the list"
        errors.append({"email_addresses": strangers + others, "error": words})
    return {
        "members_added": [draw_short(audience, one) for one in added],
        "members_removed": [draw_short(audience, one) for one in removed],
        "total_added": len(added),
        "total_removed": len(removed),
        "error_count": len(errors),
        "errors": errors,
        "_links": [],
    }


def _put(
    audience: Audience, segment: Segment | None, names: list[str], *, active: bool
) -> tuple[list[Member], list[str]]:
    """Tag those who are on the list; they, and the names of the others."""
    done, strangers = [], []
    for name in names:
        member = audience.find(name)
        if member and segment and member.status != "archived":
            tag(audience, member, segment.name, active=active)
            done.append(member)
        else:
            strangers.append(name)
    return done, strangers


@route("GET", f"{ONE}/members")
def list_in_segment(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    found = members_of(audience, _find(audience, ask), ask.query)
    return page(ask.query, "members", found, lambda one: draw_in_segment(audience, one))


@route("POST", f"{ONE}/members")
def add_to_segment(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    segment = _find(audience, ask)
    ask.need("email_address")
    member = audience.find(ask.body["email_address"])
    if not member or member.status == "archived":
        raise not_found()
    tag(audience, member, segment.name)
    return draw_in_segment(audience, member)


@route("DELETE", f"{ONE}/members/{{subscriber_hash}}")
def remove_from_segment(fake: Any, ask: Ask) -> None:
    audience, member = find_member(fake, ask)
    tag(audience, member, _find(audience, ask).name, active=False)


@route("GET", "/lists/{list_id}/tag-search")
def search_tags(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    begin = ask.query.get("name", "").lower()
    found = [one for one in audience.segments.values() if one.type == "static" and one.name.lower().startswith(begin)]
    return {"tags": [{"id": one.id, "name": one.name} for one in found], "total_items": len(found)}


@route("GET", "/search-members")
def search_members(fake: Any, ask: Ask) -> Any:
    wanted, only = ask.query.get("query", "").lower(), ask.query.get("list_id")
    everybody = [
        (audience, one)
        for audience in fake.audiences.values()
        if only in (None, audience.id)
        for one in audience.members.values()
        if one.status != "archived"
    ]
    exact = [draw_member(*pair) for pair in everybody if pair[1].email.lower() == wanted]
    partial = [draw_member(*pair) for pair in everybody if wanted in pair[1].email.lower() != wanted]
    found = {"exact_matches": exact, "full_search": exact + partial}
    return {name: {"members": some, "total_items": len(some)} for name, some in found.items()} | {"_links": []}
