"""A form that anybody may send from a page that everybody shares."""

import time
from typing import Any, ClassVar

from django import forms
from django.core import signing

TOKEN_DAYS = 14
_DAY = 86_400


def make_token(purpose: str) -> str:
    """A signed mark of the day on which the form for `purpose` was shown; the same for every reader on that day."""
    return signing.Signer(salt=f"guard.{purpose}").sign(str(int(time.time()) // _DAY))


def is_good_token(token: str, purpose: str) -> bool:
    """Whether the mark is ours, for this purpose, and at most `TOKEN_DAYS` old (one day of clock skew allowed)."""
    try:
        day = int(signing.Signer(salt=f"guard.{purpose}").unsign(token))
    except (signing.BadSignature, ValueError):
        return False
    return -1 <= int(time.time()) // _DAY - day <= TOKEN_DAYS


class GuardedForm(forms.Form):
    """Adds a trap field and a form token. `is_trapped` after validation says that a robot filled in the trap.

    A bad token is an error of the whole form with all fields kept; the form that is shown again has a good one.
    """

    website = forms.CharField(
        required=False,
        label="Leave this empty",
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    form_token = forms.CharField(required=False, widget=forms.HiddenInput)

    shown: ClassVar[tuple[str, ...]] = ()  # the names of the fields that a person fills in, in their order
    guard_field_names: ClassVar[tuple[str, str]] = ("website", "form_token")

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose = purpose

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """The fields that a person fills in, in their order."""
        return [self[name] for name in self.shown]

    @property
    def error_list(self) -> list[tuple[str, str]]:
        """(id of the field or empty, words) of every error, in the order of the page."""
        whole = [("", str(words)) for words in self.non_field_errors()]
        return whole + [(field.id_for_label, str(words)) for field in self.shown_fields for words in field.errors]

    @property
    def fresh_token(self) -> str:
        """What the hidden field should hold, also when the form is shown again."""
        return make_token(self.purpose)

    @property
    def is_trapped(self) -> bool:
        """Whether the field that people cannot see was filled in."""
        return bool(self.data.get(self.add_prefix("website"), "").strip())

    def clean(self) -> dict[str, Any]:
        """Refuse a form that was not shown by this site within the last two weeks."""
        cleaned = super().clean() or {}
        if not is_good_token(cleaned.get("form_token", ""), self.purpose):
            raise forms.ValidationError(
                "This page was open for a long time. Nothing is lost: please send the form once more.", code="token"
            )
        return cleaned
