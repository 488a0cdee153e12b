"""The page for developers: what the account holds, and buttons that do what its contacts would do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from django.template import Context, Engine

from tests.fakes.mailchimp.audiences import counts
from tests.fakes.mailchimp.campaigns import summary
from tests.fakes.mailchimp.faults import ALL
from tests.fakes.mailchimp.sending import tick
from tests.fakes.mailchimp.state import Audience, Campaign, Member

SHOWN = 100
ACTS: dict[str, list[tuple[str, str]]] = {
    "pending": [("confirm", "Confirm")],
    "subscribed": [("unsubscribe", "Unsubscribe"), ("bounce", "Bounce"), ("complain", "Complain")],
}
PAST = {
    "confirm": "{} confirmed.",
    "unsubscribe": "{} unsubscribed.",
    "bounce": "Mail to {} bounced: the contact is cleaned.",
    "complain": "{} complained.",
    "sign_up": "{} signed up on the hosted form.",
}


def answer(fake: Any, path: str, query: str, raw: bytes, origin: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers for whatever is not below /3.0."""
    kind = {"Content-Type": "text/html; charset=utf-8"}
    name = path.rpartition("/")[2]
    if batch := fake.batches.get(name.removesuffix(".tar.gz")):
        return 200, batch.archive, {"Content-Type": "application/x-gzip"}
    if path.startswith("/archive/") and name in fake.campaigns:
        words = fake.campaigns[name].html or "<p>This campaign has no content yet.</p>"
        return 200, words.encode(), {**kind, "Content-Security-Policy": "sandbox"}
    if path == "/act" and raw:
        if origin not in ("", fake.site):
            return 403, b"From this page only.", {"Content-Type": "text/plain"}
        said = urlencode(_act(fake, dict(parse_qsl(raw.decode()))))
        return 303, b"", {"Location": f"/?{said}"}
    if path == "/" or path.startswith("/subscribe/"):
        said = {key: values[0] for key, values in parse_qs(query).items() if key in {"done", "fault"}}
        return 200, draw(fake, said).encode(), kind
    return 404, b"Nothing here. The API is below /3.0, the page for developers at /.", {"Content-Type": "text/plain"}


def _act(fake: Any, form: dict[str, str]) -> dict[str, str]:
    """Do what a button says; what to say of it."""
    do, address = form.get("do", ""), form.get("address", "")
    try:
        if do in PAST:
            getattr(fake.contacts, do)(address, fake.audiences[form["audience"]])
            return {"done": PAST[do].format(address)}
        return {"done": _OTHERS[do](fake, form)}
    except (LookupError, ValueError) as error:
        return {"fault": f"That did not work: {error}. Load the page anew and try again."}


def _order(fake: Any, form: dict[str, str]) -> str:
    fake.faults.order(form["fault"])
    return f"The next call meets: {form['fault']}."


def _chance(fake: Any, form: dict[str, str]) -> str:
    fake.faults.at_random(min(int(form["rate"]), 100) / 100)
    return f"From now on {form['rate']} of 100 calls fail."


def _finish(fake: Any, _form: dict[str, str]) -> str:
    fake.finish()
    return "Sent."


def _read(fake: Any, form: dict[str, str]) -> str:
    campaign = fake.campaigns[form["campaign"]]
    members = fake.audiences[campaign.list_id].members
    opened = {one["hash"] for one in campaign.activity}
    reader = next((members[one] for one in campaign.got if one in members and one not in opened), None)
    if reader is None:
        return "Everybody has opened it already."
    fake.contacts.open(reader.email, campaign.id)
    fake.contacts.click(reader.email, campaign.id, "https://meadowsweet.example/")
    return f"{reader.email} opened it and followed a link."


def _again(fake: Any, _form: dict[str, str]) -> str:
    status = fake.webhooks.post(fake.webhooks.made[-1], fake.webhooks.via)
    return f"Delivered again, answered with {status or 'nothing'}."


_OTHERS: dict[str, Callable[[Any, dict[str, str]], str]] = {
    "order": _order,
    "chance": _chance,
    "finish": _finish,
    "read": _read,
    "again": _again,
}


def draw(fake: Any, said: dict[str, str]) -> str:
    """The page."""
    with fake.lock:
        tick(fake)
        calls = [{**vars(one), "is_bad": one.status >= 400 or not one.status} for one in fake.calls[-30:]]
        shown = {
            **said,
            "variables": fake.variables,
            "faults": ALL,
            "rate": round(fake.faults.rate * 100),
            "audiences": [_audience(one) for one in fake.audiences.values()],
            "campaigns": [_campaign(one) for one in reversed(fake.campaigns.values())],
            "events": [_event(one) for one in reversed(fake.webhooks.tried[-20:])],
            "calls": [{**one, "status": one["status"] or "none", "fault": one["fault"] or ""} for one in calls[::-1]],
            "total": len(fake.calls),
            "most": fake.most_connections,
            "violations": fake.violations[-10:],
        }
    return str(Engine().from_string(Path(__file__).with_name("page.html").read_text()).render(Context(shown)))


def _audience(audience: Audience) -> dict[str, Any]:
    number = {name: many for name, many in counts(audience).items() if many}
    newest = sorted(audience.members.values(), key=lambda one: one.changed_at, reverse=True)
    hooks = []
    for hook in audience.hooks.values():
        wanted = [", ".join(name for name, is_on in some.items() if is_on) for some in (hook.events, hook.sources)]
        hooks.append({"url": hook.url, "words": f"{wanted[0]}; done by {wanted[1]}"})
    return {
        "id": audience.id,
        "name": audience.name,
        "words": ", ".join(f"{many} {name}" for name, many in number.items()) or "no contacts",
        "members": [_member(one) for one in newest[:SHOWN]],
        "more": max(len(newest) - SHOWN, 0),
        "hooks": hooks,
    }


def _member(member: Member) -> dict[str, Any]:
    return {
        "email": member.email,
        "name": " ".join(str(member.merges[tag]) for tag in ("FNAME", "LNAME") if member.merges.get(tag)),
        "status": member.status,
        "is_out": member.status in {"unsubscribed", "cleaned"},
        "barred": member.barred and f"in a compliance state: {member.barred}",
        "tags": ", ".join(member.tags),
        "acts": [{"do": do, "words": words, "stop": do != "confirm"} for do, words in ACTS.get(member.status, [])],
    }


def _campaign(campaign: Campaign) -> dict[str, Any]:
    short = summary(campaign)
    return {
        "id": campaign.id,
        "subject": campaign.settings.get("subject_line") or "No subject yet",
        "title": campaign.settings.get("title", ""),
        "status": campaign.status,
        "at": campaign.send_at and f"{campaign.send_at:%Y-%m-%d %H:%M} UTC",
        "sent": len(campaign.got),
        "opens": short["unique_opens"],
        "clicks": short["subscriber_clicks"],
        "is_under_way": campaign.status in {"sending", "canceling"},
    }


def _event(event: Any) -> dict[str, Any]:
    fields = event.fields
    who = next((fields[f"data[{name}]"] for name in ("email", "new_email", "subject") if f"data[{name}]" in fields), "")
    answers = ", ".join(str(status or "nothing") for status in event.answers)
    is_bad = bool(event.answers) and event.answers[-1] != 200
    return {"type": event.type, "who": who, "at": fields["fired_at"], "answers": answers, "is_bad": is_bad}
