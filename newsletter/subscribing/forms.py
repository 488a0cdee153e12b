"""What a visitor may send us. Shape only: what happens with it is decided in actions."""

import re
from typing import Any

from django import forms

from guard.addresses import InvalidAddressError, as_written
from guard.forms import GuardedForm
from letters.headers import looks_like_a_link, one_line
from newsletter.follow_targets import MOST, find_target
from newsletter.subscribing.address_help import Rules, why_refused

_OTHER_SITE = re.compile(r"https?://[a-z0-9.-]{1,250}(:\d{1,5})?")


def clean_first_name(name: str) -> str:
    """One line without a link: it is printed in a letter to somebody who may not have asked for it.

    Raises ValidationError.
    """
    name = one_line(name)
    if looks_like_a_link(name):
        raise forms.ValidationError("Only a first name, please, without a link")
    return name


class AddressField(forms.CharField):
    """An address as written, if a letter could reach it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=254,
            widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email"}),
            error_messages={
                "required": "Enter an email address, such as name@example.org",
                "max_length": "Check the email address: it is too long",
            },
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """Refuse what is no address, in words for a person."""
        try:
            return as_written(super().clean(value))
        except InvalidAddressError as error:
            raise forms.ValidationError(str(error)) from error


class SignUpForm(GuardedForm):
    """An address and, if given, a first name; with hidden fields that say where the form stood."""

    email = AddressField(label="Email address")
    name = forms.CharField(required=False, max_length=40, label="First name")
    place = forms.CharField(required=False, max_length=40)
    source = forms.CharField(required=False, max_length=500)
    wording = forms.IntegerField(required=False)
    follow = forms.CharField(required=False, max_length=MOST)
    sure = forms.CharField(required=False, max_length=10)
    mark = forms.CharField(required=False, max_length=250)
    answer = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, rules: Rules | None = None, **kwargs: Any) -> None:
        super().__init__(*args, purpose="sign-up", **kwargs)
        self.rules = rules or Rules()

    @property
    def shown_place(self) -> str:
        """Which form this is, fit for an id in HTML, whatever was sent."""
        place = str(self.data.get("place", ""))
        return place if re.fullmatch(r"[a-z][a-z-]{0,39}", place) else "page"

    def clean_place(self) -> str:
        """One of our own names for a form's place."""
        return self.shown_place

    def clean_email(self) -> str:
        """The address, if the team's rules take it."""
        email: str = self.cleaned_data["email"]
        if refusal := why_refused(email, self.rules):
            raise forms.ValidationError(refusal)
        return email

    def clean_follow(self) -> str:
        """The mark of something that readers see, or nothing: who followed it is welcome all the same."""
        mark: str = self.cleaned_data["follow"]
        return mark if find_target(mark) else ""

    def clean_name(self) -> str:
        """What may stand in a letter."""
        return clean_first_name(self.cleaned_data["name"])

    def clean_source(self) -> str:
        """A path on this site, another site (as its browser names it: scheme and host), or nothing."""
        source = one_line(self.cleaned_data["source"])
        return source if re.match(r"/(?![/\\])", source) or _OTHER_SITE.fullmatch(source) else ""
