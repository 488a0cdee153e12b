"""The mailbox's pages. They exist only where INBOX_FOLDER is set: on a laptop, never on a server."""

import re
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from guard.origin import same_origin_only
from inbox.mailbox import Mail, empty_mailbox, find_mail, list_mails, mail_names, search_mails

PAGE_SIZE = 50
HEAD = re.compile(r"(<head[^>]*>)", re.IGNORECASE)


def _folder() -> Path:
    return Path(settings.INBOX_FOLDER)


def _mail(name: str) -> Mail:
    mail = find_mail(_folder(), name)
    if mail is None:
        raise Http404("No such mail")
    return mail


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All mails, or those with the words of `?q=` in subject or recipient; newest first, 50 a page."""
    query = request.GET.get("q", "").strip()
    names = search_mails(_folder(), query) if query else mail_names(_folder())
    page = Paginator(names, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_of_mails": page, "mails": list_mails(_folder(), page.object_list), "query": query}
    return render(request, "inbox/index.html", context)


@require_safe
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as HTML, text and source."""
    return render(request, "inbox/mail.html", {"mail": _mail(name)})


@require_safe
@xframe_options_sameorigin
def html_part(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, for the frame: no script, no form and no frame of its own can act in it."""
    html = _mail(name).html or "<p>This mail has no HTML part.</p>"
    # In the frame a link would load where it may not be shown; a mail program opens a browser.
    answer = HttpResponse(HEAD.sub(r'\1<base target="_blank">', html, count=1))
    answer["Content-Security-Policy"] = (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        "style-src 'unsafe-inline'; img-src 'self' data:"
    )
    return answer


@same_origin_only
@require_POST
def empty(request: HttpRequest) -> HttpResponse:
    """Throw all mails away."""
    empty_mailbox(_folder())
    return redirect("inbox:index")
