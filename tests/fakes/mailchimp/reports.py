"""Reports of sent campaigns: who got it, opened it, followed a link, left. Before it is sent they are 404."""

from collections import Counter
from typing import Any

from tests.fakes.mailchimp.audiences import find_audience
from tests.fakes.mailchimp.campaigns import draw_delivery, find_campaign, summary
from tests.fakes.mailchimp.problems import not_found
from tests.fakes.mailchimp.routes import Ask, route
from tests.fakes.mailchimp.selecting import iso, page
from tests.fakes.mailchimp.sending import tick
from tests.fakes.mailchimp.state import Audience, Campaign, Member, hash_of

ONE = "/reports/{campaign_id}"
WITH_REPORT = {"sent", "canceled"}


def _find(fake: Any, ask: Ask) -> tuple[Campaign, Audience]:
    tick(fake)
    campaign = find_campaign(fake, ask)
    if campaign.status not in WITH_REPORT:
        raise not_found()
    return campaign, fake.audiences[campaign.list_id]


def _acts(campaign: Campaign, kind: str) -> list[dict[str, Any]]:
    return [one for one in campaign.activity if one["kind"] == kind]


def _last(acts: list[dict[str, Any]], name: str) -> dict[str, str]:
    return {name: max(one["at"] for one in acts)} if acts else {}


def _draw(fake: Any, campaign: Campaign) -> dict[str, Any]:
    audience = fake.audiences[campaign.list_id]
    opens, clicks = _acts(campaign, "open"), _acts(campaign, "click")
    own = [one for one in opens if not one["proxy"]]
    sent, short = len(campaign.got), summary(campaign)
    return {
        "id": campaign.id,
        "campaign_title": campaign.settings.get("title", ""),
        "type": campaign.type,
        "list_id": audience.id,
        "list_is_active": True,
        "list_name": audience.name,
        "subject_line": campaign.settings.get("subject_line", ""),
        "preview_text": campaign.settings.get("preview_text", ""),
        "emails_sent": sent,
        "abuse_reports": len(_acts(campaign, "abuse")),
        "unsubscribed": len(_acts(campaign, "unsubscribe")),
        "send_time": iso(campaign.send_at or campaign.created_at),
        "bounces": {
            "hard_bounces": Counter(campaign.got.values())["hard"],
            "soft_bounces": Counter(campaign.got.values())["soft"],
            "syntax_errors": 0,
        },
        "forwards": {"forwards_count": 0, "forwards_opens": 0},
        "opens": {
            "opens_total": len(opens),
            "unique_opens": short["unique_opens"],
            "open_rate": short["open_rate"],
            "proxy_excluded_opens": len(own),
            "proxy_excluded_unique_opens": len({one["hash"] for one in own}),
            "proxy_excluded_open_rate": len({one["hash"] for one in own}) / (sent or 1),
            **_last(opens, "last_open"),
        },
        "clicks": {
            "clicks_total": len(clicks),
            "unique_clicks": len({(one["hash"], one["url"]) for one in clicks}),
            "unique_subscriber_clicks": short["subscriber_clicks"],
            "click_rate": short["click_rate"],
            **_last(clicks, "last_click"),
        },
        "list_stats": {"sub_rate": 0, "unsub_rate": 0, "open_rate": 0, "click_rate": 0},
        "delivery_status": draw_delivery(fake, campaign),
        "_links": [],
    }


@route("GET", "/reports")
def list_reports(fake: Any, ask: Ask) -> Any:
    tick(fake)
    found = [one for one in fake.campaigns.values() if one.status in WITH_REPORT]
    return page(ask.query, "reports", found, lambda one: _draw(fake, one))


@route("GET", ONE)
def get_report(fake: Any, ask: Ask) -> Any:
    return _draw(fake, _find(fake, ask)[0])


def _person(campaign: Campaign, audience: Audience, member: Member) -> dict[str, Any]:
    """What all these lists say of a contact."""
    return {
        "email_id": member.hash,
        "email_address": member.email,
        "list_id": audience.id,
        "list_is_active": True,
        "campaign_id": campaign.id,
        "_links": [],
    }


def _with_fields(campaign: Campaign, audience: Audience, member: Member) -> dict[str, Any]:
    merges = {one.tag: member.merges.get(one.tag, "") for one in audience.fields.values()}
    return _person(campaign, audience, member) | {"merge_fields": merges, "vip": member.vip}


def _listed(ask: Ask, name: str, place: tuple[Campaign, Audience], hashes: list[str], draw: Any) -> Any:
    """A page of those contacts, each drawn from the contact and its hash; who was deleted since is left out."""
    campaign, audience = place
    people = [(audience.members[one], one) for one in hashes if one in audience.members]
    return page(ask.query, name, people, lambda pair: draw(*pair)) | {"campaign_id": campaign.id}


@route("GET", f"{ONE}/sent-to")
def list_sent(fake: Any, ask: Ask) -> Any:
    campaign, audience = _find(fake, ask)
    opened = Counter(one["hash"] for one in _acts(campaign, "open"))

    def draw(member: Member, one: str) -> dict[str, Any]:
        more = {"status": campaign.got[one], "open_count": opened[one], "gmt_offset": 0}
        mine = [act for act in _acts(campaign, "open") if act["hash"] == one]
        return _with_fields(campaign, audience, member) | more | _last(mine, "last_open")

    return _listed(ask, "sent_to", (campaign, audience), list(campaign.got), draw)


@route("GET", f"{ONE}/open-details")
def list_opens(fake: Any, ask: Ask) -> Any:
    campaign, audience = _find(fake, ask)
    acts = _acts(campaign, "open")

    def draw(member: Member, one: str) -> dict[str, Any]:
        mine = [act for act in acts if act["hash"] == one]
        return _with_fields(campaign, audience, member) | {
            "contact_status": member.status,
            "opens_count": len(mine),
            "proxy_excluded_opens_count": sum(not act["proxy"] for act in mine),
            "opens": [{"timestamp": act["at"], "is_proxy_open": act["proxy"]} for act in mine],
        }

    shown = _listed(ask, "members", (campaign, audience), list(dict.fromkeys(one["hash"] for one in acts)), draw)
    own = sum(not one["proxy"] for one in acts)
    return shown | {"total_opens": len(acts), "total_proxy_excluded_opens": own}


@route("GET", f"{ONE}/click-details")
def list_clicks(fake: Any, ask: Ask) -> Any:
    campaign, _ = _find(fake, ask)
    acts = _acts(campaign, "click")

    def draw(url: str) -> dict[str, Any]:
        mine = [one for one in acts if one["url"] == url]
        readers = {one["hash"] for one in mine}
        return {
            "id": hash_of(url)[:10],
            "url": url,
            "total_clicks": len(mine),
            "click_percentage": len(mine) / len(acts),
            "unique_clicks": len(readers),
            "unique_click_percentage": len(readers) / len({one["hash"] for one in acts}),
            "campaign_id": campaign.id,
            "_links": [],
            **_last(mine, "last_click"),
        }

    urls = list(dict.fromkeys(one["url"] for one in acts))
    return page(ask.query, "urls_clicked", urls, draw) | {"campaign_id": campaign.id}


@route("GET", f"{ONE}/unsubscribed")
def list_unsubscribed(fake: Any, ask: Ask) -> Any:
    campaign, audience = _find(fake, ask)
    left = {one["hash"]: one["at"] for one in campaign.activity if one["kind"] in {"unsubscribe", "abuse"}}

    def draw(member: Member, one: str) -> dict[str, Any]:
        return _with_fields(campaign, audience, member) | {"timestamp": left[one], "reason": member.reason}

    return _listed(ask, "unsubscribes", (campaign, audience), list(left), draw)


@route("GET", f"{ONE}/email-activity")
def list_activity(fake: Any, ask: Ask) -> Any:
    campaign, audience = _find(fake, ask)

    def draw(member: Member, one: str) -> dict[str, Any]:
        acts = [act for act in campaign.activity if act["hash"] == one and act["kind"] in {"open", "click"}]
        shown = [
            {"action": act["kind"], "timestamp": act["at"], "ip": "203.0.113.7", "url": act.get("url", "")}
            for act in acts
        ]
        if campaign.got[one] != "sent":
            at = iso(campaign.send_at or campaign.created_at)
            shown.append({"action": "bounce", "type": campaign.got[one], "timestamp": at})
        return _person(campaign, audience, member) | {"activity": shown}

    return _listed(ask, "emails", (campaign, audience), list(campaign.got), draw)


@route("GET", f"{ONE}/domain-performance")
def list_domains(fake: Any, ask: Ask) -> Any:
    campaign, audience = _find(fake, ask)
    people = [audience.members[one] for one in campaign.got if one in audience.members]
    domains = Counter(member.email.rpartition("@")[2].lower() for member in people)
    shown = [
        {
            "domain": domain,
            "emails_sent": number,
            "delivered": number,
            "bounces": 0, "opens": 0, "clicks": 0, "unsubs": 0,
            "emails_pct": number / len(people),
            "bounces_pct": 0, "opens_pct": 0, "clicks_pct": 0, "unsubs_pct": 0,
        }
        for domain, number in domains.most_common(5)
    ]  # fmt: skip
    total = {"total_sent": len(campaign.got), "total_items": len(shown), "campaign_id": campaign.id}
    return {"domains": shown, **total, "_links": []}


@route("GET", "/lists/{list_id}/abuse-reports")
def list_complaints(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)

    def draw(pair: tuple[int, dict[str, Any]]) -> dict[str, Any]:
        number, one = pair
        member = audience.members.get(one["hash"])
        return {
            "id": number,
            "campaign_id": one["campaign"],
            "list_id": audience.id,
            "email_id": one["hash"],
            "email_address": member.email if member else "",
            "date": one["at"],
            "_links": [],
        }

    shown = page(ask.query, "abuse_reports", list(enumerate(audience.complaints, 1)), draw)
    return shown | {"list_id": audience.id}
