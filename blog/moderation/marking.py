"""Shows a moderator where in a comment something was found that calls for care."""

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from blog.commenting.text import BLANK
from blog.spam.crisis import find_crisis
from blog.spam.findings import Finding, without_overlaps
from blog.spam.personal_data import find_personal_data

CRISIS_KINDS = frozenset({"suicide", "self_harm", "overdose", "emergency", "violence"})
_BLANKED = mark_safe('<span class="blanked">[blanked]</span>')  # nothing of a reader's in it


def find_all(text: str) -> list[Finding]:
    """Personal data and danger to life, in the order of the text; no two overlap."""
    return without_overlaps([*find_personal_data(text), *find_crisis(text)])


def mark_findings(text: str) -> SafeString:
    """HTML: the comment as typed, all of it escaped, each finding in a `mark` that says its kind, blanks named."""
    pieces, at = [], 0
    for finding in find_all(text):
        pieces += [_lines(text[at : finding.start]), _mark(finding)]
        at = finding.end
    return mark_safe("".join([*pieces, _lines(text[at:])]))  # every piece is escaped


def _mark(finding: Finding) -> str:
    kind = "crisis" if finding.kind in CRISIS_KINDS else "personal"
    label = finding.label
    words = _lines(finding.words)
    return format_html(
        '<mark class="finding finding--{}" title="{}">{}<span class="w-sr-only"> ({})</span></mark>',
        *(kind, label, words, label),
    )


def _lines(text: str) -> SafeString:
    return mark_safe(escape(text).replace("\n", "<br>").replace(BLANK, _BLANKED))
