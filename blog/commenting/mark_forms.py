"""What readers send about somebody's comment: that something is wrong with it, or that it helped."""

from typing import Any, ClassVar

from django import forms

from blog.commenting.forms import TextField
from blog.models import CommentReport
from guard.forms import GuardedForm

WORDS_LENGTH = 500


class ReportForm(GuardedForm):
    """What is wrong with a comment, and more about it if the reader likes."""

    reason = forms.ChoiceField(
        label="What is wrong with it?",
        choices=[("", "Choose one"), *CommentReport.Reason.choices],
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "Choose what is wrong with it", "invalid_choice": "Choose one from the list"},
    )
    words = TextField(
        required=False,
        max_length=WORDS_LENGTH,
        label="Anything that a moderator should know",
        help_text="Please leave out what could identify you or somebody else",
        widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
        error_messages={
            "max_length": "Shorten what you wrote: it has %(show_value)s characters, and %(limit_value)s are the most"
        },
    )

    shown: ClassVar[tuple[str, ...]] = ("reason", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, purpose="report", auto_id="report-%s", use_required_attribute=False, **kwargs)


class HelpfulForm(GuardedForm):
    """One press. `take_back` is sent by whoever found it helpful before and does not any more."""

    take_back = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, purpose="helpful", auto_id=False, **kwargs)
