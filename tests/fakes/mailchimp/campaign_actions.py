"""What one does with a campaign: test, send, schedule, take back, copy. All but the copy are answered with 204."""

from typing import Any

from tests.fakes.mailchimp.campaigns import ONE, checklist, draw_campaign, find_campaign
from tests.fakes.mailchimp.problems import Problem, invalid, wrong_state
from tests.fakes.mailchimp.routes import Ask, route
from tests.fakes.mailchimp.selecting import now, read_time
from tests.fakes.mailchimp.sending import begin, recipients_of, tick
from tests.fakes.mailchimp.state import Campaign, make_id

NOT_READY = "Your Campaign is not ready to send."
QUARTERS = {0, 15, 30, 45}


def _ready(fake: Any, ask: Ask, words: str) -> Campaign:
    """The campaign of the path if it is a draft that can go out."""
    tick(fake)
    campaign = find_campaign(fake, ask)
    if campaign.status != "save" or any(kind == "error" for kind, _, _ in checklist(fake, campaign)):
        raise wrong_state(words)
    return campaign


@route("POST", f"{ONE}/actions/send")
def send(fake: Any, ask: Ask) -> None:
    campaign = _ready(fake, ask, NOT_READY)
    begin(fake, campaign, [one.hash for one in recipients_of(fake, campaign)])


@route("POST", f"{ONE}/actions/schedule")
def schedule(fake: Any, ask: Ask) -> None:
    ask.need("schedule_time")
    moment = read_time(ask.body["schedule_time"], "schedule_time")
    if moment.minute not in QUARTERS or moment.second or moment.microsecond:
        raise invalid(("schedule_time", "Campaigns may only be scheduled on the quarter-hour."))
    campaign = _ready(fake, ask, "This campaign cannot be scheduled: .")
    if moment <= now() or fake.plan == "forever_free":
        raise wrong_state("This campaign cannot be scheduled: .")
    campaign.status, campaign.send_at = "schedule", moment


@route("POST", f"{ONE}/actions/unschedule")
def unschedule(fake: Any, ask: Ask) -> None:
    tick(fake)
    campaign = find_campaign(fake, ask)
    if campaign.status != "schedule":
        raise wrong_state("This campaign is not scheduled.")
    campaign.status, campaign.send_at = "save", None


@route("POST", f"{ONE}/actions/cancel-send")
def cancel(fake: Any, ask: Ask) -> None:
    tick(fake)
    campaign = find_campaign(fake, ask)
    if not fake.pro:
        raise Problem(403, "Forbidden", "Your plan does not include canceling a campaign.")
    if campaign.status != "sending":
        raise wrong_state("This campaign is not sending.")
    campaign.status, campaign.looks = "canceling", 0
    campaign.canceled, campaign.waiting = len(campaign.waiting), []


@route("POST", f"{ONE}/actions/test")
def test(fake: Any, ask: Ask) -> None:
    campaign = find_campaign(fake, ask)
    ask.need("test_emails", "send_type")
    ask.one_of("send_type", {"html", "plaintext"})
    if not campaign.html:
        raise wrong_state("Your Campaign has no content.")
    fake.tests_sent += [(campaign.id, address) for address in ask.body["test_emails"]]


@route("POST", f"{ONE}/actions/replicate")
def replicate(fake: Any, ask: Ask) -> Any:
    old = find_campaign(fake, ask)
    title = f"{old.settings.get('title', '')} (copy 01)".strip()
    copy = Campaign(make_id(), old.list_id, old.type, segment_opts=old.segment_opts, html=old.html, text=old.text)
    copy.settings, copy.tracking = {**old.settings, "title": title}, dict(old.tracking)
    fake.campaigns[copy.id] = copy
    shown = draw_campaign(fake, copy)
    del shown["recipients"]["list_is_active"]  # which this answer alone does not have
    return shown


@route("POST", f"{ONE}/actions/pause")
def pause(_fake: Any, _ask: Ask) -> None:
    raise wrong_state("Only RSS campaigns can be paused.")


@route("POST", f"{ONE}/actions/resume")
def resume(_fake: Any, _ask: Ask) -> None:
    raise wrong_state("Only RSS campaigns can be resumed.")
