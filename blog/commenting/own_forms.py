"""What a writer fills in on their own pages."""

from typing import ClassVar, Self

from django import forms

from blog.commenting.forms import EMAIL_LENGTH, TEXT_LENGTH, AddressField, TextField
from blog.commenting.text import BLANK
from blog.models import Comment
from guard.forms import GuardedForm


class EditForm(forms.Form):
    """The words of a comment, changed; `version` is the one that its writer was shown."""

    text = TextField(
        max_length=TEXT_LENGTH,
        label="Your comment",
        widget=forms.Textarea(attrs={"class": "input", "rows": 10}),
        error_messages={
            "required": "Write your comment, or take it back on its page",
            "max_length": "Shorten your comment: it has %(show_value)s characters, and %(limit_value)s are the most",
        },
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=10**6, widget=forms.HiddenInput)

    @classmethod
    def of(cls, comment: Comment) -> Self:
        """Filled in with what it says now."""
        return cls(initial={"text": comment.text.replace(BLANK, "[…]"), "version": comment.version})

    @property
    def error_list(self) -> list[tuple[str, str]]:
        """(id of the field, words) of every error that a person can mend."""
        return [("id_text", str(words)) for words in self["text"].errors]


class MyCommentsForm(GuardedForm):
    """Somebody asks for everything from their own mailbox."""

    email = AddressField(
        max_length=EMAIL_LENGTH,
        label="Email address",
        help_text="The one that you gave with your comments",
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email"}),
        error_messages={
            "required": "Enter an email address, such as name@example.org",
            "invalid": "Enter an email address, such as name@example.org",
            "max_length": "Check the email address: it is too long",
        },
    )

    shown: ClassVar[tuple[str, ...]] = ("email",)
