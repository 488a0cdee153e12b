"""The stand-in for Mailchimp answers and refuses as the service does: asked over HTTP by the client of the site."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any

import mailchimp_marketing
import pytest
import requests
from mailchimp_marketing.api_client import ApiClientError

from tests.fakes.mailchimp import FakeMailchimp, contract
from tests.fakes.mailchimp.faults import AFTER, BEFORE
from tests.fakes.mailchimp.state import Audience, hash_of

ZOE = "Zoe@reader.example"


def client_of(fake: FakeMailchimp, *, key: str = "", timeout: float = 3) -> Any:
    client = mailchimp_marketing.Client({"api_key": key or fake.key, "timeout": timeout})
    client.lists.api_client.host = fake.url
    return client


@pytest.fixture
def client(mailchimp: FakeMailchimp) -> Any:
    return client_of(mailchimp)


@pytest.fixture
def audience(mailchimp: FakeMailchimp) -> Audience:
    return next(iter(mailchimp.audiences.values()))


def refusal(call: Callable[[], Any]) -> tuple[int, str]:
    """Status and title of what a call is refused with, read from the text, as the client leaves it."""
    with pytest.raises(ApiClientError) as caught:
        call()
    assert isinstance(caught.value.text, str)
    problem = json.loads(caught.value.text)
    assert {"status", "title", "detail", "instance"} <= set(problem)
    return caught.value.status_code, problem["title"]


def put(client: Any, audience: Audience, address: str = ZOE, **more: Any) -> Any:
    body = {"email_address": address, "status_if_new": "subscribed", **more}
    return client.lists.set_list_member(audience.id, hash_of(address), body)


def test_the_description_of_mailchimp_is_where_the_tests_look_for_it() -> None:
    if contract.description() is None:
        pytest.skip(contract.WITHOUT)
    assert len(contract.description()["paths"]) > 50


def test_a_wrong_key_and_no_key_are_refused(mailchimp: FakeMailchimp, client: Any) -> None:
    assert client.ping.get() == {"health_status": "Everything's Chimpy!"}
    assert client.root.get_root()["account_name"] == "Meadowsweet"
    wrong = client_of(mailchimp, key="f" * 32 + "-us7")
    assert refusal(wrong.ping.get) == (401, "API Key Invalid")
    assert requests.get(f"{mailchimp.url}/ping", timeout=3).json()["title"] == "API Key Missing"
    bearer = {"Authorization": f"Bearer {mailchimp.key}"}
    assert requests.get(f"{mailchimp.url}/ping", headers=bearer, timeout=3).status_code == 200
    assert requests.get(f"{mailchimp.url}/nothing", headers=bearer, timeout=3).status_code == 404
    assert requests.delete(f"{mailchimp.url}/ping", headers=bearer, timeout=3).status_code == 405


def test_a_known_contact_keeps_its_status_if_only_status_if_new_is_sent(
    mailchimp: FakeMailchimp, client: Any, audience: Audience
) -> None:
    made = put(client, audience, merge_fields={"FNAME": "Zoe", "UNKNOWN": "x"})
    assert (made["id"], made["status"], made["full_name"]) == (hash_of(ZOE), "subscribed", "Zoe")
    assert "UNKNOWN" not in made["merge_fields"]
    client.lists.update_list_member(audience.id, made["id"], {"status": "unsubscribed"})
    assert put(client, audience, merge_fields={"LNAME": "Lee"})["merge_fields"]["FNAME"] == "Zoe"
    assert audience.find(ZOE).status == "unsubscribed"
    assert mailchimp.revived == []
    assert put(client, audience, status="subscribed")["status"] == "subscribed"
    assert mailchimp.revived == [ZOE]


def test_an_address_on_the_list_cannot_be_added_again(client: Any, audience: Audience) -> None:
    put(client, audience)
    put(client, audience, "joan@reader.example")
    body = {"email_address": ZOE.upper(), "status": "subscribed"}
    assert refusal(lambda: client.lists.add_list_member(audience.id, body)) == (400, "Member Exists")
    move = {"email_address": "joan@reader.example"}
    assert refusal(lambda: client.lists.update_list_member(audience.id, hash_of(ZOE), move)) == (400, "Member Exists")


@pytest.mark.parametrize(
    ("act", "pending"), [("unsubscribe", "pending"), ("bounce", "pending"), ("complain", "Member In Compliance State")]
)
def test_who_left_by_their_own_hand_is_not_brought_back_by_the_api(
    mailchimp: FakeMailchimp, client: Any, audience: Audience, act: str, pending: str
) -> None:
    put(client, audience)
    getattr(mailchimp.contacts, act)(ZOE)
    in_compliance = (400, "Member In Compliance State")
    assert refusal(lambda: put(client, audience, status="subscribed")) == in_compliance
    many = {"members": [{"email_address": ZOE, "status": "subscribed"}], "update_existing": True}
    assert client.lists.batch_list_members(audience.id, many)["errors"][0]["error_code"] == "ERROR_GENERIC"
    if pending == "pending":
        assert put(client, audience, status="pending")["status"] == "pending"
        mailchimp.contacts.confirm(ZOE)
        assert audience.find(ZOE).status == "subscribed"
    else:
        assert refusal(lambda: put(client, audience, status="pending")) == in_compliance
    assert audience.confirmations == ([ZOE] if pending == "pending" else [])


def test_who_was_deleted_for_ever_comes_back_by_the_hosted_form_alone(
    mailchimp: FakeMailchimp, client: Any, audience: Audience
) -> None:
    put(client, audience)
    assert refusal(lambda: client.lists.delete_list_member_permanent(audience.id, ZOE)) == (404, "Resource Not Found")
    assert client.lists.delete_list_member_permanent(audience.id, hash_of(ZOE)).status_code == 204
    assert refusal(lambda: client.lists.get_list_member(audience.id, hash_of(ZOE))) == (404, "Resource Not Found")
    for status in ("subscribed", "pending"):
        body = {"email_address": ZOE, "status": status}
        assert refusal(lambda body=body: client.lists.add_list_member(audience.id, body)) == (
            400,
            "Forgotten Email Not Subscribed",
        )
    mailchimp.contacts.sign_up(ZOE)
    assert put(client, audience)["status"] == "subscribed"


def test_an_archived_contact_is_not_revived_by_status_if_new(client: Any, audience: Audience) -> None:
    put(client, audience)
    assert client.lists.delete_list_member(audience.id, hash_of(ZOE)).status_code == 204
    assert refusal(lambda: client.lists.delete_list_member(audience.id, hash_of(ZOE))) == (405, "Method Not Allowed")
    assert put(client, audience)["status"] == "archived"
    assert client.lists.get_list_members_info(audience.id)["total_items"] == 0
    assert client.lists.get_list_members_info(audience.id, status="archived")["total_items"] == 1
    assert put(client, audience, status="subscribed")["status"] == "subscribed"


def test_addresses_and_fields_that_do_not_fit_are_refused(
    mailchimp: FakeMailchimp, client: Any, audience: Audience
) -> None:
    invalid = (400, "Invalid Resource")
    assert refusal(lambda: put(client, audience, "abuse@reader.example")) == invalid
    assert refusal(lambda: put(client, audience, "no address")) == invalid
    audience.add_field("CODE", "Offer code", required=True)
    assert refusal(lambda: put(client, audience)) == invalid
    for value in (None, True):
        assert refusal(lambda value=value: put(client, audience, merge_fields={"CODE": value})) == invalid
    assert put(client, audience, merge_fields={"CODE": "A7"})["merge_fields"]["CODE"] == "A7"
    with mailchimp.wrong_on_purpose():
        body = {"email_address": ZOE, "status_if_new": "subscribed", "status": "asleep"}
        assert refusal(lambda: client.lists.set_list_member(audience.id, hash_of(ZOE), body)) == invalid
        raw = requests.put(
            f"{mailchimp.url}/lists/{audience.id}/members/{hash_of(ZOE)}",
            data=b"{",
            auth=("any", mailchimp.key),
            timeout=3,
        )
    assert (raw.status_code, raw.json()["title"]) == (400, "JSON Parse Error")


def test_merge_fields_have_short_tags_of_their_own(client: Any, audience: Audience) -> None:
    made = client.lists.add_list_merge_field(audience.id, {"name": "E-book", "type": "text", "tag": "ebook"})
    assert made["tag"] == "EBOOK"
    for tag in ("EBOOK", "EMAIL", "MUCHTOOLONGATAG"):
        body = {"name": "x", "type": "text", "tag": tag}
        assert refusal(lambda body=body: client.lists.add_list_merge_field(audience.id, body))[0] == 400
    assert client.lists.get_list_merge_fields(audience.id)["total_items"] == 5


def test_tags_are_put_by_their_own_call_and_not_by_put(client: Any, audience: Audience) -> None:
    put(client, audience)
    tags = {"tags": [{"name": "Sleep", "status": "active"}, {"name": "Pain", "status": "active"}]}
    assert client.lists.update_list_member_tags(audience.id, hash_of(ZOE), tags).status_code == 204
    off = {"tags": [{"name": "pain", "status": "inactive"}]}
    client.lists.update_list_member_tags(audience.id, hash_of(ZOE), off)
    [tag] = client.lists.get_list_member_tags(audience.id, hash_of(ZOE))["tags"]
    assert tag["name"] == "Sleep"
    [found] = client.lists.tag_search(audience.id, name="sle")["tags"]
    assert client.lists.get_segment_members_list(audience.id, str(found["id"]))["members"][0]["id"] == hash_of(ZOE)


def test_many_at_once_are_answered_with_200_and_the_faults_of_each(client: Any, audience: Audience) -> None:
    put(client, audience)
    members = [
        {"email_address": address, "status": "subscribed", "tags": ["Sleep"]}
        for address in (ZOE, "a@reader.example", "A@reader.example", "noreply@reader.example")
    ]
    told = client.lists.batch_list_members(audience.id, {"members": members})
    assert [one["email_address"] for one in told["new_members"]] == ["a@reader.example"]
    codes = {one["email_address"]: one["error_code"] for one in told["errors"]}
    assert codes == {
        ZOE: "ERROR_CONTACT_EXISTS",
        "A@reader.example": "ERROR_GENERIC",
        "noreply@reader.example": "ERROR_GENERIC",
    }
    told = client.lists.batch_list_members(audience.id, {"members": members[:1], "update_existing": True})
    assert (told["total_updated"], told["error_count"]) == (1, 0)
    crowd = [{"email_address": f"r{n}@reader.example", "status": "subscribed"} for n in range(501)]
    assert refusal(lambda: client.lists.batch_list_members(audience.id, {"members": crowd})) == (
        400,
        "Invalid Resource",
    )


def test_lists_come_in_pages_of_ten_and_with_the_fields_asked_for(client: Any, audience: Audience) -> None:
    crowd = [{"email_address": f"r{n}@reader.example", "status": "subscribed"} for n in range(25)]
    client.lists.batch_list_members(audience.id, {"members": crowd})
    first = client.lists.get_list_members_info(audience.id)
    assert (len(first["members"]), first["total_items"]) == (10, 25)
    last = client.lists.get_list_members_info(
        audience.id, count=20, offset=20, fields=["members.email_address", "members.merge_fields.FNAME"]
    )
    assert [list(one) for one in last["members"]] == [["email_address", "merge_fields"]] * 5
    assert list(last) == ["members"]
    assert "stats" not in client.lists.get_list(audience.id, exclude_fields=["stats", "contact.zip"])
    assert client.lists.get_list(audience.id, include_total_contacts="true")["stats"]["total_contacts"] == 25


def test_only_what_changed_after_a_moment_is_listed(client: Any, audience: Audience, time_machine: Any) -> None:
    time_machine.move_to("2026-12-01 10:00:00Z", tick=False)
    put(client, audience)
    time_machine.move_to("2026-12-01 11:00:00Z", tick=False)
    put(client, audience, "joan@reader.example")
    since = {"since_last_changed": "2026-12-01T10:00:00+00:00"}
    found = client.lists.get_list_members_info(audience.id, **since)["members"]
    assert [one["email_address"] for one in found] == ["joan@reader.example"]


def test_the_eleventh_connection_is_refused(mailchimp: FakeMailchimp, client: Any) -> None:
    mailchimp.faults.order("no answer", times=10)
    patient = [socket.create_connection(("127.0.0.1", mailchimp.port)) for _ in range(10)]
    for one in patient:
        one.sendall(b"GET /3.0/ping HTTP/1.1\r\nHost: loopback\r\n\r\n")
    until = time.monotonic() + 30
    while len(mailchimp.faults.met) < 10 and time.monotonic() < until:
        time.sleep(0.01)
    assert refusal(client.ping.get) == (429, "Too Many Requests")
    for one in patient:
        one.close()
    assert client.ping.get()
    assert mailchimp.most_connections == 11


def test_a_call_that_nobody_waits_for_any_more_may_keep_its_connection(mailchimp: FakeMailchimp, client: Any) -> None:
    mailchimp.most_allowed = 1
    mailchimp.faults.hold_seconds = 3.0
    mailchimp.faults.order("no answer")
    with pytest.raises(ApiClientError):
        client_of(mailchimp, timeout=0.3).ping.get()
    assert refusal(client.ping.get) == (429, "Too Many Requests")
    mailchimp.over.set()  # what it works at comes to an end
    until = time.monotonic() + 30
    while mailchimp._open and time.monotonic() < until:
        time.sleep(0.01)
    assert client.ping.get()


@pytest.mark.parametrize("fault", [*BEFORE, *AFTER])
def test_each_fault_is_met_once_and_does_the_work_or_not(
    mailchimp: FakeMailchimp, audience: Audience, fault: str
) -> None:
    mailchimp.faults.order(fault, method="PUT", path="/members/")
    mailchimp.faults.slow_seconds = 0.1
    client = client_of(mailchimp, timeout=1.5)
    assert client.ping.get()
    try:
        answer = put(client, audience)
    except ApiClientError as error:
        answer = error
    is_done = fault in AFTER or fault == "slow"
    assert (ZOE in mailchimp.members()) == is_done
    assert isinstance(answer, dict) == (fault == "slow")
    assert isinstance(answer, requests.Response) == ("bare" in fault)
    assert put(client, audience)["status"] == "subscribed"
    assert mailchimp.faults.met == [fault]


def test_chance_strikes_alike_with_the_same_seed(mailchimp: FakeMailchimp, client: Any) -> None:
    def struck() -> list[str | None]:
        mailchimp.faults.at_random(0.3, seed=11, kinds=["429", "403 bare"])
        before = len(mailchimp.calls)
        for _ in range(40):
            try:
                client.ping.get()
            except ApiClientError:
                continue
        return [call.fault for call in mailchimp.calls[before:]]

    first = struck()
    assert first == struck()
    assert 3 < len([fault for fault in first if fault]) < 25
