"""Ping, the account and its audiences, with their merge fields."""

import re
from typing import Any

from tests.fakes.mailchimp.problems import Problem, invalid, not_found
from tests.fakes.mailchimp.routes import Ask, route
from tests.fakes.mailchimp.selecting import iso, now, page, read_time
from tests.fakes.mailchimp.state import Audience, MergeField, make_id

KINDS = {"text", "number", "address", "phone", "date", "url", "imageurl", "radio", "dropdown", "birthday", "zip"}
CONTACT = {
    "company": "Meadowsweet", "address1": "1 Mill Lane", "address2": "", "city": "Bath", "state": "Somerset",
    "zip": "BA1 1AA", "country": "GB", "phone": "",
}  # fmt: skip


@route("GET", "/ping")
def ping(_fake: Any, _ask: Ask) -> Any:
    return {"health_status": "Everything's Chimpy!"}


@route("GET", "/")
def root(fake: Any, _ask: Ask) -> Any:
    return {
        "account_id": "8d3a3db4d97663a9074efcc16",
        "account_name": fake.account_name,
        "login_id": "1001",
        "email": "owner@meadowsweet.example",
        "first_name": "Ada",
        "last_name": "Owner",
        "username": "meadowsweet",
        "role": fake.role,
        "pricing_plan_type": fake.plan,
        "pro_enabled": fake.pro,
        "account_timezone": "Europe/London",
        "account_industry": "Health",
        "member_since": "2020-01-01T00:00:00+00:00",
        "total_subscribers": sum(counts(audience)["subscribed"] for audience in fake.audiences.values()),
        "contact": {
            "company": "Meadowsweet", "addr1": "1 Mill Lane", "addr2": "", "city": "Bath", "state": "Somerset",
            "zip": "BA1 1AA", "country": "GB",
        },
        "_links": [],
    }  # fmt: skip


def counts(audience: Audience) -> dict[str, int]:
    """How many members there are of each status."""
    found = dict.fromkeys(("subscribed", "unsubscribed", "cleaned", "pending", "transactional", "archived"), 0)
    for member in audience.members.values():
        found[member.status] += 1
    return found


def find_audience(fake: Any, ask: Ask) -> Audience:
    """The audience of the path, or 404."""
    if audience := fake.audiences.get(ask.parts["list_id"]):
        return audience
    raise not_found()


def draw_audience(fake: Any, audience: Audience, *, total: bool = False) -> dict[str, Any]:
    """An audience as the API shows it."""
    number = counts(audience)
    campaigns = [one for one in fake.campaigns.values() if one.list_id == audience.id]
    stats = {
        "member_count": number["subscribed"],
        "unsubscribe_count": number["unsubscribed"],
        "cleaned_count": number["cleaned"],
        "campaign_count": len(campaigns),
        "merge_field_count": len(audience.fields),
        "member_count_since_send": 0, "unsubscribe_count_since_send": 0, "cleaned_count_since_send": 0,
        "avg_sub_rate": 0, "avg_unsub_rate": 0, "target_sub_rate": 0, "open_rate": 0, "click_rate": 0,
    }  # fmt: skip
    if total:
        stats["total_contacts"] = len(audience.members) - number["archived"]
    if sent := [one.send_at for one in campaigns if one.status == "sent" and one.send_at]:
        stats["campaign_last_sent"] = iso(max(sent))
    shown = {
        "id": audience.id,
        "web_id": audience.web_id,
        "name": audience.name,
        "contact": CONTACT,
        "permission_reminder": "You signed up on our site.",
        "use_archive_bar": True,
        "campaign_defaults": {
            "from_name": audience.from_name, "from_email": audience.from_email, "subject": "", "language": "en",
        },
        "notify_on_subscribe": "",
        "notify_on_unsubscribe": "",
        "date_created": iso(audience.created_at),
        "list_rating": 0,
        "email_type_option": False,
        "subscribe_url_short": f"{fake.site}/subscribe/{audience.id}",
        "subscribe_url_long": f"{fake.site}/subscribe/{audience.id}",
        "beamer_address": "us7-0123456789@inbound.mailchimp.example",
        "visibility": "prv",
        "double_optin": audience.double_optin,
        "has_welcome": False,
        "marketing_permissions": False,
        "modules": [],
        "stats": stats,
        "_links": [],
    }  # fmt: skip
    return shown | audience.extra


@route("GET", "/lists")
def list_audiences(fake: Any, ask: Ask) -> Any:
    found = list(fake.audiences.values())
    if email := ask.query.get("email"):
        found = [one for one in found if one.find(email)]
    if since := ask.query.get("since_date_created"):
        found = [one for one in found if one.created_at > read_time(since, "since_date_created")]
    total = ask.flag("include_total_contacts")
    shown = page(ask.query, "lists", found, lambda one: draw_audience(fake, one, total=total))
    return shown | {"constraints": {"may_create": True, "max_instances": 5, "current_total_instances": len(found)}}


@route("GET", "/lists/{list_id}")
def get_audience(fake: Any, ask: Ask) -> Any:
    return draw_audience(fake, find_audience(fake, ask), total=ask.flag("include_total_contacts"))


@route("POST", "/lists")
def add_audience(fake: Any, ask: Ask) -> Any:
    ask.need("name", "contact", "permission_reminder", "campaign_defaults")
    return draw_audience(fake, _write(fake.add_audience(ask.body["name"]), ask.body))


@route("PATCH", "/lists/{list_id}")
def change_audience(fake: Any, ask: Ask) -> Any:
    ask.need()
    return draw_audience(fake, _write(find_audience(fake, ask), ask.body))


def _write(audience: Audience, body: dict[str, Any]) -> Audience:
    audience.name = body.get("name", audience.name)
    audience.double_optin = bool(body.get("double_optin", audience.double_optin))
    known = ("contact", "permission_reminder", "use_archive_bar", "campaign_defaults", "email_type_option")
    audience.extra |= {name: body[name] for name in known if name in body}
    return audience


def draw_field(audience: Audience, one: MergeField) -> dict[str, Any]:
    """A merge field as the API shows it."""
    shown = {name: value for name, value in vars(one).items() if name != "options"}
    return {**shown, "options": one.options, "list_id": audience.id, "_links": []}


@route("GET", "/lists/{list_id}/merge-fields")
def list_fields(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    found = [one for one in audience.fields.values() if ask.query.get("type", one.type) == one.type]
    if "required" in ask.query:
        found = [one for one in found if one.required == ask.flag("required")]
    return page(ask.query, "merge_fields", found, lambda one: draw_field(audience, one)) | {"list_id": audience.id}


def _find_field(audience: Audience, ask: Ask) -> MergeField:
    name = ask.parts["merge_id"]
    if name.isdigit() and (found := audience.fields.get(int(name))):
        return found
    raise not_found()


def _checked_tag(audience: Audience, tag: str, own: MergeField | None = None) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,9}", tag.upper()):
        raise invalid(("tag", "A merge tag has at most 10 characters: letters, digits, underscores."))
    if ((found := audience.field_of(tag.upper())) and found is not own) or tag.upper() == "EMAIL":
        raise Problem(400, "Bad Request", f'A Merge Field with the tag "{tag.upper()}" already exists for this list.')
    return tag.upper()


@route("POST", "/lists/{list_id}/merge-fields")
def add_field(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    ask.need("name", "type")
    ask.one_of("type", KINDS)
    tag = _checked_tag(audience, ask.body.get("tag") or f"MMERGE{max(audience.fields, default=0) + 1}")
    known = ("type", "required", "default_value", "public", "help_text", "options")
    more = {name: ask.body[name] for name in known if name in ask.body}
    return draw_field(audience, audience.add_field(tag, ask.body["name"], **more))


@route("GET", "/lists/{list_id}/merge-fields/{merge_id}")
def get_field(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    return draw_field(audience, _find_field(audience, ask))


@route("PATCH", "/lists/{list_id}/merge-fields/{merge_id}")
def change_field(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    found = _find_field(audience, ask)
    ask.need("name")
    if tag := ask.body.get("tag"):
        old, found.tag = found.tag, _checked_tag(audience, tag, found)
        for member in audience.members.values():
            if old in member.merges:
                member.merges[found.tag] = member.merges.pop(old)
    for name in ("name", "required", "default_value", "public", "display_order", "help_text", "options"):
        setattr(found, name, ask.body.get(name, getattr(found, name)))
    return draw_field(audience, found)


@route("DELETE", "/lists/{list_id}/merge-fields/{merge_id}")
def remove_field(fake: Any, ask: Ask) -> None:
    audience = find_audience(fake, ask)
    found = _find_field(audience, ask)
    del audience.fields[found.merge_id]
    for member in audience.members.values():
        if member.merges.pop(found.tag, None) is not None:
            member.changed_at = now()


def make_audience(name: str, **more: Any) -> Audience:
    """A new audience with Mailchimp's first fields."""
    return Audience(make_id(), name, **more)
