"""Why a comment is refused, in words that its writer is told."""

from typing import Any

from django import forms

from blog.models import RefusalReason


class ReasonField(forms.ModelChoiceField):
    """The usual reasons by the words that the writer would read."""

    def label_from_instance(self, obj: Any) -> str:
        """What the writer is told."""
        return str(obj.words)


class RefusalForm(forms.Form):
    """A usual reason or one's own words, which win; `decision` is what `refuse_comment` takes."""

    reason = ReasonField(
        RefusalReason.objects.all(),
        required=False,
        label="Why",
        empty_label="In my own words:",
        blank=True,
        widget=forms.RadioSelect,
    )
    own_words = forms.CharField(
        required=False, max_length=250, label="Own words", help_text="The writer of the comment reads this."
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned.get("own_words") or cleaned.get("reason")):
            raise forms.ValidationError("Choose a reason or write one: the writer of the comment is told.")
        return cleaned

    @property
    def decision(self) -> dict[str, Any]:
        """`reason`: the words; `usual`: the reason of the list, if one was chosen, for counting."""
        usual = self.cleaned_data.get("reason")
        words = self.cleaned_data.get("own_words") or (usual.words if usual else "")
        return {"reason": words, "usual": usual}
