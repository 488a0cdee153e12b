"""The form on the contact page: shape only."""

from typing import Any, ClassVar

from django import forms

from blog.commenting.forms import AddressField, LineField, TextField
from blog.models import ArticlePage
from guard.addresses import InvalidAddressError, as_written
from guard.forms import GuardedForm
from home.contact import Message, Subject, find_article

TEXT_LENGTH, NAME_LENGTH, EMAIL_LENGTH = 8000, 80, 254


class ContactForm(GuardedForm):
    """A message to the editors. `about` is the number of the article that it is about, if readers can see that one."""

    subject = forms.ChoiceField(
        label="What is it about?",
        choices=[("", "Choose one"), *Subject.choices],
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={
            "required": "Choose what it is about",
            "invalid_choice": "Choose what it is about from the list",
        },
    )
    text = TextField(
        max_length=TEXT_LENGTH,
        label="Your message",
        widget=forms.Textarea(attrs={"class": "input", "rows": 8}),
        error_messages={
            "required": "Write your message",
            "max_length": "Shorten your message: it has %(show_value)s characters, and %(limit_value)s are the most",
        },
    )
    name = LineField(
        required=False,
        max_length=NAME_LENGTH,
        label="Your name",
        help_text="However you like to be called",
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "name"}),
        error_messages={"max_length": "Shorten the name: %(limit_value)s characters are the most"},
    )
    email = AddressField(
        required=False,
        max_length=EMAIL_LENGTH,
        label="Email address",
        help_text="Only needed if you would like an answer",
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email"}),
        error_messages={
            "invalid": "Enter an email address, such as name@example.org, or leave it empty",
            "max_length": "Check the email address: it is too long",
        },
    )
    about = forms.CharField(required=False, widget=forms.HiddenInput)

    shown: ClassVar[tuple[str, ...]] = ("subject", "text", "name", "email")

    def __init__(self, *args: Any, about: str = "", **kwargs: Any) -> None:
        """`about`: what the address of the page says; ignored where it names no article."""
        super().__init__(*args, purpose="contact", auto_id="contact-%s", use_required_attribute=False, **kwargs)
        self.article: ArticlePage | None = find_article(self.data.get("about", "") if self.is_bound else about)
        if self.article:
            self.fields["subject"].initial = Subject.MISTAKE

    def clean_email(self) -> str:
        """The address as written, if a letter could reach it: the editors' answer goes there."""
        email: str = self.cleaned_data["email"]
        try:
            return as_written(email) if email else ""
        except InvalidAddressError as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def message(self) -> Message:
        """What was written, after validation."""
        given = self.cleaned_data
        return Message(
            Subject(given["subject"]), given["text"], name=given["name"], email=given["email"], article=self.article
        )
