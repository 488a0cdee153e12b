"""Issues by a provider of mail: many readers a call, each with their own words; no doubt is sent again by itself."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from newsletter.actions.batch_run import BatchRun, make_run
from newsletter.actions.choosing_subject import choose_subject
from newsletter.actions.holding import send_held_again
from newsletter.actions.leases import reap_dead_leases
from newsletter.links import Purpose, read_click, read_link
from newsletter.mail_names import read_message_id, read_told_name
from newsletter.models import Chunk, Delivery, Dispatch, Lot, MailEvent, Slot, Subscriber, Suppression
from newsletter.senders import find_kind, holds_unknown
from newsletter.senders.esp import EspSender
from tests.factories import IssuePageFactory, SubscriberFactory
from tests.fakes.esp import AFTER, FakeEsp
from tests.newsletter.dispatches import launched, run, sums_up
from tests.newsletter.two_subjects import FIRST, emails_of, keys_in, two_subjects

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
State = Delivery.State


@pytest.fixture(params=["mailgun", "postmark"])
def esp(request: Any, settings: Any) -> Iterator[FakeEsp]:
    with FakeEsp() as fake:
        fake.use(settings, request.param)
        yield fake


def states(dispatch: Dispatch) -> dict[str, int]:
    return dict(Counter(dispatch.deliveries.values_list("state", flat=True)))


def cut_into(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(EspSender, "most", most)


def test_everybody_gets_their_own_words_and_links_in_few_calls(esp: FakeEsp, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_into(monkeypatch, 4)
    SubscriberFactory(email="zoe@example.com", name="Zoë <b> & %recipient.w1% {{w1}}")
    dispatch = run(launched(readers=9))
    assert (dispatch.state, states(dispatch)) == (Dispatch.State.DONE, {State.HANDED_OVER: 10})
    assert len(esp.calls) == 3
    assert all(len(call.to) <= 4 for call in esp.calls)
    assert set(esp.copies.values()) == {1}
    for mail in esp.accepted:
        reader = Subscriber.objects.get(email=mail.to)
        headers = {name.lower(): value for name, value in mail.headers.items()}
        assert read_message_id(headers["message-id"]) == (dispatch.pk, reader.pk)
        assert read_told_name(mail.told["wellpress"]) == (dispatch.pk, reader.pk)
        leave_at = headers["list-unsubscribe"].strip("<>")
        assert leave_at in mail.text
        assert leave_at in mail.html
        assert read_link(Purpose.UNSUBSCRIBE, leave_at.rstrip("/").rpartition("/")[2]).subscriber == reader
        assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
        assert {"list-id", "list-help", "feedback-id"} <= set(headers)
        assert "%%" not in mail.text + mail.html + mail.subject
    assert sums_up(dispatch)
    assert not Slot.objects.exists()


def test_links_are_counted_for_those_alone_who_allowed_that(esp: FakeEsp) -> None:
    SubscriberFactory(email="allowed@example.com", may_count=True)
    dispatch = run(launched(readers=3))
    assert states(dispatch) == {State.HANDED_OVER: 4}
    links = {link.number: link for link in dispatch.links.all()}
    assert len(links) == 3  # two articles and the trap
    for mail in esp.accepted:
        pressed = [read_click(token) for token in re.findall(r"/newsletter/c/([\w.=-]+)/", mail.text + mail.html)]
        if mail.to != "allowed@example.com":
            assert pressed == []
            assert all(links[number].url in mail.html for number in (1, 2))
            continue
        reader = Subscriber.objects.get(email=mail.to)
        assert {one.subscriber_id for one in pressed} == {reader.pk}
        assert {one.link.number for one in pressed} == {0, 1, 2}
        assert links[1].url not in mail.text + mail.html
        assert "%%" not in mail.text + mail.html


def test_no_word_of_a_reader_or_an_editor_is_taken_for_a_sign_of_the_provider(esp: FakeEsp) -> None:
    name = "Zoë <b> %recipient.w1% {{{w1}}}"
    zoe = SubscriberFactory(email="zoe@example.com", name=name)
    dispatch = launched(readers=1)
    Dispatch.objects.update(
        subject="100 %recipient.w0% {{{w0}}}",
        text="%%FIRST_NAME%% %recipient.w0% {{{w0}}} {{x}} %%UNSUBSCRIBE%%",
        html="<p>%%FIRST_NAME%% %recipient.w0% {{{w0}}} {{x}}</p>",
    )
    dispatch.refresh_from_db()
    run(dispatch)
    mail = next(mail for mail in esp.accepted if mail.to == zoe.email)
    assert mail.subject == "100 %recipient.w0% {{{w0}}}"
    assert mail.text.startswith(f"{name} %recipient.w0% {{{{{{w0}}}}}} {{{{x}}}} http")
    shown = "Zoë &lt;b&gt; %recipient.w1% {{{w1}}}"
    assert mail.html == f"<p>{shown} %recipient.w0% {{{{{{w0}}}}}} {{{{x}}}}</p>"


@pytest.mark.parametrize("fault", AFTER)
def test_what_was_accepted_in_doubt_is_held_and_never_sent_again_by_itself(
    esp: FakeEsp, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    cut_into(monkeypatch, 3)
    esp.script = lambda _call: fault if len(esp.calls) == 1 else None
    dispatch = run(run(launched(readers=9)))
    assert states(dispatch) == {State.HANDED_OVER: 6, State.HELD: 3}
    assert set(esp.copies.values()) == {1}
    assert len(esp.copies) == 9
    assert sums_up(dispatch)
    # A person presses "send again".
    send_held_again(dispatch)
    dispatch.refresh_from_db()
    assert states(run(dispatch)) == {State.HANDED_OVER: 9}
    assert sorted(esp.copies.values()) == [1] * 6 + [2] * 3


def test_a_line_that_is_cut_before_acceptance_is_in_doubt_as_well(esp: FakeEsp) -> None:
    esp.script = lambda _call: "cut"
    dispatch = run(launched(readers=3))
    assert (states(dispatch), len(esp.accepted)) == ({State.HELD: 3}, 0)


def test_two_doubtful_calls_in_a_row_pause_the_dispatch(
    esp: FakeEsp, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.NEWSLETTER_CONNECTIONS = 1
    cut_into(monkeypatch, 2)
    esp.script = lambda _call: "accepted, 500"
    dispatch = run(launched(readers=10))
    assert dispatch.state == Dispatch.State.PAUSED
    assert "2 calls in a row without a clear answer" in dispatch.pause_reason
    assert states(dispatch) == {State.HELD: 4}
    assert sums_up(dispatch)


def test_one_refused_address_is_found_by_halving_and_nobody_else_suffers(esp: FakeEsp) -> None:
    gone = SubscriberFactory(email="gone@example.com")
    esp.unknown = {gone.email}
    dispatch = run(launched(readers=15))
    assert states(dispatch) == {State.HANDED_OVER: 15, State.REFUSED: 1}
    assert dispatch.deliveries.get(state=State.REFUSED).subscriber == gone
    assert set(esp.copies.values()) == {1}
    assert len(esp.calls) <= 10
    assert not Suppression.objects.exists()  # a provider's no says little of why
    assert MailEvent.objects.get().subscriber == gone


def test_when_everybody_is_refused_it_is_not_the_readers(esp: FakeEsp) -> None:
    dispatch = launched(readers=40)
    esp.unknown = set(Subscriber.objects.values_list("email", flat=True))
    run(dispatch)
    dispatch.refresh_from_db()
    assert dispatch.state == Dispatch.State.PAUSED
    assert not dispatch.deliveries.exists()
    assert len(esp.calls) < 40


@pytest.mark.parametrize("fault", ["too many calls", "unpaid"])
def test_a_no_to_the_account_marks_no_reader_and_pauses(esp: FakeEsp, fault: str) -> None:
    esp.script = lambda _call: fault
    dispatch = run(launched(readers=5))
    assert dispatch.state == Dispatch.State.PAUSED
    assert not dispatch.deliveries.exists()
    assert len(esp.calls) <= 10
    esp.script = lambda _call: None
    Dispatch.objects.update(state=Dispatch.State.RUNNING)
    assert states(run(dispatch)) == {State.HANDED_OVER: 5}


def test_a_wrong_key_and_a_provider_that_is_away_mark_no_reader(esp: FakeEsp, settings: Any) -> None:
    right = settings.ANYMAIL
    for wrong in (
        {"MAILGUN_API_KEY": "other", "POSTMARK_SERVER_TOKEN": "other"},
        {"MAILGUN_API_URL": "http://127.0.0.1:9/v3", "POSTMARK_API_URL": "http://127.0.0.1:9"},
    ):
        settings.ANYMAIL = {**right, **wrong}
        dispatch = run(launched(readers=1))
        assert dispatch.state == Dispatch.State.PAUSED
        assert not dispatch.deliveries.exists()
    settings.ANYMAIL = right


def test_who_leaves_before_the_call_is_not_in_it_and_a_bad_address_harms_only_itself(esp: FakeEsp) -> None:
    dispatch = launched(readers=4)
    leaver, odd, *_ = Subscriber.objects.order_by("pk")
    Subscriber.objects.filter(pk=leaver.pk).update(state=Subscriber.State.LEFT)
    Subscriber.objects.filter(pk=odd.pk).update(email="a b@example.com")
    dispatch = run(dispatch)
    assert states(dispatch) == {State.HANDED_OVER: 2, State.SKIPPED: 1, State.REFUSED: 1}
    assert dispatch.deliveries.get(state=State.REFUSED).reply.startswith("compose: ")


def test_of_a_worker_that_dies_in_a_call_everybody_in_it_is_held(esp: FakeEsp) -> None:
    dispatch = launched(readers=5)
    chunk = Chunk.objects.get()
    for number, pk in enumerate(Subscriber.objects.values_list("pk", flat=True)[:3]):
        Slot.objects.create(dispatch=dispatch, owner="dead", connection=number, subscriber_id=pk)
    Chunk.objects.filter(pk=chunk.pk).update(
        state="leased", owner="dead", lease_until=timezone.now() - timedelta(seconds=30)
    )
    assert reap_dead_leases() == 1
    dispatch = run(dispatch)
    assert states(dispatch) == {State.HANDED_OVER: 2, State.HELD: 3}
    assert len(esp.copies) == 2


def test_a_copy_of_the_database_mails_nobody(esp: FakeEsp, settings: Any) -> None:
    dispatch = launched(readers=2)
    settings.SENDING_ENABLED_FOR = "www.elsewhere.example"
    run(dispatch)
    assert esp.calls == []


def test_a_dispatch_goes_on_by_the_sender_it_began_with(esp: FakeEsp, settings: Any) -> None:
    dispatch = launched(readers=2)
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    assert isinstance(make_run(dispatch), BatchRun)
    run(dispatch)
    assert len(esp.copies) == 2


def test_a_sender_that_is_gone_holds_what_is_in_doubt() -> None:
    assert holds_unknown("newsletter.senders.gone.Sender")
    assert not holds_unknown("newsletter.senders.mail.MailSender")
    assert find_kind("newsletter.senders.esp.MailgunSender")


def test_pausing_lets_the_calls_in_hand_end_and_begins_no_other(
    esp: FakeEsp, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.NEWSLETTER_CONNECTIONS = 1
    cut_into(monkeypatch, 2)

    def pause(_call: Any) -> None:
        Dispatch.objects.update(state=Dispatch.State.PAUSED)

    dispatch = launched(readers=9, issue=IssuePageFactory())
    esp.script = pause
    assert states(run(dispatch)) == {State.HANDED_OVER: 2}
    assert sums_up(dispatch)


def test_a_call_takes_one_subject_and_each_lot_gets_its_own(esp: FakeEsp, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_into(monkeypatch, 5)
    dispatch = launched(readers=40, issue=two_subjects(second_subject="{name|reader}, one thing"))
    run(dispatch)
    choose_subject(dispatch, Lot.SECOND, by=None)
    run(Dispatch.objects.get(pk=dispatch.pk))
    dispatch.refresh_from_db()
    assert (dispatch.state, states(dispatch)) == (Dispatch.State.DONE, {State.HANDED_OVER: 40})
    first = emails_of(keys_in(dispatch, Lot.FIRST))
    assert {mail.to for mail in esp.accepted if mail.subject == FIRST} == first
    assert all(mail.subject == FIRST or mail.subject.endswith(", one thing") for mail in esp.accepted)
    assert all(set(call.to) <= first or not set(call.to) & first for call in esp.calls)
    assert all(len(call.to) <= 5 for call in esp.calls)
    assert len(esp.calls) <= 40 / 5 + 2
    assert sums_up(dispatch)
