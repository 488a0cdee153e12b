"""The page on which a scheduled dispatch gets another moment."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from newsletter.actions.dispatching import move_dispatch, newsletter_of
from newsletter.dispatch_forms import MoveForm
from newsletter.errors import NewsletterError
from newsletter.models import Dispatch
from newsletter.reporting.heads import head
from newsletter.reporting.rights import find_dispatch
from newsletter.sending_hours import say_hours
from newsletter.wall_clock import on_wall, say_moment

MOVABLE = (Dispatch.State.SCHEDULED, Dispatch.State.HELD)


@require_http_methods(["GET", "HEAD", "POST"])
def show_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the new moment, in the zone that the dispatch was ordered in. GET changes nothing."""
    dispatch = find_dispatch(request, pk)
    if dispatch.state not in MOVABLE:
        messages.error(request, f"This dispatch is {dispatch.get_state_display()}, so it cannot be moved.")
        return redirect("newsletter_dispatch", dispatch.pk)
    stands: dict[str, Any] = {
        "at": on_wall(dispatch.due_at, dispatch.zone).replace(tzinfo=None),
        "seen": dispatch.due_at.isoformat(),
    }
    form = MoveForm(request.POST or None, zone=dispatch.zone, initial=stands)
    if request.method == "POST" and form.is_valid() and form.moment:
        try:
            move_dispatch(dispatch, at=form.moment, seen=form.cleaned_data["seen"])
        except NewsletterError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"It goes out on {say_moment(form.moment, dispatch.zone)}.")
        return redirect("newsletter_dispatch", dispatch.pk)
    context = {
        **head(f"Move issue {dispatch.issue.number}", dispatch.issue, dispatch=dispatch),
        "dispatch": dispatch,
        "form": form,
        "hours": say_hours(newsletter_of(dispatch.issue)),
    }
    return render(request, "newsletter/admin/move.html", context, status=422 if form.errors else 200)
