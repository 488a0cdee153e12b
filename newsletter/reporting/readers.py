"""Which readers of a dispatch a person should know of: why, and what there is to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from newsletter.bounce_rules import judge_refusal, status_of_reply
from newsletter.models import Delivery, Dispatch, MailEvent

State = Delivery.State
Kind = MailEvent.Kind


@dataclass(frozen=True)
class Group:
    """Readers that a list shows together. `note` stands under the heading."""

    name: str
    heading: str
    states: tuple[str, ...]
    note: str = ""
    is_doubted: bool = False  # only those of whom nobody could say at first whether they got it

    def of(self, dispatch: Dispatch) -> QuerySet[Delivery]:
        """The rows, in no order."""
        rows = dispatch.deliveries.filter(state__in=self.states)
        return rows.filter(doubts__gt=0) if self.is_doubted else rows


MISSED = Group("missed", "Who did not get it, and why", (State.HELD, State.REFUSED, State.SKIPPED, State.CANCELLED))
AGAIN = Group("again", "Tried again", (State.UNKNOWN, State.DEFERRED))
TWICE = Group(
    "twice",
    "Who may have got it twice",
    (State.HANDED_OVER,),
    "A worker or a connection was lost in the middle of their message, so it was sent once more, with the same "
    "Message-ID. They may have got it twice; some mail programs show such a pair once.",
    is_doubted=True,
)
EVERYBODY = Group("all", "Everybody with an outcome", tuple(State.values))
GROUPS = {group.name: group for group in (MISSED, AGAIN, TWICE, EVERYBODY)}


@dataclass(frozen=True)
class Row:
    """One reader, in words: `state` what became of it, `advice` what a person can do (empty: nothing)."""

    delivery: Delivery
    state: str
    advice: str
    may_receive: bool  # “take it as received” makes sense
    may_send: bool  # so does “send again”


def as_rows(deliveries: Iterable[Delivery], dispatch: Dispatch) -> list[Row]:
    """The rows of a table; what can be done depends on the dispatch as well."""
    is_open = dispatch.state in {Dispatch.State.RUNNING, Dispatch.State.DONE}
    return [_as_row(delivery, is_open=is_open) for delivery in deliveries]


def first_of(group: Group, dispatch: Dispatch, *, number: int) -> list[Row]:
    """So many rows, newest first in each state: at most one query a state, each read from the index."""
    found: list[Delivery] = []
    for state in group.states:
        if len(found) < number:
            rows = group.of(dispatch).filter(state=state).select_related("subscriber").order_by("-at", "-pk")
            found += rows[: number - len(found)]
    return as_rows(found, dispatch)


def _as_row(delivery: Delivery, *, is_open: bool) -> Row:
    words = _WORDS.get(State(delivery.state)) or delivery.get_state_display()
    if delivery.doubts and delivery.state not in {State.HELD, State.UNKNOWN}:
        words += ", in doubt before"
    refusal = _judge(delivery) if delivery.state == State.REFUSED else ""
    is_held = delivery.state == State.HELD
    return Row(
        delivery,
        state=words,
        advice=_AFTER_REFUSAL[refusal] if refusal else _ADVICE.get(State(delivery.state), ""),
        may_receive=is_open and is_held,
        may_send=is_open and delivery.subscriber is not None and (is_held or refusal in _WORTH_A_TRY),
    )


def _judge(delivery: Delivery) -> str:
    if delivery.reply.startswith("compose: "):
        return _NO_ADDRESS
    kind = judge_refusal(status_of_reply(delivery.reply), words=delivery.reply)
    return kind if kind in _AFTER_REFUSAL else Kind.SOFT


_NO_ADDRESS = "address"
_WORDS = {State.DEFERRED: "tried again later", State.UNKNOWN: "in doubt, will be sent once more"}
_WORTH_A_TRY = {Kind.BLOCKED, Kind.SOFT}
_ADVICE = {
    State.HELD: "Decide: take it as received, or send it once more.",
    State.DEFERRED: "Nothing to do: it is tried again by itself.",
    State.UNKNOWN: "Nothing to do: it is sent once more by itself.",
}
_AFTER_REFUSAL: dict[str, str] = {
    _NO_ADDRESS: "This address cannot stand in a mail. Ask the reader for another one.",
    Kind.HARD: "Nothing to do: there is no such mailbox, and it is not mailed again.",
    Kind.BLOCKED: "Refused for our sake, not the reader’s. Look at the sender’s domain (SPF, DKIM, block lists), "
    "then send again.",
    Kind.SOFT: "Perhaps the mailbox is full. Send again in some days, or leave it until the next issue.",
}
