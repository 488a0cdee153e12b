"""Bans in the admin: the list, making and changing one, lifting it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator

from blog.actions.bans import lift
from blog.errors import BanRefusedError
from blog.models import Ban

from .ban_form import BanForm, begin_with, end_in_words
from .decisions import may_decide, undo_address

PER_PAGE, UNPROCESSABLE = 50, 422
ASKS = require_http_methods(["GET", "HEAD", "POST"])


def _only_moderators(request: HttpRequest) -> None:
    if not may_decide(request.user):
        raise PermissionDenied


def _show(request: HttpRequest, template: str, title: str, *, status: int = 200, **more: Any) -> HttpResponse:
    breadcrumbs = [
        {"url": reverse("wagtailadmin_home"), "label": "Home"},
        {"url": reverse("comments:list"), "label": "Comments"},
        {"url": reverse("comments:bans"), "label": title},
    ]
    context = {"page_title": title, "header_title": title, "header_icon": "no-view", "breadcrumbs_items": breadcrumbs}
    return TemplateResponse(request, f"blog/admin/{template}.html", {**context, **more}, status=status)


@require_safe
def list_bans(request: HttpRequest) -> HttpResponse:
    """All bans, the newest first, with those that have ended."""
    _only_moderators(request)
    page = WagtailPaginator(Ban.objects.select_related("created_by"), PER_PAGE).get_page(request.GET.get("p"))
    rows = [(found, end_in_words(found)) for found in page]
    return _show(request, "commenter_bans", "Bans", rows=rows, page=page, own_url=reverse("comments:bans"))


@ASKS
def make_ban(request: HttpRequest) -> HttpResponse:
    """A form, begun with what a comment or a mailbox says; POST bans, or with `look` counts and changes nothing."""
    _only_moderators(request)
    if request.method != "POST":
        return _show(request, "commenter_ban", "Ban", form=BanForm(initial=begin_with(request.GET)))
    return _save(request, BanForm(request.POST), "Ban")


@ASKS
def change_ban(request: HttpRequest, pk: int) -> HttpResponse:
    """The same form for a ban that there is: its end, its effect and its note."""
    _only_moderators(request)
    found = get_object_or_404(Ban, pk=pk)
    if request.method != "POST":
        return _show(request, "commenter_ban", "Change a ban", form=BanForm(found=found), found=found)
    return _save(request, BanForm(request.POST, found=found), "Change a ban", found)


@ASKS
def lift_ban(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, and on POST end it at once. Looking changes nothing."""
    _only_moderators(request)
    found = get_object_or_404(Ban, pk=pk)
    if request.method != "POST":
        return _show(request, "commenter_ban_lift", "Lift a ban", found=found, end=end_in_words(found))
    lift(found, by=request.user)  # type: ignore[arg-type]
    messages.success(request, f"Lifted: {found}.")
    return HttpResponseRedirect(reverse("comments:bans"))


def _save(request: HttpRequest, form: BanForm, title: str, found: Ban | None = None) -> HttpResponse:
    if not form.is_valid():
        return _show(request, "commenter_ban", title, form=form, found=found, status=UNPROCESSABLE)
    if "look" in request.POST:
        return _show(request, "commenter_ban", title, form=form, found=found)
    try:
        made, hidden = form.save(by=request.user)  # type: ignore[arg-type]
    except BanRefusedError as error:
        form.add_error("value", str(error))
        return _show(request, "commenter_ban", title, form=form, found=found, status=UNPROCESSABLE)
    said = f"Banned {end_in_words(made)}: {made}."
    if hidden:
        said = f"{said} {hidden} earlier comment{'' if hidden == 1 else 's'} hidden."
    messages.success(request, said, buttons=[messages.button(undo_address(), "Show them again")] if hidden else None)
    return HttpResponseRedirect(reverse("comments:bans"))
