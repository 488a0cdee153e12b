"""Letters as their readers get them, for editors."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from newsletter.letters import mark_html, write_sample
from newsletter.models import LetterText


def show_letter(request: HttpRequest, text: LetterText, mode_name: str) -> HttpResponse:
    """The letter with made-up contents, its subject above it. `mode_name` is one of `LetterText.preview_modes`."""
    letter = write_sample(text, with_name=not mode_name.startswith("nameless"))
    if mode_name.endswith("text"):
        return TemplateResponse(request, "newsletter/admin/letter_preview_text.html", {"letter": letter})
    return HttpResponse(mark_html(letter.html, f"Subject: {letter.subject}"))
