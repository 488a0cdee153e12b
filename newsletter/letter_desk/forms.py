"""The form for the words of a letter: it shows the default where nothing else was written."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from newsletter.merge_fields import find_faults
from newsletter.models import LetterText
from newsletter.rich_text import read_rich_text
from newsletter.worded import default_words

RICH = ("before", "after")


class LetterTextForm(WagtailAdminModelForm):
    """Words that equal the default are stored as nothing, so that a better default is not held back by them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.defaults = default_words(self.instance.kind)
        for name in LetterText.WORDS:
            if name in self.fields and not getattr(self.instance, name):
                self.initial[name] = getattr(self.defaults, name)

    def clean(self) -> dict[str, Any]:
        """Refuse fields that this letter does not have."""
        cleaned: dict[str, Any] = super().clean()
        for name in LetterText.WORDS:
            words = cleaned.get(name) or ""
            if faults := self._find_faults(name, words):
                self.add_error(name, ValidationError([*faults, self._allowed()]))
            elif _is_same(name, words, getattr(self.defaults, name)):
                cleaned[name] = ""
        return cleaned

    def _find_faults(self, name: str, words: str) -> list[str]:
        allowed = self.instance.about.fields
        if name not in RICH:
            return find_faults(words, allowed)
        # Run by run: a field that is half bold is none.
        runs = [run.text for paragraph in read_rich_text(words) for run in paragraph.runs]
        return list(dict.fromkeys(fault for run in runs for fault in find_faults(run, allowed)))

    def _allowed(self) -> str:
        return "This letter has: " + ", ".join(f"{{{field}}}" for field in self.instance.about.fields) + "."


def _is_same(name: str, words: str, default: str) -> bool:
    if name in RICH:
        return read_rich_text(words) == read_rich_text(default)
    return words == default
