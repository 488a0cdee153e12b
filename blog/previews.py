"""How an editor may look at a page before it is public: as web page, search result, shared card, and what others add.

An app above the blog registers its own look from its `AppConfig.ready` (`register_preview`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import Truncator

SEARCH_TITLE, SEARCH_DESCRIPTION = 60, 155  # letters that a search result shows, more or less

Show = Callable[[HttpRequest, Any, dict[str, Any]], HttpResponse]


@dataclass(frozen=True)
class _Mode:
    label: str
    show: Show
    articles_only: bool


_MODES: dict[str, _Mode] = {}


def register_preview(name: str, label: str, show: Show, *, articles_only: bool = True) -> None:
    """Add a look named `label`; `show` gets the request, the page as it stands in the form, and its context."""
    _MODES[name] = _Mode(label, show, articles_only)


class SeveralPreviews:
    """A mixin for pages: every registered look beside the web page."""

    takes_article_previews = False

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """Name and label of each look; the web page comes first."""
        modes = [(n, m.label) for n, m in _MODES.items() if self.takes_article_previews or not m.articles_only]
        return [("", "Web page"), *modes]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the page, which need not be saved, in the look `mode_name`; an unknown one gives the web page."""
        mode = _MODES.get(mode_name)
        if mode is None or (mode.articles_only and not self.takes_article_previews):
            return super().serve_preview(request, mode_name)  # type: ignore[misc]
        return mode.show(request, self, self.get_preview_context(request, mode_name))  # type: ignore[attr-defined]


def cut(text: str, length: int) -> str:
    """What a search result shows of a text."""
    return Truncator(" ".join(text.split())).chars(length, truncate=" …")


def _show_search(request: HttpRequest, page: Any, context: dict[str, Any]) -> HttpResponse:
    title = page.seo_title or page.title
    words = page.search_description or getattr(page, "deck", "") or getattr(page, "lead", "")
    extra = {
        "shown_title": cut(title, SEARCH_TITLE),
        "shown_words": cut(words, SEARCH_DESCRIPTION),
        "title_letters": len(title),
        "words_letters": len(words),
        "own_words": bool(page.search_description),
        "limits": (SEARCH_TITLE, SEARCH_DESCRIPTION),
    }
    return TemplateResponse(request, "blog/previews/search.html", {**context, **extra})


def _show_card(request: HttpRequest, page: Any, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, "blog/previews/card.html", context)


def _show_checks(request: HttpRequest, page: Any, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, "blog/previews/checks.html", context)


register_preview("search", "Search result", _show_search, articles_only=False)
register_preview("card", "Shared link", _show_card, articles_only=False)
register_preview("checks", "Before you publish", _show_checks)
