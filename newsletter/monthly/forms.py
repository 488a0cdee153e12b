"""When the draft makes itself, and who is told."""

from typing import Any, ClassVar

from django import forms

from newsletter.models import DraftSchedule
from newsletter.wall_clock import zone_data, zone_names


class ScheduleForm(forms.ModelForm):
    """The zone is one of the list, or the one that the schedule has already."""

    zone = forms.ChoiceField(label="Time zone")

    class Meta:
        model = DraftSchedule
        fields: ClassVar[list[str]] = ["is_on", "day", "at", "zone", "told"]
        help_texts: ClassVar[dict[str, str]] = {
            "at": "If clocks go forward over it: the first moment after. If they show it twice: the first time.",
        }
        labels: ClassVar[dict[str, str]] = {"day": "Day of the month", "at": "Time"}
        widgets: ClassVar[dict[str, Any]] = {
            "at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "told": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.instance.zone
        names = zone_names() if own in zone_names() else [own, *zone_names()]
        zone: Any = self.fields["zone"]
        zone.choices = [(name, name) for name in names]
        edition = zone_data()
        zone.help_text = "Kept, whatever the site’s own zone becomes." + (f" Rules: IANA {edition}." if edition else "")
        told: Any = self.fields["told"]
        told.queryset = people
        told.label_from_instance = lambda person: f"{person.get_full_name() or person.get_username()}, {person.email}"
