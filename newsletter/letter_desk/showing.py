"""Letters as their readers get them, for editors."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from newsletter.models import LetterText, WelcomeStep
from newsletter.samples import mark_html, write_sample
from newsletter.worded import Words, own_words, words_of_step


def show_letter(request: HttpRequest, text: LetterText, mode_name: str) -> HttpResponse:
    """The letter with made-up contents, its subject above it. `mode_name` is one of PREVIEW_MODES."""
    return _show(request, own_words(text), mode_name)


def show_step(request: HttpRequest, step: WelcomeStep, mode_name: str) -> HttpResponse:
    """The same for a letter of the welcome series."""
    return _show(request, words_of_step(step), mode_name)


def _show(request: HttpRequest, words: Words, mode_name: str) -> HttpResponse:
    letter = write_sample(words, with_name=not mode_name.startswith("nameless"))
    if mode_name.endswith("text"):
        return TemplateResponse(request, "newsletter/admin/letter_preview_text.html", {"letter": letter})
    return HttpResponse(mark_html(letter.html, f"Subject: {letter.subject}"))
