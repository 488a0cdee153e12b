"""Subscribers > Segments: parts of the list that have a name, with how many are in them now."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages
from wagtail.log_actions import log

from newsletter.admin_pages import needs, page_of
from newsletter.models import Segment, Subscriber
from newsletter.people.rights import SEE, SEGMENT
from newsletter.people.segment_form import NameForm, RuleForm
from newsletter.segments import read_rule

HOME = ("newsletter_segments", "Segments")


@needs(SEE)
@require_safe
def list_segments(request: HttpRequest) -> HttpResponse:
    """All of them, each counted now."""
    context = {
        **page_of("Segments", icon="tag"),
        "rows": [(segment, segment.people().count()) for segment in Segment.objects.all()],
        "everybody": Subscriber.objects.confirmed().count(),
        "may_change": request.user.has_perm(SEGMENT),
    }
    return render(request, "newsletter/admin/segments.html", context)


@needs(SEGMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_segment(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Put one together, with its count; only “Save” writes it."""
    segment = get_object_or_404(Segment, pk=pk) if pk else Segment()
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and not data.get("slug"):
        data["slug"] = slugify(data.get("name", ""))[:80]
    names = NameForm(data, instance=segment)
    rule = RuleForm(data, rule=read_rule(segment.rule))
    if data is not None and "save" in data and names.is_valid() and rule.is_valid():
        segment.rule = rule.rule.as_json()
        names.save()
        log(segment, "wagtail.edit" if pk else "wagtail.create", user=request.user)
        messages.success(request, f"The segment “{segment}” is saved.")
        return redirect(HOME[0])
    context = {
        **page_of(f"Segment {segment.name}" if pk else "New segment", parent=HOME, icon="tag"),
        "segment": segment,
        "names": names,
        "rule": rule,
        "number": rule.count() if data is not None else read_and_count(segment),
        "is_refused": data is not None and "save" in data,
    }
    return render(request, "newsletter/admin/segment.html", context, status=422 if context["is_refused"] else 200)


@needs(SEGMENT)
@require_POST
def count_segment(request: HttpRequest) -> JsonResponse:
    """How many people the form means as it stands: `{"number": 12}`, or null where it is not filled in rightly."""
    return JsonResponse({"number": RuleForm(request.POST).count()})


@needs("newsletter.delete_segment")
@require_POST
def delete_segment(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the rule; nobody is touched."""
    segment = get_object_or_404(Segment, pk=pk)
    log(segment, "wagtail.delete", user=request.user)
    segment.delete()
    messages.success(request, f"The segment “{segment.name}” is deleted. Nobody was changed.")
    return redirect(HOME[0])


def read_and_count(segment: Segment) -> Any:
    """How many it means as it is saved."""
    return segment.people().count()


def admin_urls() -> list[URLPattern]:
    """Where they lie."""
    return [
        path("newsletter/segments/", list_segments, name="newsletter_segments"),
        path("newsletter/segments/new/", edit_segment, name="newsletter_new_segment"),
        path("newsletter/segments/count/", count_segment, name="newsletter_count_segment"),
        path("newsletter/segments/<int:pk>/", edit_segment, name="newsletter_segment"),
        path("newsletter/segments/<int:pk>/delete/", delete_segment, name="newsletter_delete_segment"),
    ]
