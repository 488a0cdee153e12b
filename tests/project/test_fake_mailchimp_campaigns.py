"""Campaigns of the stand-in for Mailchimp: draft, scheduled, sending, sent; a report only then; batches of calls."""

import io
import json
import tarfile
from typing import Any

import pytest
import requests
from mailchimp_marketing.api_client import ApiClientError

from tests.fakes.mailchimp import FakeMailchimp
from tests.fakes.mailchimp.state import Audience, hash_of
from tests.project.test_fake_mailchimp import ZOE, audience, client, client_of, refusal

__all__ = ["audience", "client"]
HTML = '<p>Hello *|FNAME|*, <a href="*|UNSUB|*">leave</a> *|LIST:ADDRESSLINE|*</p>'
SETTINGS = {"subject_line": "December", "from_name": "Ada", "reply_to": "news@meadowsweet.example", "title": "Issue 12"}
WRONG_STATE = (400, "Bad Request")


@pytest.fixture
def readers(mailchimp: FakeMailchimp) -> list[str]:
    """Three who are subscribed, and one of each other kind."""
    addresses = [ZOE, "joan@reader.example", "ann@reader.example"]
    for address in addresses:
        mailchimp.add_member(address)
    for status in ("unsubscribed", "cleaned", "pending", "archived", "transactional"):
        mailchimp.add_member(f"{status}@reader.example", status)
    return addresses


def draft(client: Any, audience: Audience, *, html: str = HTML, **options: Any) -> str:
    recipients = {"list_id": audience.id, **options}
    body = {"type": "regular", "recipients": recipients, "settings": SETTINGS}
    campaign = client.campaigns.create(body)["id"]
    if html:
        assert client.campaigns.set_content(campaign, {"html": html})["html"] == html
    return campaign


def test_a_campaign_goes_once_to_whoever_is_subscribed(
    mailchimp: FakeMailchimp, client: Any, audience: Audience, readers: list[str]
) -> None:
    campaign = draft(client, audience)
    assert refusal(lambda: client.reports.get_campaign_report(campaign)) == (404, "Resource Not Found")
    assert client.campaigns.get_send_checklist(campaign)["is_ready"] is True
    assert client.campaigns.send(campaign).status_code == 204
    assert client.campaigns.get(campaign)["status"] == "sending"
    assert refusal(lambda: client.reports.get_campaign_report(campaign)) == (404, "Resource Not Found")
    assert refusal(lambda: client.campaigns.send(campaign)) == WRONG_STATE
    assert refusal(lambda: client.campaigns.set_content(campaign, {"html": "x"})) == WRONG_STATE
    done = client.campaigns.get(campaign)
    assert (done["status"], done["emails_sent"], done["recipients"]["recipient_count"]) == ("sent", 3, 3)
    assert refusal(lambda: client.campaigns.send(campaign)) == WRONG_STATE
    assert sorted(mailchimp.sent) == sorted((campaign, address) for address in readers)
    assert set(mailchimp.copies().values()) == {1}
    assert client.campaigns.list(status="sent", list_id=audience.id)["total_items"] == 1


def test_one_tag_of_an_audience_can_be_meant(
    mailchimp: FakeMailchimp, client: Any, audience: Audience, readers: list[str]
) -> None:
    tags = {"tags": [{"name": "Sleep", "status": "active"}]}
    client.lists.update_list_member_tags(audience.id, hash_of(ZOE), tags)
    client.lists.update_list_member_tags(audience.id, hash_of("pending@reader.example"), tags)
    [tag] = client.lists.list_segments(audience.id, type="static")["segments"]
    campaign = draft(client, audience, segment_opts={"saved_segment_id": tag["id"]})
    client.campaigns.send(campaign)
    assert mailchimp.sent == [(campaign, ZOE)]
    unknown = {"type": "regular", "recipients": {"list_id": audience.id, "segment_opts": {"saved_segment_id": 7}}}
    assert refusal(lambda: client.campaigns.create(unknown)) == (400, "Invalid Resource")


def test_what_speaks_against_sending_is_told_and_forbids_it(client: Any, audience: Audience) -> None:
    campaign = draft(client, audience, html="")
    told = client.campaigns.get_send_checklist(campaign)
    assert told["is_ready"] is False
    assert [one["heading"] for one in told["items"] if one["type"] == "error"] == ["List", "HTML Email"]
    assert refusal(lambda: client.campaigns.send(campaign)) == WRONG_STATE
    other = {"settings": {**SETTINGS, "reply_to": "news@elsewhere.example"}}
    client.campaigns.update(campaign, other)
    kinds = {one["heading"]: one["type"] for one in client.campaigns.get_send_checklist(campaign)["items"]}
    assert (kinds["Domain"], kinds["Unsubscribe"], kinds["Subject"]) == ("error", "warning", "success")
    assert client.verifiedDomains.get_domain("meadowsweet.example")["verified"] is True


@pytest.mark.usefixtures("readers")
def test_a_campaign_is_scheduled_on_the_quarter_hour_and_goes_at_its_time(
    mailchimp: FakeMailchimp, client: Any, audience: Audience, time_machine: Any
) -> None:
    time_machine.move_to("2026-12-01 10:05:00Z", tick=False)
    campaign = draft(client, audience)

    def plan(at: str) -> Any:
        return client.campaigns.schedule(campaign, {"schedule_time": at})

    assert refusal(lambda: plan("2026-12-01T10:20:00+00:00")) == (400, "Invalid Resource")
    assert refusal(lambda: plan("2026-12-01T10:00:00+00:00")) == WRONG_STATE
    assert plan("2026-12-01T10:30:00+00:00").status_code == 204
    assert client.campaigns.get(campaign)["status"] == "schedule"
    assert refusal(lambda: client.campaigns.update(campaign, {"settings": SETTINGS})) == WRONG_STATE
    assert client.campaigns.unschedule(campaign).status_code == 204
    assert refusal(lambda: client.campaigns.unschedule(campaign)) == WRONG_STATE
    plan("2026-12-01T11:30:00+01:00")
    time_machine.move_to("2026-12-01 10:30:00Z", tick=False)
    assert client.campaigns.get(campaign)["status"] == "sending"
    assert len(mailchimp.sent) == 3
    mailchimp.plan = "forever_free"
    assert refusal(
        lambda: client.campaigns.schedule(draft(client, audience), {"schedule_time": "2026-12-01T11:00:00Z"})
    )


@pytest.mark.usefixtures("readers")
def test_only_a_professional_account_cancels_what_is_sending(
    mailchimp: FakeMailchimp, client: Any, audience: Audience
) -> None:
    mailchimp.first_share, mailchimp.pro = 0.34, False
    campaign = draft(client, audience)
    assert refusal(lambda: client.campaigns.cancel_send(campaign)) == (403, "Forbidden")
    mailchimp.pro = True
    assert refusal(lambda: client.campaigns.cancel_send(campaign)) == WRONG_STATE
    client.campaigns.send(campaign)
    assert client.campaigns.cancel_send(campaign).status_code == 204
    states = [client.campaigns.get(campaign)["status"] for _ in range(2)]
    assert states == ["canceling", "canceled"]
    told = client.campaigns.get(campaign)["delivery_status"]
    assert (told["emails_sent"], told["emails_canceled"], len(mailchimp.sent)) == (1, 2, 1)


@pytest.mark.usefixtures("readers")
def test_a_send_that_was_accepted_without_an_answer_is_found_by_looking(
    mailchimp: FakeMailchimp, client: Any, audience: Audience
) -> None:
    campaign = draft(client, audience)
    mailchimp.faults.order("accepted, no answer", path="/actions/send")
    with pytest.raises(ApiClientError) as caught:
        client_of(mailchimp, timeout=0.5).campaigns.send(campaign)
    assert caught.value.status_code is None
    assert client.campaigns.get(campaign)["status"] == "sending"
    assert refusal(lambda: client.campaigns.send(campaign)) == WRONG_STATE
    assert set(mailchimp.copies().values()) == {1}


@pytest.mark.usefixtures("readers")
def test_a_test_and_a_copy_send_nothing_to_the_audience(
    mailchimp: FakeMailchimp, client: Any, audience: Audience
) -> None:
    campaign = draft(client, audience)
    body = {"test_emails": ["editor@meadowsweet.example"], "send_type": "html"}
    assert client.campaigns.send_test_email(campaign, body).status_code == 204
    copy = client.campaigns.replicate(campaign)
    assert (copy["status"], copy["settings"]["title"]) == ("save", "Issue 12 (copy 01)")
    assert client.campaigns.get_content(copy["id"])["html"] == HTML
    assert client.campaigns.remove(copy["id"]).status_code == 204
    assert (mailchimp.tests_sent, mailchimp.sent) == ([(campaign, "editor@meadowsweet.example")], [])


@pytest.mark.usefixtures("readers")
def test_the_report_fills_with_what_readers_do(mailchimp: FakeMailchimp, client: Any, audience: Audience) -> None:
    campaign = draft(client, audience)
    client.campaigns.send(campaign)
    mailchimp.finish()
    people = mailchimp.contacts
    people.open(ZOE, campaign, proxy=True)
    people.open("joan@reader.example", campaign)
    people.click("joan@reader.example", campaign, "https://meadowsweet.example/sleep/")
    people.unsubscribe(ZOE, campaign=campaign)
    people.bounce("ann@reader.example", campaign=campaign)
    report = client.reports.get_campaign_report(campaign)
    assert (report["emails_sent"], report["unsubscribed"], report["bounces"]["hard_bounces"]) == (3, 1, 1)
    assert (report["opens"]["unique_opens"], report["opens"]["proxy_excluded_unique_opens"]) == (2, 1)
    assert (report["clicks"]["clicks_total"], report["clicks"]["unique_subscriber_clicks"]) == (1, 1)
    states = {
        one["email_address"]: one["status"] for one in client.reports.get_campaign_recipients(campaign)["sent_to"]
    }
    assert states == {ZOE: "sent", "joan@reader.example": "sent", "ann@reader.example": "hard"}
    assert client.reports.get_campaign_open_details(campaign)["total_opens"] == 2
    [link] = client.reports.get_campaign_click_details(campaign)["urls_clicked"]
    assert (link["url"], link["total_clicks"]) == ("https://meadowsweet.example/sleep/", 1)
    [left] = client.reports.get_unsubscribed_list_for_campaign(campaign)["unsubscribes"]
    assert left["email_address"] == ZOE
    acts = client.reports.get_email_activity_for_campaign(campaign)["emails"]
    assert sorted(act["action"] for one in acts for act in one["activity"]) == ["bounce", "click", "open", "open"]
    assert client.reports.get_domain_performance_for_campaign(campaign)["total_sent"] == 3
    people.complain("joan@reader.example", campaign=campaign)
    assert client.lists.get_list_abuse_reports(audience.id)["total_items"] == 1
    assert client.reports.get_all_campaign_reports()["reports"][0]["abuse_reports"] == 1


def test_a_batch_is_finished_after_a_while_and_its_answers_lie_in_an_archive(
    mailchimp: FakeMailchimp, client: Any, audience: Audience
) -> None:
    mailchimp.add_member("gone@reader.example", "unsubscribed", barred="unsubscribed")
    operations = [
        {
            "method": "PUT",
            "path": f"/lists/{audience.id}/members/{hash_of(address)}",
            "operation_id": address,
            "body": json.dumps({"email_address": address, "status_if_new": "subscribed", **more}),
        }
        for address, more in ((ZOE, {}), ("gone@reader.example", {"status": "subscribed"}))
    ]
    batch = client.batches.start({"operations": operations})
    states = [batch["status"]]
    while states[-1] != "finished":
        batch = client.batches.status(batch["id"])
        states.append(batch["status"])
    assert states == ["pending", "preprocessing", "started", "finalizing", "finished"]
    assert (batch["total_operations"], batch["errored_operations"]) == (2, 1)
    raw = requests.get(batch["response_body_url"], timeout=3).content
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        [entry] = tar.getmembers()
        answers = json.load(tar.extractfile(entry))
    assert {one["operation_id"]: one["status_code"] for one in answers} == {ZOE: 200, "gone@reader.example": 400}
    assert json.loads(answers[1]["response"])["title"] == "Member In Compliance State"
    assert mailchimp.members("subscribed").keys() == {ZOE}
