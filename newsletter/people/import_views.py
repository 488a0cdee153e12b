"""Subscribers > Import: choose a file, say what its columns hold, look at the dry run, take them, undo it."""

import csv
from collections.abc import Callable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from blog.reports.base import quote_formula
from newsletter.actions import importing
from newsletter.actions.exporting import Echo
from newsletter.admin_pages import needs, page_of
from newsletter.errors import NewsletterError
from newsletter.importing.looking import DELIMITERS, ENCODINGS, ROLES, Look, look_at
from newsletter.importing.rows import MAX_BYTES
from newsletter.models import ImportLine, SubscriberImport
from newsletter.people.rights import IMPORT

SHOWN_LINES = 200
A_PAGE = 30
HOME = ("newsletter_imports", "Imports")
State = SubscriberImport.State


@needs(IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def list_imports(request: HttpRequest) -> HttpResponse:
    """All imports, and the way to begin one."""
    error = ""
    if request.method == "POST":
        try:
            return redirect("newsletter_import", _receive(request).pk)
        except NewsletterError as refusal:
            error = str(refusal)
    listing = Paginator(SubscriberImport.objects.select_related("by").order_by("-pk"), A_PAGE)
    context = {
        **page_of("Imports", icon="upload"),
        "listing": listing.get_page(request.GET.get("p")),
        "error": error,
        "most": MAX_BYTES // 1_000_000,
    }
    return render(request, "newsletter/admin/imports.html", context, status=422 if error else 200)


@needs(IMPORT)
@require_safe
def show_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Where an import stands, whatever that is."""
    found = get_object_or_404(SubscriberImport.objects.select_related("by"), pk=pk)
    is_choosing = found.state == State.UPLOADED or (found.state == State.CHECKED and "columns" in request.GET)
    number = dict(found.lines.values_list("kind").annotate(Count("pk")))
    context = {
        **page_of(found.filename, parent=HOME, icon="upload"),
        "found": found,
        "is_choosing": is_choosing,
        "is_moving": found.state in SubscriberImport.WORKING,
        "share": _share(found),
        "counts": [(kind.label, number[kind], kind in ImportLine.TAKEN) for kind in ImportLine.Kind if kind in number],
        "lines": found.lines.order_by("-kind", "number", "pk")[:SHOWN_LINES],
        "more": max(0, sum(number.values()) - SHOWN_LINES),
        "can_undo": importing.can_undo(found),
        **(_choices(found) if is_choosing else {}),
    }
    return render(request, "newsletter/admin/import.html", context)


@needs(IMPORT)
@require_POST
def change_import(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One step on."""
    found = get_object_or_404(SubscriberImport, pk=pk)
    try:
        _VERBS[verb](found, request)
    except NewsletterError as error:
        messages.error(request, str(error))
    return redirect(HOME[0]) if found.pk is None else redirect("newsletter_import", pk)


@needs(IMPORT)
@require_safe
def download_report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every line of the report, as a file that a spreadsheet opens safely."""
    found = get_object_or_404(SubscriberImport, pk=pk)
    response = StreamingHttpResponse(_report(found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="import-{found.pk}-report.csv"'
    return response


def admin_urls() -> list[URLPattern]:
    """Where they lie."""
    return [
        path("newsletter/imports/", list_imports, name="newsletter_imports"),
        path("newsletter/imports/<int:pk>/", show_import, name="newsletter_import"),
        path("newsletter/imports/<int:pk>/report.csv", download_report, name="newsletter_import_report"),
        re_path(
            rf"^newsletter/imports/(?P<pk>[0-9]+)/(?P<verb>{'|'.join(_VERBS)})/$",
            change_import,
            name="newsletter_change_import",
        ),
    ]


def _receive(request: HttpRequest) -> SubscriberImport:
    uploaded = request.FILES.get("file")
    if uploaded is None or uploaded.file is None:
        raise NewsletterError("Choose a file first.")
    return importing.begin_import(uploaded.file, filename=uploaded.name or "people.csv", by=request.user)


def _choices(found: SubscriberImport) -> dict[str, Any]:
    look: Look | None = None
    fault = ""
    try:
        with found.file.open("rb") as file:
            look = look_at(file, encoding=found.encoding, delimiter=found.delimiter)
    except (NewsletterError, FileNotFoundError) as error:
        fault = str(error)
    columns = found.columns if look and len(found.columns) == len(look.header) else (look.columns if look else [])
    return {
        "preview": look,
        "preview_fault": fault,
        "columns": list(zip(look.header, columns, strict=True)) if look else [],
        "encodings": ENCODINGS.items(),
        "delimiters": DELIMITERS.items(),
        "roles": ROLES.items(),
    }


def _share(found: SubscriberImport) -> int:
    """Per cent of the work that is done: of the file's bytes, or of the people who are looked at again."""
    if found.state == State.UNDOING:
        done = found.removed + found.lines.filter(kind=ImportLine.Kind.STAYED).count()
        return done * 100 // max(1, found.taken)
    return min(99, found.done_bytes * 100 // max(1, found.size))


def _report(found: SubscriberImport) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(["Line", "What", "Address", "Why"])
    for line in found.lines.order_by("number", "pk").iterator(chunk_size=2000):
        row = (line.get_kind_display(), line.email, line.words)
        yield writer.writerow([line.number, *map(quote_formula, row)])


def _check(found: SubscriberImport, request: HttpRequest) -> None:
    importing.order_check(
        found,
        encoding=found.encoding,
        delimiter=found.delimiter,
        columns=request.POST.getlist("column"),
    )


def _look(found: SubscriberImport, request: HttpRequest) -> None:
    importing.choose_format(
        found, encoding=request.POST.get("encoding", ""), delimiter=request.POST.get("delimiter", "")
    )


def _take(found: SubscriberImport, request: HttpRequest) -> None:
    importing.order_import(
        found,
        consent=request.POST.get("consent", ""),
        with_letter=request.POST.get("how") == "letter",
        by=request.user,
    )


_VERBS: dict[str, Callable[[SubscriberImport, HttpRequest], None]] = {
    "look": _look,
    "check": _check,
    "take": _take,
    "undo": lambda found, request: importing.order_undo(found, by=request.user),
    "discard": lambda found, _request: importing.discard_import(found),
}
