"""The form of the newsletter's page: what one field alone cannot say."""

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminPageForm

from newsletter.wall_clock import zone_names

_DAYS = (
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
)


class NewsletterForm(WagtailAdminPageForm):
    """Days as boxes; hours as a pair; a zone from the list."""

    sends_on = forms.MultipleChoiceField(choices=_DAYS, widget=forms.CheckboxSelectMultiple, label="On these days")
    sends_in_zone = forms.ChoiceField(label="Time zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["sends_on"] = list(self.initial.get("sends_on") or "")
        own = self.instance.sends_in_zone
        zone: Any = self.fields["sends_in_zone"]
        zone.choices = [(name, name) for name in dict.fromkeys([*zone_names(), own])]
        zone.help_text = "Kept with the hours, whatever the site’s own zone becomes."

    def clean_sends_on(self) -> str:
        """As the column holds them."""
        return "".join(sorted(self.cleaned_data["sends_on"]))

    def clean(self) -> dict[str, Any]:
        """Both hours or neither, and not the same."""
        cleaned: dict[str, Any] = super().clean()
        start, end = cleaned.get("sends_from"), cleaned.get("sends_until")
        if "sends_from" in self.errors or "sends_until" in self.errors:
            return cleaned
        if (start is None) != (end is None):
            missing = "sends_from" if start is None else "sends_until"
            self.add_error(missing, "Give both hours, or leave both empty: then any time of the day is good.")
        elif start is not None and start == end:
            self.add_error("sends_until", "This is the same as the first hour. Leave both empty for the whole day.")
        return cleaned
