"""What the Send page asks for, first when, then whether it is really meant; and the page that moves a dispatch."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from newsletter.models import Segment
from newsletter.segment_words import tell_rule
from newsletter.segments import EVERYBODY, Rule, read_rule
from newsletter.wall_clock import moment_of, site_zone

FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


class WallTimeField(forms.DateTimeField):
    """What the clocks on the wall show, without a zone: the form knows it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=FORMATS[0])

    def to_python(self, value: Any) -> datetime | None:
        """A naive datetime; Django would take it for the site's zone, and refuse times that its clocks skip."""
        for words in FORMATS:
            try:
                return datetime.strptime(value, words)  # noqa: DTZ007 - the form adds the zone
            except (TypeError, ValueError):
                continue
        if value in self.empty_values:
            return None
        raise forms.ValidationError(self.error_messages["invalid"], code="invalid")


class WallTimeForm(forms.Form):
    """A moment to come, by the wall clocks of `zone`. `moment` is it (aware), once the form is valid."""

    at = WallTimeField(required=False, label="Date and time")

    def __init__(self, *args: Any, zone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone or site_zone()
        self.moment: datetime | None = None

    def clean(self) -> dict[str, Any]:
        """Ask for a moment that is still to come."""
        cleaned = super().clean() or {}
        if self.wants_moment(cleaned) and "at" not in self.errors:
            at: datetime | None = cleaned.get("at")
            self.moment = moment_of(at.date(), at.time(), self.zone) if at else None
            if self.moment is None:
                self.add_error("at", "Choose a date and a time.")
            elif self.moment <= timezone.now():
                self.add_error("at", "This moment has passed. Choose a later one, or send now.")
        return cleaned

    def wants_moment(self, cleaned: dict[str, Any]) -> bool:
        """Whether there must be one."""
        return True


class SendForm(WallTimeForm):
    """To everybody or to a segment, now (`moment` is None) or later."""

    segment = forms.ModelChoiceField(
        Segment.objects.all(),
        required=False,
        label="Everybody, or a segment",
        empty_label="Everybody on the list",
        error_messages={"invalid_choice": "This segment was deleted meanwhile. Choose again."},
    )
    when = forms.ChoiceField(choices=[("now", "Now"), ("later", "Later")])

    def wants_moment(self, cleaned: dict[str, Any]) -> bool:
        """Only for later."""
        return cleaned.get("when") == "later"

    @property
    def rule(self) -> Rule:
        """Of the chosen segment."""
        segment = self.cleaned_data.get("segment") if self.is_bound and not self.errors.get("segment") else None
        return read_rule(segment.rule) if segment else EVERYBODY

    @property
    def whom(self) -> str:
        """The rule in words."""
        return tell_rule(self.rule)


class SureForm(SendForm):
    """The second step: the number that was shown, and a reason where the checks have doubts."""

    expected = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        required=False,
        max_length=500,
        label="Why it shall go out all the same",
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "reason-help"}),
    )


class MoveForm(WallTimeForm):
    """Another moment; `seen` is the one that stood on the page."""

    seen = forms.DateTimeField(widget=forms.HiddenInput)
