"""The forms for the words of letters: fields that a letter does not have are refused, and those it has are named."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from newsletter.letter_kinds import EVERYWHERE, OF_A_BOOK
from newsletter.merge_fields import find_faults
from newsletter.models import LetterText
from newsletter.rich_text import read_rich_text
from newsletter.worded import default_words

RICH = {"before", "after", "body"}


class LetterTextForm(WagtailAdminModelForm):
    """Shows the default where nothing else was written.

    Words that equal it are stored as nothing, so that a better default is not held back by them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.defaults = default_words(self.instance.kind)
        for name in LetterText.WORDS:
            if name in self.fields and not getattr(self.instance, name):
                self.initial[name] = getattr(self.defaults, name)

    def clean(self) -> dict[str, Any]:
        """Refuse fields that this letter does not have."""
        cleaned: dict[str, Any] = super().clean()
        _check_fields(self, LetterText.WORDS, cleaned, self.instance.about.fields)
        for name in LetterText.WORDS:
            if _is_same(name, cleaned.get(name) or "", getattr(self.defaults, name)):
                cleaned[name] = ""
        return cleaned


class WelcomeStepForm(WagtailAdminModelForm):
    """One letter of the welcome series."""

    def clean(self) -> dict[str, Any]:
        """Refuse fields that this letter does not have: those of a book are there when it gives one."""
        cleaned: dict[str, Any] = super().clean()
        allowed = (*EVERYWHERE, *OF_A_BOOK) if cleaned.get("ebook") else EVERYWHERE
        _check_fields(self, ("subject", "preview_line", "heading", "body"), cleaned, allowed)
        return cleaned


def _check_fields(
    form: WagtailAdminModelForm, names: Collection[str], cleaned: dict[str, Any], allowed: Collection[str]
) -> None:
    listed = "This letter has: " + ", ".join(f"{{{field}}}" for field in allowed) + "."
    for name in names:
        if faults := _find_faults(name, cleaned.get(name) or "", allowed):
            form.add_error(name, ValidationError([*faults, listed]))


def _find_faults(name: str, words: str, allowed: Collection[str]) -> list[str]:
    if name not in RICH:
        return find_faults(words, allowed)
    # Run by run: a field that is half bold is none.
    runs = [run.text for paragraph in read_rich_text(words) for run in paragraph.runs]
    return list(dict.fromkeys(fault for run in runs for fault in find_faults(run, allowed)))


def _is_same(name: str, words: str, default: str) -> bool:
    if name in RICH:
        return read_rich_text(words) == read_rich_text(default)
    return words == default
