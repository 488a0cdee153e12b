"""What subscribers fill in on their own page. Shape only: what happens with it is decided in actions."""

from typing import Any, ClassVar

from django import forms

from blog.models import Topic
from guard.forms import GuardedForm
from newsletter.actions.own_page import PAUSES
from newsletter.subscribing.forms import AddressField, clean_first_name

_INPUT = {"class": "input"}


class NameForm(forms.Form):
    """What to call somebody in a letter."""

    name = forms.CharField(
        required=False,
        max_length=40,
        label="First name",
        help_text="For “Dear …”. Leave it empty and we write “Dear reader”.",
        widget=forms.TextInput(attrs={**_INPUT, "autocomplete": "given-name"}),
    )

    def clean_name(self) -> str:
        """One line without a link."""
        return clean_first_name(self.cleaned_data["name"])


class TopicsForm(forms.Form):
    """What somebody likes to read of."""

    topics = forms.ModelMultipleChoiceField(Topic.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].queryset = Topic.objects.all()  # type: ignore[attr-defined]


class PauseForm(forms.Form):
    """For how many months no issue is to come."""

    months = forms.TypedChoiceField(coerce=int, choices=[(months, months) for months in PAUSES])


class AddressForm(forms.Form):
    """Where issues are to come from now on."""

    email = AddressField(label="New email address")


class LeaveForm(GuardedForm):
    """The address at which the letter comes, typed by whoever wants it no more."""

    email = AddressField(label="Email address", help_text="The one at which our letter comes")

    shown: ClassVar[tuple[str, ...]] = ("email",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, purpose="leave", **kwargs)


class ReasonForm(forms.Form):
    """Why somebody has left, if they care to say."""

    REASONS = (
        ("too_often", "There was too much of it"),
        ("not_for_me", "It is not about what I need"),
        ("never_asked", "I never asked for it"),
        ("elsewhere", "I read it on the site or elsewhere"),
        ("other", "Something else"),
    )

    reason = forms.ChoiceField(
        choices=REASONS,
        label="Why?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the reason that fits best", "invalid_choice": "Choose one of the reasons"},
    )
    words = forms.CharField(
        required=False,
        max_length=250,
        label="In your own words",
        help_text="Up to 250 characters, without names or details of your health",
        widget=forms.Textarea(attrs={**_INPUT, "rows": 3}),
        error_messages={"max_length": "Shorten it: %(show_value)s characters, and %(limit_value)s are the most"},
    )

    @property
    def told(self) -> str:
        """The reason in words, as it is written into the record."""
        label = dict(self.REASONS)[self.cleaned_data["reason"]]
        words = " ".join(self.cleaned_data["words"].split())
        return f"{label}: {words}" if words else label
