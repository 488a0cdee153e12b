"""The form by which a moderator bans, and what it is filled with beforehand."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import AbstractUser
from django.utils import timezone
from django.utils.formats import date_format

from blog.actions.bans import ban, find_earlier, hide_earlier, read_value
from blog.errors import BanRefusedError
from blog.models import Ban, Comment, Commenter

Kind = Ban.Kind
KEEP, FOR_EVER = "keep", ""
DAYS = (("7", "7 days"), ("30", "30 days"), ("90", "90 days"), (FOR_EVER, "Until somebody lifts it"))


class BanForm(forms.Form):
    """Whom it means, what happens to their comments, for how long. `found`: the ban that is changed, if one is."""

    kind = forms.ChoiceField(label="What to ban", choices=Kind.choices, widget=forms.RadioSelect)
    value = forms.CharField(
        max_length=320,
        label="Which",
        help_text="name@example.org; example.org; 192.0.2.0/24; or words, with * for anything: “miracle * cure”.",
    )
    effect = forms.ChoiceField(label="What happens to their comments", choices=Ban.Effect, widget=forms.RadioSelect)
    lasts = forms.ChoiceField(label="How long", required=False, choices=DAYS, widget=forms.RadioSelect)
    note = forms.CharField(label="Why", required=False, max_length=250, help_text="For moderators only.")
    hide = forms.BooleanField(
        label="Hide the earlier ones too",
        required=False,
        help_text="They wait for a decision again, and you can undo it.",
    )

    def __init__(self, data: Any = None, *, found: Ban | None = None, initial: dict[str, Any] | None = None) -> None:
        if found:
            initial = {"kind": found.kind, "value": found.value, "effect": found.effect, "note": found.note}
        super().__init__(data, initial={"effect": Ban.Effect.HOLD, "lasts": KEEP if found else "30", **(initial or {})})
        self.found = found
        if found:
            self.fields["kind"].disabled = self.fields["value"].disabled = True
            lasts: Any = self.fields["lasts"]
            lasts.choices = [(KEEP, f"As it is: {end_in_words(found)}"), *(DAYS)]

    def clean(self) -> dict[str, Any]:
        """Read the value as the ban will have it."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") and cleaned.get("value"):
            try:
                cleaned["value"] = read_value(cleaned["kind"], cleaned["value"])
            except BanRefusedError as error:
                self.add_error("value", str(error))
        return cleaned

    def count_earlier(self) -> int | None:
        """How many published comments it would mean; None as long as it cannot be read."""
        chosen = self.cleaned_data if self.is_bound and self.is_valid() else self.initial
        kind, value = chosen.get("kind"), chosen.get("value")
        if not kind or not value or (self.is_bound and not self.is_valid()):
            return None
        try:
            return len(find_earlier(Ban(kind=kind, value=read_value(kind, value))))
        except BanRefusedError:
            return None

    def save(self, *, by: AbstractUser) -> tuple[Ban, int]:
        """Ban as a valid form says; (the ban, how many earlier comments were hidden). Raises BanRefusedError."""
        chosen = self.cleaned_data
        facts = {name: chosen[name] for name in ("value", "effect", "note")}
        found = ban(chosen["kind"], by=by, until=self._until(chosen["lasts"]), **facts)
        return found, hide_earlier(found, by=by) if chosen["hide"] else 0

    def _until(self, lasts: str) -> Any:
        if lasts == KEEP:
            return self.found.until if self.found else None
        return timezone.now() + timedelta(days=int(lasts)) if lasts else None


def begin_with(query: Any) -> dict[str, Any]:
    """What the form begins with: the comment or the mailbox that the address of the page names, as `kind`."""
    kind = query.get("kind", "")
    kind = kind if kind in Kind.values else Kind.ADDRESS
    if comment := _find(Comment, query.get("comment", "")):
        values = {Kind.ADDRESS: comment.email, Kind.DOMAIN: comment.email.rpartition("@")[2]}
        return {"kind": kind, "value": _in_one_form(kind, values.get(kind, comment.ip or ""))}
    if commenter := _find(Commenter, query.get("commenter", "")):
        return {"kind": Kind.ADDRESS, "value": commenter.mailbox}
    return {"kind": kind}


def end_in_words(found: Ban) -> str:
    """“until 3 May 2027”, or that it has no end or is over."""
    if found.until is None:
        return "until somebody lifts it"
    day = date_format(timezone.localtime(found.until), "j F Y")
    return f"until {day}" if found.until > timezone.now() else f"ended {day}"


def _in_one_form(kind: str, value: str) -> str:
    try:
        return read_value(kind, value)
    except BanRefusedError:
        return value


def _find(model: Any, key: str) -> Any:
    is_key = key.isascii() and key.isdigit() and len(key) < 19  # noqa: PLR2004 - what a database key can be
    return model.objects.filter(pk=int(key)).first() if is_key else None
