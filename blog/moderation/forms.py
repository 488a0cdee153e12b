"""Why a comment is refused, in words that its writer is told."""

from typing import Any

from django import forms

REASONS = (
    "It gives away personal details, of the writer or of somebody else.",
    "It gives advice that could harm somebody.",
    "It asks about a case of one’s own, which we cannot advise on here.",
    "It advertises something.",
    "It is about something other than the article.",
    "It attacks a person or a group.",
)


class RefusalForm(forms.Form):
    """A usual reason or one's own words; `cleaned_data["words"]` is what the writer is told."""

    reason = forms.ChoiceField(
        required=False,
        label="Why",
        choices=[*((words, words) for words in REASONS), ("", "In my own words:")],
        widget=forms.RadioSelect,
    )
    own_words = forms.CharField(
        required=False, max_length=250, label="Own words", help_text="The writer of the comment reads this."
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two; one's own words win."""
        cleaned = super().clean() or {}
        cleaned["words"] = cleaned.get("own_words") or cleaned.get("reason") or ""
        if not cleaned["words"]:
            raise forms.ValidationError("Choose a reason or write one: the writer of the comment is told.")
        return cleaned
