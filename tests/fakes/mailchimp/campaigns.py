"""Campaigns: made, filled, looked over. What sends them is in sending.py."""

import html
import re
from typing import Any

from tests.fakes.mailchimp.problems import invalid, not_found, wrong_state
from tests.fakes.mailchimp.routes import Ask, route
from tests.fakes.mailchimp.selecting import iso, page, read_time
from tests.fakes.mailchimp.sending import look, recipients_of, tick
from tests.fakes.mailchimp.state import Campaign, make_id

ONE = "/campaigns/{campaign_id}"
TYPES = {"regular", "plaintext", "absplit", "rss", "variate"}
ADDRESS_TAGS = ("*|LIST:ADDRESSLINE|*", "*|HTML:LIST_ADDRESS_HTML|*", "*|LIST:ADDRESS|*")


def find_campaign(fake: Any, ask: Ask) -> Campaign:
    """The campaign of the path, or 404."""
    if campaign := fake.campaigns.get(ask.parts["campaign_id"]):
        return campaign
    raise not_found()


def draw_campaign(fake: Any, campaign: Campaign) -> dict[str, Any]:
    """A campaign as the API shows it."""
    audience = fake.audiences[campaign.list_id]
    is_out = campaign.status not in {"save", "schedule", "paused"}
    recipients = {
        "list_id": audience.id,
        "list_is_active": True,
        "list_name": audience.name,
        "segment_text": "",
        "recipient_count": len(campaign.got) + len(campaign.waiting) if is_out else len(recipients_of(fake, campaign)),
    }
    if campaign.segment_opts:
        recipients["segment_opts"] = campaign.segment_opts
    shown = {
        "id": campaign.id,
        "web_id": campaign.web_id,
        "type": campaign.type,
        "create_time": iso(campaign.created_at),
        "archive_url": f"{fake.site}/archive/{campaign.id}",
        "long_archive_url": f"{fake.site}/archive/{campaign.id}",
        "status": campaign.status,
        "emails_sent": len(campaign.got),
        "content_type": "html" if campaign.html else "template",
        "needs_block_refresh": False,
        "resendable": campaign.status == "sent",
        "recipients": recipients,
        "settings": {"title": "", "use_conversation": False, "timewarp": False, **campaign.settings},
        "tracking": {"opens": True, "html_clicks": True, "text_clicks": False, **campaign.tracking},
        "delivery_status": draw_delivery(fake, campaign),
        "_links": [],
    }
    if campaign.send_at:
        shown["send_time"] = iso(campaign.send_at)
    if campaign.status == "sent":
        shown["report_summary"] = summary(campaign)
    return shown


def draw_delivery(fake: Any, campaign: Campaign) -> dict[str, Any]:
    """How far the sending is."""
    words = {"sending": "delivering", "sent": "delivered", "canceling": "canceling", "canceled": "canceled"}
    shown: dict[str, Any] = {"enabled": campaign.status in words}
    if campaign.status in words:
        shown |= {
            "status": words[campaign.status],
            "can_cancel": fake.pro and campaign.status == "sending",
            "emails_sent": len(campaign.got),
            "emails_canceled": campaign.canceled,
        }
    return shown


def summary(campaign: Campaign) -> dict[str, Any]:
    """Opens and clicks in short."""
    opens = [one for one in campaign.activity if one["kind"] == "open"]
    clicks = [one for one in campaign.activity if one["kind"] == "click"]
    sent = len(campaign.got) or 1
    return {
        "opens": len(opens),
        "unique_opens": len({one["hash"] for one in opens}),
        "open_rate": len({one["hash"] for one in opens}) / sent,
        "clicks": len(clicks),
        "subscriber_clicks": len({one["hash"] for one in clicks}),
        "click_rate": len({one["hash"] for one in clicks}) / sent,
    }


@route("GET", "/campaigns")
def list_campaigns(fake: Any, ask: Ask) -> Any:
    tick(fake)
    found = list(fake.campaigns.values())
    for name in ("type", "status", "list_id"):
        if wanted := ask.query.get(name):
            found = [one for one in found if getattr(one, name) == wanted]
    for name, own in (("create_time", "created_at"), ("send_time", "send_at")):
        if since := ask.query.get(f"since_{name}"):
            moment = read_time(since, f"since_{name}")
            found = [one for one in found if getattr(one, own) and getattr(one, own) > moment]
        if before := ask.query.get(f"before_{name}"):
            moment = read_time(before, f"before_{name}")
            found = [one for one in found if getattr(one, own) and getattr(one, own) < moment]
    found.sort(key=lambda one: str(one.created_at), reverse=ask.query.get("sort_dir") != "ASC")
    return page(ask.query, "campaigns", found, lambda one: draw_campaign(fake, one))


@route("POST", "/campaigns")
def add_campaign(fake: Any, ask: Ask) -> Any:
    ask.need("type")
    ask.one_of("type", TYPES)
    campaign = Campaign(make_id(), "", ask.body["type"])
    _write(fake, campaign, ask.body)
    fake.campaigns[campaign.id] = campaign
    return draw_campaign(fake, campaign)


def _write(fake: Any, campaign: Campaign, body: dict[str, Any]) -> None:
    recipients = body.get("recipients") or {"list_id": campaign.list_id or next(iter(fake.audiences))}
    audience = fake.audiences.get(recipients.get("list_id"))
    if not audience:
        raise invalid(("recipients.list_id", "The list was not found."))
    options = recipients.get("segment_opts")
    wanted = (options or {}).get("saved_segment_id")
    if wanted is not None and wanted not in audience.segments:
        raise invalid(("recipients.segment_opts.saved_segment_id", "The segment was not found."))
    subject = (body.get("settings") or {}).get("subject_line", "")
    if len(subject) > 150:
        raise invalid(("settings.subject_line", "This value is too long. It should have 150 characters or less."))
    campaign.list_id = audience.id
    if "recipients" in body:
        campaign.segment_opts = options
    campaign.settings |= body.get("settings") or {}
    campaign.tracking |= body.get("tracking") or {}


@route("GET", ONE)
def get_campaign(fake: Any, ask: Ask) -> Any:
    campaign = find_campaign(fake, ask)
    tick(fake)
    look(fake, campaign)
    return draw_campaign(fake, campaign)


def _only_draft(campaign: Campaign) -> Campaign:
    if campaign.status != "save":
        raise wrong_state(f"This campaign cannot be changed: it is {campaign.status}.")
    return campaign


@route("PATCH", ONE)
def change_campaign(fake: Any, ask: Ask) -> Any:
    campaign = find_campaign(fake, ask)
    ask.need()
    tick(fake)
    _write(fake, _only_draft(campaign), ask.body)
    return draw_campaign(fake, campaign)


@route("DELETE", ONE)
def remove_campaign(fake: Any, ask: Ask) -> None:
    campaign = find_campaign(fake, ask)
    tick(fake)
    if campaign.status in {"sending", "schedule", "canceling"}:
        raise wrong_state(f"This campaign cannot be deleted: it is {campaign.status}.")
    del fake.campaigns[campaign.id]


def _draw_content(campaign: Campaign) -> dict[str, Any]:
    footer = "" if "*|UNSUB|*" in campaign.html else '<hr><p style="color: grey">*|UNSUB|* *|LIST:ADDRESSLINE|*</p>'
    shown = {"html": campaign.html, "plain_text": campaign.text, "archive_html": campaign.html + footer}
    return {**shown, "_links": []}


@route("GET", f"{ONE}/content")
def get_content(fake: Any, ask: Ask) -> Any:
    return _draw_content(find_campaign(fake, ask))


@route("PUT", f"{ONE}/content")
def put_content(fake: Any, ask: Ask) -> Any:
    campaign = find_campaign(fake, ask)
    ask.need()
    tick(fake)
    _only_draft(campaign)
    campaign.html = ask.body.get("html", campaign.html)
    plain = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", campaign.html))).strip()
    campaign.text = ask.body.get("plain_text") or plain
    return _draw_content(campaign)


@route("GET", f"{ONE}/send-checklist")
def get_checklist(fake: Any, ask: Ask) -> Any:
    items = checklist(fake, find_campaign(fake, ask))
    numbered = [
        {"id": 500 + number, "type": kind, "heading": heading, "details": details}
        for number, (kind, heading, details) in enumerate(items)
    ]
    return {"is_ready": all(kind != "error" for kind, _, _ in items), "items": numbered, "_links": []}


def checklist(fake: Any, campaign: Campaign) -> list[tuple[str, str, str]]:
    """What speaks against sending, and what is in order: kind, heading, details."""
    number = len(recipients_of(fake, campaign))
    settings = campaign.settings
    domain = str(settings.get("reply_to", "")).rpartition("@")[2].lower()
    is_verified = domain in fake.verified_domains
    sender = f"{settings.get('from_name')} <{settings.get('reply_to')}>"
    no_domain = f"Verify the domain {domain} before you send, or use another address."
    has_sender = bool(settings.get("from_name") and domain)
    checks = [
        (number > 0, "List", f"{number} recipients", "error", "Nobody in this audience would get it."),
        (bool(settings.get("subject_line")), "Subject", settings.get("subject_line", ""), "error", "Give a subject."),
        (has_sender, "From", sender, "error", "Give a name and an address of the sender."),
        (is_verified, "Domain", f"{domain} is verified.", "error", no_domain),
        (bool(campaign.html), "HTML Email", "Looks good.", "error", "Design your email before you send."),
        ("*|UNSUB|*" in campaign.html, "Unsubscribe", "Looks good.", "warning", "A footer will be added."),
        (any(tag in campaign.html for tag in ADDRESS_TAGS), "Address", "Looks good.", "warning", "No postal address."),
    ]
    return [
        ("success", heading, good) if is_good else (kind, heading, bad) for is_good, heading, good, kind, bad in checks
    ]


@route("GET", "/verified-domains")
def list_domains(fake: Any, _ask: Ask) -> Any:
    shown = [_draw_domain(name) for name in sorted(fake.verified_domains)]
    return {"domains": shown, "total_items": len(shown)}


@route("GET", "/verified-domains/{domain_name}")
def get_domain(fake: Any, ask: Ask) -> Any:
    if ask.parts["domain_name"] not in fake.verified_domains:
        raise not_found()
    return _draw_domain(ask.parts["domain_name"])


def _draw_domain(name: str) -> dict[str, Any]:
    return {
        "domain": name,
        "verified": True,
        "authenticated": True,
        "verification_email": f"postmaster@{name}",
        "verification_sent": "2026-01-01T00:00:00+00:00",
    }
