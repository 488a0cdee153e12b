"""What a reviewer or an editor says about a reading."""

from typing import Any

from django import forms
from django.utils import timezone
from wagtail.admin.widgets import AdminDateInput

from blog.actions.reviews import NOTE_LENGTH
from blog.models import AuthorPage, Review

LIVE, DRAFT = "live", "draft"


class ReadingForm(forms.Form):
    """`seen` is the digest of the words that are shown above the form."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    scope = forms.ChoiceField(choices=Review.Scope, widget=forms.RadioSelect, label="What was read")
    note = forms.CharField(
        max_length=NOTE_LENGTH,
        required=False,
        label="What changed",
        help_text="A few words for readers: “two paragraphs updated”. May stay empty.",
    )

    def __init__(self, *args: Any, may_read_changes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_read_changes:
            self.fields["scope"] = forms.ChoiceField(
                choices=[(Review.Scope.WHOLE, Review.Scope.WHOLE.label)],
                initial=Review.Scope.WHOLE,
                widget=forms.RadioSelect,
                label="What was read",
            )


class SignForm(ReadingForm):
    """The reviewer's own."""


class RecordForm(ReadingForm):
    """An editor writes down the word of a reviewer who does not log in."""

    reviewer = forms.ModelChoiceField(
        AuthorPage.objects.none(),
        label="Who read it",
        help_text="Only people whose profile says “medical reviewer”.",
    )
    reviewed_on = forms.DateField(label="On which day", initial=timezone.localdate, widget=AdminDateInput)
    field_order = ("seen", "reviewer", "reviewed_on", "scope", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["reviewer"]
        people.queryset = AuthorPage.objects.filter(is_reviewer=True).order_by("title")
