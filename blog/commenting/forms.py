"""The comment form: shape only. Whether a comment is welcome is judged later."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString

from blog.commenting.danger import sounds_like_danger
from blog.commenting.notice import Notice, notice_for
from blog.commenting.text import clean_line, clean_text, show_text
from blog.errors import AnsweredIsGoneError
from blog.models import ArticlePage, Comment
from blog.spam.findings import Finding
from guard.addresses import InvalidAddressError, normalise
from guard.forms import GuardedForm

TEXT_LENGTH, NAME_LENGTH, EMAIL_LENGTH = 8000, 80, 254


class TextField(forms.CharField):
    """Several lines, cleaned before they are counted."""

    def to_python(self, value: Any) -> str:
        """Clean what was typed; what is invisible counts as nothing."""
        return clean_text(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No `maxlength`: browsers cut a pasted text there without a word."""
        return {}


class LineField(forms.CharField):
    """One line, cleaned before it is counted."""

    def to_python(self, value: Any) -> str:
        """Clean what was typed; what is invisible counts as nothing."""
        return clean_line(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No `maxlength`, as above."""
        return {}


class AddressField(forms.EmailField):
    """An e-mail address that names a mailbox; says what is wrong with it where that is plain to see."""

    def run_validators(self, value: Any) -> None:
        """The commonest slip first."""
        if value and "@" not in value:
            raise ValidationError("Check the email address: it has no @ sign", code="invalid")
        super().run_validators(value)
        if value:
            try:
                normalise(value)
            except InvalidAddressError as error:  # Django lets more pass than any letter could reach
                raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class CommentForm(GuardedForm):
    """A comment on `article`. `reply_to` is the comment that it answers, when that is one that readers see."""

    text = TextField(
        max_length=TEXT_LENGTH,
        label="Your comment",
        help_text="An empty line begins a new paragraph, *asterisks* stress a word, a dash at the start of a line "
        "makes a list, and web addresses become links",
        widget=forms.Textarea(attrs={"class": "input", "rows": 6}),
        error_messages={
            "required": "Write your comment",
            "max_length": "Shorten your comment: it has %(show_value)s characters, and %(limit_value)s are the most",
        },
    )
    name = LineField(
        max_length=NAME_LENGTH,
        label="Name to show",
        help_text="A made-up name is best; initials will do",
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "nickname"}),
        error_messages={
            "required": "Enter a name to show, which need not be your own",
            "max_length": "Shorten the name: %(limit_value)s characters are the most",
        },
    )
    email = AddressField(
        max_length=EMAIL_LENGTH,
        label="Email address",
        help_text="Never shown, never shared",
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email"}),
        error_messages={
            "required": "Enter an email address, such as name@example.org",
            "invalid": "Enter an email address, such as name@example.org",
            "max_length": "Check the email address: it is too long",
        },
    )
    wants_replies = forms.BooleanField(
        required=False,
        label="Write to me when somebody answers",
        help_text="Each of these letters has a link that stops them",
    )
    parent = forms.CharField(required=False, widget=forms.HiddenInput)

    shown: ClassVar[tuple[str, ...]] = ("text", "name", "email")

    def __init__(self, *args: Any, article: ArticlePage, answers: str = "", **kwargs: Any) -> None:
        """`answers`: the key of the comment to answer, as the address names it; anything else is ignored."""
        kwargs.setdefault("purpose", "comment")
        super().__init__(*args, auto_id="comment-%s", use_required_attribute=False, **kwargs)
        self.article = article
        for name in self.shown:
            _tell_script(self.fields[name])
        asked_for = self.data.get("parent", "") if self.is_bound else answers
        self.reply_to = _find_comment(article, asked_for)
        if self.notice.shares_email:
            self.fields["email"].help_text = "Never shown to readers"
        self.preview: SafeString | None = None
        self.question: list[str] = []

    @cached_property
    def notice(self) -> Notice:
        """What is said around the form."""
        return notice_for(self.article)

    @cached_property
    def sounds_like_danger(self) -> bool:
        """Whether what was typed does, good enough to be sent or not."""
        return self.is_bound and sounds_like_danger(self.data.get("text", ""))

    def show_preview(self) -> None:
        """Fill `preview` if there is a text to show. What is wrong with other fields can wait until it is sent."""
        for name in [name for name in self.errors if name != "text"]:
            del self.errors[name]
        if not self.errors:
            self.preview = show_text(self.cleaned_data["text"])

    def ask_about(self, found: Iterable[Finding]) -> None:
        """Fill `question` with what gives somebody away in the words that everybody would see."""
        self.question = list(dict.fromkeys(map(_name_finding, found)))

    def clean(self) -> dict[str, Any]:
        """Say it when the comment that this one answers is gone; the form that is shown again answers the article."""
        cleaned = super().clean()
        if cleaned.get("parent") and self.reply_to is None:
            raise ValidationError(str(AnsweredIsGoneError()), code="parent")
        return cleaned


def _tell_script(field: forms.Field) -> None:
    """Let the page's script find the commonest mistakes, and name them in the words of the form."""
    longest = field.max_length  # type: ignore[attr-defined]
    words = {"show_value": "{n}", "limit_value": longest}
    field.widget.attrs.update(
        {
            "data-required": field.error_messages["required"],
            "data-invalid": field.error_messages.get("invalid", ""),
            "data-longest": longest,
            "data-too-long": field.error_messages["max_length"] % words,
        }
    )


def _find_comment(article: ArticlePage, key: str) -> Comment | None:
    if not (key.isascii() and key.isdigit() and len(key) < 19):  # noqa: PLR2004 - what a database key can be
        return None
    return Comment.objects.published().filter(article=article, pk=int(key)).select_related("parent").first()


def _name_finding(finding: Finding) -> str:
    return f"{'an' if finding.label[0] in 'aeiouAEIOU' else 'a'} {finding.label}: “{finding.words}”"
