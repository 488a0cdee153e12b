"""The mail of an issue in Wagtail's preview: in light and dark mail programs, on a phone, as text."""

from email.utils import parseaddr
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from newsletter.issue_fields import fill_in_words
from newsletter.rendering import preview_issue

DARK_RULES = "@media (prefers-color-scheme: dark)"
_NEVER, _ALWAYS = "@media not all", "@media all"


def show_mail(request: HttpRequest, issue: Any, mode: str) -> HttpResponse:
    """The mail as one made-up reader gets it. `mode` is mail, narrow, dark or text; the page need not be saved."""
    mail = preview_issue(issue)
    if mode == "dark":
        return HttpResponse(in_colours(mail.html, "dark"))
    html = in_colours(mail.html, "light")
    if mode == "mail":
        return HttpResponse(html)
    about = {"mail": mail, "html": html, "sender": parseaddr(mail.sender)[0]}
    about["preview_line"] = fill_in_words(issue.preview_line, {}) or issue.summary
    return TemplateResponse(request, f"newsletter/{mode}_preview.html", about)


def in_colours(html: str, scheme: str) -> str:
    """The mail as a mail program with that colour scheme shows it, whatever the editor's own device prefers."""
    rules = html.replace(DARK_RULES, _ALWAYS if scheme == "dark" else _NEVER)
    return rules.replace("color-scheme: light dark", f"color-scheme: {scheme}").replace('"light dark"', f'"{scheme}"')
