"""The page of one dispatch: watch it, stop it, decide, read what became of it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from blog.colleagues import name_of
from newsletter.actions.choosing_subject import choose_subject
from newsletter.actions.correcting import corrections_of
from newsletter.actions.dispatching import cancel_dispatch, pause_dispatch, release_dispatch, resume_dispatch
from newsletter.actions.holding import send_held_again, take_held_as_received
from newsletter.audience import tell_left_out
from newsletter.campaign_progress import tell_campaign
from newsletter.errors import NewsletterError
from newsletter.models import Dispatch, Lot, Subscriber
from newsletter.pace import Progress, measure_progress
from newsletter.report import Counts, count_deliveries, count_twice
from newsletter.reporting.chart import draw_chart
from newsletter.reporting.figures import Figures, earlier_dispatches, figures_of, links_of, per_cent
from newsletter.reporting.heads import head
from newsletter.reporting.readers import AGAIN, MISSED, TWICE, Group, first_of
from newsletter.reporting.rights import find_dispatch
from newsletter.reporting.subjects import tell_test

SHOWN_READERS = 10  # of each list; all of them are on a page of their own
MOVING = (Dispatch.State.SCHEDULED, Dispatch.State.HELD, Dispatch.State.RUNNING, Dispatch.State.PAUSED)
_DELIVERED = "arrived, says the provider"
SPOKEN = 10  # per cent: so often a screen reader tells how far it is


@require_safe
def show_dispatch(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress while it runs, report afterwards: the same page, counted from rows at each look."""
    dispatch = find_dispatch(request, pk)
    is_over = dispatch.state not in MOVING and dispatch.launched_at is not None
    report = _report(dispatch) if is_over else {}
    counts = report["figures"].counts if is_over else count_deliveries(dispatch)
    progress = measure_progress(dispatch, waiting=counts.waiting)
    twice = count_twice(dispatch)
    context = {
        **head(f"{dispatch.issue.label}: {dispatch.issue.title}", dispatch.issue),
        "dispatch": dispatch,
        "counts": counts,
        "left_out": tell_left_out(dispatch.left_out),
        "is_moving": dispatch.state in MOVING,
        "spoken": _speak(dispatch, counts, progress),
        "tiles": _tiles(counts, twice=twice, is_campaign=dispatch.is_campaign),
        "campaign": tell_campaign(dispatch),
        "progress": progress,
        "bands": _bands(counts),
        "back": request.path,
        "twice": twice,
        "subjects": tell_test(dispatch, counts, report.get("figures")),
        "lists": [
            _first_rows(MISSED, dispatch, counts.held + counts.refused + counts.skipped + counts.cancelled_rows),
            _first_rows(AGAIN, dispatch, counts.deferred + counts.unknown),
            _first_rows(TWICE, dispatch, twice),
        ],
    }
    return render(request, "newsletter/admin/dispatch.html", {**context, **report})


@require_POST
def change_dispatch(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Pause, resume, cancel, let a late one go, choose a subject, decide about held readers."""
    dispatch = find_dispatch(request, pk)
    try:
        _VERBS[verb](dispatch, request.user)
    except NewsletterError as error:
        messages.error(request, str(error))
    return redirect("newsletter_dispatch", dispatch.pk)


def _report(dispatch: Dispatch) -> dict[str, Any]:
    """What is told once it is over."""
    figures = figures_of(earlier_dispatches(dispatch))
    mine = next(row for row in figures if row.dispatch.pk == dispatch.pk)
    issue = dispatch.issue
    known = {draft.correction_id: draft for draft in issue.corrections_sent.all()}
    return {
        "figures": mine,
        "after": _after(mine),
        "chart": draw_chart(dispatch),
        "links": links_of(dispatch),
        "rows": figures if len(figures) > 1 else [],
        "may_be_counted": Subscriber.objects.confirmed().filter(may_count=True).count(),
        "corrections": [(told, known.get(told.pk)) for told in corrections_of(issue)],
        "corrections_sent": [draft for draft in known.values() if draft.correction_id is None],
    }


def _after(figures: Figures) -> list[dict[str, Any]]:
    """What came after the hand-over, each with its words."""
    rows: list[tuple[str, int | None, str, str]] = [
        ("Delivered", figures.delivered, per_cent(figures.delivered or 0, figures.counts.handed_over), _DELIVERED),
        ("Came back", figures.bounced, figures.bounced_share, "of those handed over"),
        ("Reported as spam", figures.complained, figures.complained_share, "of those handed over"),
        ("Left", figures.left, figures.left_share, "through a link in this issue"),
    ]
    if not figures.dispatch.is_campaign:  # there nothing is counted
        rows.append(("Pressed a link", figures.people, "", "of those who allowed us to count"))
    return [
        {"words": words, "number": number, "note": " ".join(filter(None, (share, note)))}
        for words, number, share, note in rows
        if number is not None
    ]


def _first_rows(group: Group, dispatch: Dispatch, number: int) -> dict[str, Any]:
    """A list's first rows, if it has any, and how many it has."""
    shown = first_of(group, dispatch, number=SHOWN_READERS) if number else []
    return {"group": group, "rows": shown, "number": number, "more": max(0, number - len(shown))}


def _bands(counts: Counts) -> list[dict[str, Any]]:
    """The bar: each outcome's share of all readers in per cent, as exact as a screen can show it."""
    numbers = {
        "over": counts.handed_over,
        "refused": counts.refused,
        "skipped": counts.skipped + counts.cancelled,
        "doubt": counts.held + counts.unknown,
        "later": counts.deferred,
    }
    every, x, bands = max(1, counts.candidates), 0.0, []
    for name, number in numbers.items():
        share = 100 * number / every
        bands.append({"name": name, "x": round(x, 3), "share": round(share, 3)})
        x += share
    return [band for band in bands if band["share"]]


def _speak(dispatch: Dispatch, counts: Counts, progress: Progress) -> str:
    """For a screen reader: changes only when there is something to tell, not with every reader."""
    state = "Sending" if dispatch.state == Dispatch.State.RUNNING else dispatch.get_state_display().capitalize()
    if dispatch.state == Dispatch.State.DONE:
        return f"Sent. {counts.handed_over:,} of {counts.candidates:,} handed over."
    words = f"{state}, {counts.share - counts.share % SPOKEN} per cent have a final answer."
    return f"{words} {progress.calls_out}" if progress.calls_out and counts.settled else words


def _tiles(counts: Counts, *, twice: int, is_campaign: bool = False) -> list[dict[str, Any]]:
    """The numbers that add up to all readers, each with its words."""
    handed_over = "Mailchimp sent it" if is_campaign else "a mail server accepted it"
    not_there = "not in the audience, " if is_campaign else ""
    if twice:
        handed_over += f"; {twice:,} in doubt before and sent once more"
    rows = [
        ("Handed over", counts.handed_over, handed_over),
        ("Refused", counts.refused, "by their mail server, for good"),
        ("Skipped", counts.skipped, f"{not_there}left, paused or suppressed since the start"),
        ("Held", counts.held, "nobody can say whether it arrived; a person decides"),
        ("Cancelled", counts.cancelled, "before their turn"),
        ("Still to do", counts.open, "no final answer yet"),
    ]
    return [
        {"words": words, "number": number, "per_cent": counts.per_cent(number), "note": note}
        for words, number, note in rows
        if number or words != "Cancelled"
    ]


_VERBS: dict[str, Callable[[Dispatch, Any], object]] = {
    "pause": lambda dispatch, user: pause_dispatch(dispatch, reason=f"By {name_of(user)}."),
    "resume": lambda dispatch, _user: resume_dispatch(dispatch),
    "release": lambda dispatch, _user: release_dispatch(dispatch),
    "first-subject": lambda dispatch, user: choose_subject(dispatch, Lot.FIRST, by=user),
    "second-subject": lambda dispatch, user: choose_subject(dispatch, Lot.SECOND, by=user),
    "cancel": lambda dispatch, _user: cancel_dispatch(dispatch),
    "received": lambda dispatch, user: take_held_as_received(dispatch, by=name_of(user)),
    "send-again": lambda dispatch, _user: send_held_again(dispatch),
}
VERBS = tuple(_VERBS)
