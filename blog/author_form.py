"""The editor's form for a person."""

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminPageForm

from blog.orcid import clean_orcid


class AuthorForm(WagtailAdminPageForm):
    """An ORCID may be pasted as the address that people copy; what is kept is the number alone."""

    orcid = forms.CharField(
        max_length=100,  # of what is typed; the column holds the 19 characters of the number
        required=False,
        label="ORCID",
        help_text="0000-0000-0000-0000, or its address.",
    )

    def clean_orcid(self) -> str:
        """The number, or what is wrong with it."""
        typed: Any = self.cleaned_data["orcid"]
        return clean_orcid(typed) if typed else ""
