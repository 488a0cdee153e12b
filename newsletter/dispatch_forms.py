"""What the Send page asks for: first when, then whether it is really meant."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from newsletter.models import Segment
from newsletter.segment_words import tell_rule
from newsletter.segments import EVERYBODY, Rule, read_rule


class SendForm(forms.Form):
    """To everybody or to a segment, now or at a wall-clock moment in the zone that the page names."""

    segment = forms.ModelChoiceField(
        Segment.objects.all(),
        required=False,
        label="Who gets it",
        empty_label="Everybody on the list",
        error_messages={"invalid_choice": "This segment was deleted meanwhile. Choose again."},
    )
    when = forms.ChoiceField(choices=[("now", "Now"), ("later", "Later")])
    at = forms.DateTimeField(
        required=False,
        label="Date and time",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a moment that is still to come, if it is to be later."""
        cleaned = super().clean() or {}
        at: datetime | None = cleaned.get("at")
        if cleaned.get("when") == "later" and "at" not in self.errors:
            if at is None:
                self.add_error("at", "Choose a date and a time.")
            elif at <= timezone.now():
                self.add_error("at", "This moment has passed. Choose a later one, or send now.")
        return cleaned

    @property
    def rule(self) -> Rule:
        """Of the chosen segment."""
        segment = self.cleaned_data.get("segment") if self.is_bound and not self.errors.get("segment") else None
        return read_rule(segment.rule) if segment else EVERYBODY

    @property
    def whom(self) -> str:
        """The rule in words."""
        return tell_rule(self.rule)

    @property
    def moment(self) -> datetime | None:
        """The chosen moment; None for now."""
        return self.cleaned_data["at"] if self.cleaned_data["when"] == "later" else None


class SureForm(SendForm):
    """The second step: the number that was shown, and a reason where the checks have doubts."""

    expected = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        required=False,
        max_length=500,
        label="Why it shall go out all the same",
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "reason-help"}),
    )
