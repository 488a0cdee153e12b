"""The form by which a moderator chooses what of a comment is blanked."""

from typing import Any

from django import forms
from django.contrib.auth.models import AbstractUser
from django.utils.crypto import salted_hmac

from blog.actions.comments import Seen
from blog.actions.redactions import NO_NAME, Span, blank_parts, find_parts
from blog.errors import NothingToBlankError
from blog.models import Comment
from blog.spam.personal_data import find_personal_data

_MOVED = "This comment has changed since you opened the page. Look at it once more."


class RedactionForm(forms.Form):
    """A box for each part that was found, ticked already; a field for other words; the name.

    Made for one comment; `blank` does what was chosen. The form knows which words it was shown with.
    """

    parts = forms.MultipleChoiceField(
        required=False, label="Found in the comment", widget=forms.CheckboxSelectMultiple, choices=[]
    )
    other = forms.CharField(
        required=False,
        max_length=2000,
        label="Other words to blank",
        help_text="One word or phrase a line. Each is blanked wherever it stands.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    blank_name = forms.BooleanField(
        required=False,
        label=f"Show the name as “{NO_NAME}”",
        help_text="For a name that is an email address or gives somebody away. This cannot be taken back.",
    )
    shown = forms.CharField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, comment: Comment) -> None:
        super().__init__(data, auto_id="redact_%s")
        self.comment = comment
        found = find_personal_data(comment.text)
        choices = [(f"{item.start}-{item.end}", f"{item.words} ({item.label})") for item in found]
        parts: Any = self.fields["parts"]
        parts.choices = choices
        if not choices:
            parts.widget = forms.MultipleHiddenInput()
        self.initial = {"parts": [value for value, _ in choices], "shown": self._digest(), "seen": comment.mark}

    def clean(self) -> dict[str, Any]:
        """Refuse what was chosen on other words than those that stand there now, and what stands nowhere."""
        cleaned = super().clean() or {}
        if cleaned.get("shown") != self._digest():
            self.errors.pop("parts", None)  # it names places in the earlier words
            raise forms.ValidationError(_MOVED)
        if self.errors:
            return cleaned
        try:
            found = find_parts(self.comment.text, spans=self._spans(cleaned), phrases=self._phrases(cleaned))
        except NothingToBlankError as error:
            raise forms.ValidationError(str(error)) from error
        if not found and not cleaned.get("blank_name"):
            raise forms.ValidationError("Choose what to blank.")
        return cleaned

    def blank(self, *, by: AbstractUser) -> Comment:
        """Do what a valid form says. Raises CommentMovedError."""
        return blank_parts(
            self.comment,
            by=by,
            spans=self._spans(self.cleaned_data),
            phrases=self._phrases(self.cleaned_data),
            blank_name=self.cleaned_data["blank_name"],
            seen=Seen.read(self.cleaned_data["seen"]),
        )

    def _digest(self) -> str:
        return salted_hmac("blog.moderation.redaction_form", self.comment.text, algorithm="sha256").hexdigest()[:32]

    @staticmethod
    def _spans(cleaned: dict[str, Any]) -> list[Span]:
        pairs = (value.split("-") for value in cleaned.get("parts", []))
        return [(int(start), int(end)) for start, end in pairs]

    @staticmethod
    def _phrases(cleaned: dict[str, Any]) -> list[str]:
        return [line.strip() for line in cleaned.get("other", "").splitlines() if line.strip()]
