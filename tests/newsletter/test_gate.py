"""The gate, outcomes, leases: the rules that keep "every subscriber, exactly once"."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from newsletter.actions import gate, outcomes
from newsletter.actions.breaker import LIMIT
from newsletter.actions.dispatching import cancel_dispatch, pause_dispatch, resume_dispatch
from newsletter.actions.gate import Settled, Verdict, Wanted
from newsletter.actions.leases import Errand, lease_chunk, reap_dead_leases, settle_chunk
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.models import Chunk, Delivery, Dispatch, Slot, Subscriber, Suppression
from newsletter.report import count_deliveries
from newsletter.senders import Message, Outcome, Result, Stage
from newsletter.senders.memory import MemorySender
from tests.factories import IssuePageFactory, SubscriberFactory
from tests.newsletter.dispatches import launched, run, sums_up

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

ACCEPTED = Outcome(Result.HANDED_OVER, code=250, reply="ok")
State = Delivery.State


@pytest.fixture(autouse=True)
def memory(settings: Any) -> None:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    settings.NEWSLETTER_CONNECTIONS = 2
    MemorySender.reset()


def at_the_gate(dispatch: Dispatch) -> tuple[Slot, Errand]:
    """A connection of a run, and the first reader of the chunk it leased."""
    leased = lease_chunk(dispatch, owner="me")
    assert leased is not None
    slot = Slot.objects.create(dispatch=dispatch, owner="me", connection=0, subscriber_id=None)
    return slot, leased[1][0]


def pass_gate(
    slot: Slot, *, before: tuple[Errand, Outcome] | None, errand: Errand | None
) -> tuple[Verdict | None, Errand | None]:
    """One connection at the gate: the verdict, and the errand if it may go."""
    settled = [Settled(slot.pk, *before)] if before else []
    wanted = [Wanted(slot.pk, errand)] if errand else []
    answers = gate.pass_gate(slot.dispatch_id, owner=slot.owner, settled=settled, wanted=wanted)
    for answer in answers:
        return answer.verdict, answer.errand if answer.verdict is Verdict.GO else None
    return None, None


def age_leases() -> None:
    Chunk.objects.filter(state=Chunk.State.LEASED).update(lease_until=timezone.now() - timedelta(seconds=1))


def answer(result: Result, code: int | None = None, reply: str = "words", stage: Stage = Stage.RECIPIENT) -> None:
    MemorySender.answer = staticmethod(lambda _message: Outcome(result, stage, code, reply))


def make_due() -> None:
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.exclude(next_try_at=None).update(next_try_at=past)
    Chunk.objects.exclude(next_try_at=None).update(next_try_at=past)


def test_everybody_gets_one_and_the_dispatch_is_done() -> None:
    dispatch = run(launched(readers=12))
    assert dispatch.state == Dispatch.State.DONE
    assert len({message.recipient for message in MemorySender.box}) == len(MemorySender.box) == 12
    assert count_deliveries(dispatch).handed_over == 12
    assert not Slot.objects.exists()
    run(dispatch)
    assert len(MemorySender.box) == 12


def test_a_message_is_in_its_slot_before_it_may_leave() -> None:
    slot, errand = at_the_gate(launched())
    verdict, passed = pass_gate(slot, before=None, errand=errand)
    assert verdict is Verdict.GO
    assert passed is not None
    assert Slot.objects.get().subscriber_id == errand.reader.pk
    assert not Delivery.objects.exists()
    pass_gate(slot, before=(passed, ACCEPTED), errand=None)
    assert Slot.objects.get().subscriber_id is None
    assert Delivery.objects.get().state == State.HANDED_OVER


@pytest.mark.parametrize("stop", [lambda d: pause_dispatch(d, reason="x"), cancel_dispatch])
def test_after_a_pause_or_a_cancellation_nobody_passes(stop: Any) -> None:
    dispatch = launched()
    slot, errand = at_the_gate(dispatch)
    _, passed = pass_gate(slot, before=None, errand=errand)
    assert passed is not None
    stop(dispatch)
    following = Errand(errand.chunk_id, errand.reader._replace(pk=errand.reader.pk + 1))
    verdict, _ = pass_gate(slot, before=(passed, ACCEPTED), errand=following)
    assert verdict is Verdict.STOP
    assert count_deliveries(dispatch).handed_over == 1
    assert sums_up(dispatch)


def test_who_lost_the_lease_does_not_pass() -> None:
    slot, errand = at_the_gate(launched())
    age_leases()
    assert pass_gate(slot, before=None, errand=errand) == (Verdict.STOP, None)
    assert not Delivery.objects.exists()


def test_passing_the_gate_extends_the_lease(settings: Any) -> None:
    settings.NEWSLETTER_LEASE_SECONDS = 30
    slot, errand = at_the_gate(launched())
    Chunk.objects.update(lease_until=timezone.now() + timedelta(seconds=1))
    pass_gate(slot, before=None, errand=errand)
    lease_until = Chunk.objects.get().lease_until
    assert lease_until is not None
    assert lease_until > timezone.now() + timedelta(seconds=20)


def test_two_runs_never_lease_the_same_chunk() -> None:
    dispatch = launched()
    assert lease_chunk(dispatch, owner="me") is not None
    assert lease_chunk(dispatch, owner="you") is None


def test_a_second_run_finds_nothing_to_do_while_the_first_is_alive(monkeypatch: Any) -> None:
    monkeypatch.setattr("newsletter.actions.freezing.CHUNK_SIZE", 2)
    dispatch = launched(readers=6)
    assert dispatch.chunks.count() == 3
    assert lease_chunk(dispatch, owner="me") is not None
    assert lease_chunk(dispatch, owner="you") is None
    assert lease_chunk(dispatch, owner="me") is not None
    age_leases()
    assert lease_chunk(dispatch, owner="you") is not None


def test_several_chunks_reach_everybody(monkeypatch: Any) -> None:
    monkeypatch.setattr("newsletter.actions.freezing.CHUNK_SIZE", 3)
    dispatch = run(launched(readers=20))
    assert dispatch.state == Dispatch.State.DONE
    assert len({message.recipient for message in MemorySender.box}) == len(MemorySender.box) == 20


def test_the_reader_in_a_dead_workers_hand_is_unknown_and_is_sent_once_more() -> None:
    dispatch = launched(readers=3)
    slot, errand = at_the_gate(dispatch)
    pass_gate(slot, before=None, errand=errand)
    age_leases()
    assert (reap_dead_leases(), reap_dead_leases()) == (1, 0)
    counts = count_deliveries(dispatch)
    assert (counts.unknown, counts.waiting, counts.open) == (1, 2, 3)
    run(dispatch)
    assert Counter(message.recipient for message in MemorySender.box).most_common(1)[0][1] == 1
    delivery = Delivery.objects.get(subscriber=errand.reader.pk)
    assert (delivery.state, delivery.attempts, delivery.doubts) == (State.HANDED_OVER, 2, 1)


def test_readers_in_doubt_come_after_all_others() -> None:
    dispatch = launched(readers=5)
    slot, errand = at_the_gate(dispatch)
    pass_gate(slot, before=None, errand=errand)
    age_leases()
    reap_dead_leases()
    run(dispatch)
    assert MemorySender.box[-1].recipient == Subscriber.objects.get(pk=errand.reader.pk).email


def test_a_second_doubt_holds_the_reader_for_a_person() -> None:
    answer(Result.UNKNOWN, stage=Stage.CONTENT)
    dispatch = run(launched(readers=1))
    assert dispatch.state == Dispatch.State.DONE
    assert Delivery.objects.get().state == State.HELD
    assert len(MemorySender.box) == 2


def test_under_the_policy_hold_nobody_in_doubt_is_sent_again(settings: Any) -> None:
    settings.NEWSLETTER_UNKNOWN_POLICY = "hold"
    answer(Result.UNKNOWN, stage=Stage.CONTENT)
    run(launched(readers=4))
    assert len(MemorySender.box) == 4
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.HELD}


def test_a_zombies_good_news_counts_and_its_bad_news_does_not() -> None:
    dispatch = launched(readers=2)
    slot, errand = at_the_gate(dispatch)
    _, passed = pass_gate(slot, before=None, errand=errand)
    assert passed is not None
    age_leases()
    reap_dead_leases()
    pass_gate(slot, before=(passed, Outcome(Result.REFUSED, code=550)), errand=errand)
    assert Delivery.objects.get().state == State.UNKNOWN
    verdict, _ = pass_gate(slot, before=(passed, ACCEPTED), errand=errand)
    assert verdict is Verdict.STOP
    assert Delivery.objects.get().state == State.HANDED_OVER
    run(dispatch)
    assert [m.recipient for m in MemorySender.box] == [Subscriber.objects.exclude(pk=errand.reader.pk).get().email]


def test_handed_over_is_never_taken_back() -> None:
    dispatch = launched(readers=1)
    reader = Subscriber.objects.get()
    outcomes.record_outcome(dispatch.pk, reader.pk, ACCEPTED, attempts=1)
    for result in (Result.REFUSED, Result.DEFERRED, Result.UNKNOWN):
        outcomes.record_outcome(dispatch.pk, reader.pk, Outcome(result), attempts=2)
    outcomes.record_skipped(dispatch.pk, reader.pk, why="x")
    assert Delivery.objects.get().state == State.HANDED_OVER


def test_a_deferred_reader_is_tried_later_and_later_for_three_days_then_refused() -> None:
    answer(Result.DEFERRED, 450, "greylisted")
    dispatch = launched(readers=1)
    waits = (1, 5, 15, 60, *[240] * 17)
    assert sum(waits) <= 72 * 60 < sum(waits) + 240
    for minutes in waits:
        run(dispatch)
        delivery = Delivery.objects.get()
        assert delivery.state == State.DEFERRED
        assert delivery.next_try_at is not None
        wait = delivery.next_try_at - timezone.now()
        assert 0.9 * minutes * 60 - 5 < wait.total_seconds() < 1.1 * minutes * 60 + 15
        assert run(dispatch).state == Dispatch.State.RUNNING
        assert Delivery.objects.get().attempts == delivery.attempts
        make_due()
    run(dispatch)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.reply_code, delivery.attempts) == (State.REFUSED, 450, 22)
    dispatch.refresh_from_db()
    assert dispatch.state == Dispatch.State.DONE


def test_a_refused_reader_is_refused_with_the_servers_words() -> None:
    answer(Result.REFUSED, 550, "no such box")
    run(launched(readers=2))
    assert set(Delivery.objects.values_list("state", "reply_code", "reply")) == {(State.REFUSED, 550, "no such box")}


def test_a_refused_log_in_pauses_the_dispatch_before_the_tenth_try_and_marks_nobody() -> None:
    answer(Result.REFUSED, 535, "wrong password", Stage.CONNECTION)
    dispatch = run(launched(readers=30))
    assert dispatch.state == Dispatch.State.PAUSED
    assert "535 wrong password" in dispatch.pause_reason
    assert not Delivery.objects.exists()
    MemorySender.reset()
    resume_dispatch(dispatch)
    assert run(dispatch).state == Dispatch.State.DONE
    assert len(MemorySender.box) == 30


def test_ten_refused_readers_in_a_row_pause_too() -> None:
    answer(Result.REFUSED, 554, "relay access denied")
    dispatch = run(launched(readers=30))
    assert dispatch.state == Dispatch.State.PAUSED
    assert LIMIT <= count_deliveries(dispatch).refused <= LIMIT + 2
    assert sums_up(dispatch)


def test_a_reader_who_left_or_is_suppressed_since_the_launch_is_skipped() -> None:
    dispatch = launched(readers=4)
    gone, suppressed, erased, _ = Subscriber.objects.order_by("pk")
    Subscriber.objects.filter(pk=gone.pk).update(state=Subscriber.State.LEFT, left_at=timezone.now())
    suppress_mailbox(suppressed.mailbox, reason=Suppression.Reason.COMPLAINED)
    erased.delete()
    dispatch = run(dispatch)
    counts = count_deliveries(dispatch)
    assert (counts.candidates, counts.handed_over, counts.skipped, counts.open) == (4, 1, 3, 0)
    assert len(MemorySender.box) == 1


def test_a_reader_who_leaves_while_others_are_mailed_gets_nothing() -> None:
    dispatch = launched(readers=8)
    last = Subscriber.objects.order_by("-pk")[0]

    def leave(_message: Any) -> None:
        Subscriber.objects.filter(pk=last.pk).update(state=Subscriber.State.LEFT, left_at=timezone.now())

    MemorySender.answer = staticmethod(leave)
    run(dispatch)
    assert last.email not in {message.recipient for message in MemorySender.box}
    assert Delivery.objects.get(subscriber=last).state == State.SKIPPED


def test_one_readers_bad_address_is_that_readers_failure() -> None:
    dispatch = launched(readers=20)
    poisoned = list(Subscriber.objects.order_by("pk")[3:18])
    for number, reader in enumerate(poisoned):
        reader.email = f"a b{number}\r\nBcc: all@example.com"
        reader.save()
    dispatch = run(dispatch)
    counts = count_deliveries(dispatch)
    assert (dispatch.state, counts.handed_over, counts.refused) == (Dispatch.State.DONE, 5, 15)
    assert all(
        reply.startswith("compose:")
        for reply in Delivery.objects.filter(state="refused").values_list("reply", flat=True)
    )


def test_a_later_order_leaves_out_who_got_the_issue_before_the_cancellation() -> None:
    issue = IssuePageFactory()
    first = launched(readers=6, issue=issue)
    begun = Counter[str]()

    def cancel_at_the_third(message: Message) -> None:
        begun[message.recipient] += 1
        if len(begun) == 3:
            cancel_dispatch(first)

    MemorySender.answer = staticmethod(cancel_at_the_third)
    run(first)
    already = {message.recipient for message in MemorySender.box}
    assert 3 <= len(already) < 6
    assert sums_up(first)
    MemorySender.reset()
    second = run(launched(readers=0, issue=issue))
    assert {m.recipient for m in MemorySender.box} == set(Subscriber.objects.values_list("email", flat=True)) - already
    assert second.candidates == 6 - len(already)


def test_the_frozen_words_go_out_whatever_becomes_of_the_page() -> None:
    dispatch = launched(readers=2)
    dispatch.issue.subject = "Changed my mind"
    dispatch.issue.save()
    run(dispatch)
    assert all(b"Living with pain" in message.content for message in MemorySender.box)


def test_a_chunk_with_somebody_left_is_not_done() -> None:
    dispatch = launched(readers=3)
    leased = lease_chunk(dispatch, owner="me")
    assert leased is not None
    outcomes.record_outcome(dispatch.pk, leased[1][0].reader.pk, ACCEPTED, attempts=1)
    settle_chunk(dispatch, leased[0].pk, owner="me")
    assert Chunk.objects.get().state == Chunk.State.OPEN
    SubscriberFactory()  # joins later: not in the audience
    run(dispatch)
    assert Chunk.objects.get().state == Chunk.State.DONE
    assert len(MemorySender.box) == 2
