"""Subscribers > Do not mail: look an address up, keep one off, take that back. No address stands in an address."""

from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from guard.addresses import InvalidAddressError, normalise
from newsletter.actions.suppressing import lift_by_hand, look_up, suppress_by_hand
from newsletter.admin_pages import needs, page_of
from newsletter.errors import NewsletterError
from newsletter.models import Subscriber, Suppression
from newsletter.people.rights import LIFT, SUPPRESS


class MailboxForm(forms.Form):
    """One address, and why the team keeps it off."""

    email = forms.CharField(max_length=320, label="Email address")
    note = forms.CharField(required=False, max_length=200)

    def clean_email(self) -> str:
        """The mailbox that it names."""
        try:
            return normalise(self.cleaned_data["email"])
        except InvalidAddressError as error:
            raise forms.ValidationError(str(error)) from error


@needs(SUPPRESS)
@require_http_methods(["GET", "HEAD", "POST"])
def show_suppressions(request: HttpRequest) -> HttpResponse:
    """How many there are, and what is known of the one mailbox that was typed."""
    form = MailboxForm(request.POST or None)
    found: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        mailbox = form.cleaned_data["email"]
        _act(request, mailbox, note=form.cleaned_data["note"].strip())
        found = {
            "mailbox": mailbox,
            "barred": look_up(mailbox),
            "person": Subscriber.objects.filter(mailbox=mailbox).first(),
        }
    counted = dict(Suppression.objects.values_list("reason").annotate(Count("pk")))
    context = {
        **page_of("Do not mail", icon="no-view"),
        **found,
        "form": form,
        "counts": [(reason.label, counted.get(reason.value, 0)) for reason in Suppression.Reason],
        "total": sum(counted.values()),
        "may_lift": request.user.has_perm(LIFT),
    }
    return render(request, "newsletter/admin/suppressions.html", context, status=422 if form.errors else 200)


def admin_urls() -> list[URLPattern]:
    """Where it lies."""
    return [path("newsletter/do-not-mail/", show_suppressions, name="newsletter_suppressions")]


def _act(request: HttpRequest, mailbox: str, *, note: str) -> None:
    try:
        if "suppress" in request.POST:
            suppress_by_hand(mailbox, note=note, by=request.user)
            messages.success(request, "This mailbox is not mailed any more.")
        elif "lift" in request.POST and request.user.has_perm(LIFT):
            lift_by_hand(mailbox, by=request.user)
            messages.success(request, "Lifted. Nobody was put on the list by it: they can sign up themselves.")
    except NewsletterError as error:
        messages.error(request, str(error))
