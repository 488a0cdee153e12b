"""`{% sign_up_box form_place="article" %}`: the offer and the form, on any page and without its view's help."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from wagtail.rich_text import RichText

from blog.structured_data import to_script
from newsletter import wall_clock
from newsletter.follow_targets import mark_of
from newsletter.issue_fields import fill_in_words
from newsletter.models import Ebook
from newsletter.plain_text import wrap
from newsletter.structured_data import describe_issue
from newsletter.subscribing.forms import SignUpForm
from newsletter.subscribing.wording import current_wording, shown_wording
from newsletter.wall_clock import say_moment, site_zone

register = template.Library()
T = TypeVar("T")


@register.inclusion_tag("newsletter/includes/sign_up_box.html", takes_context=True)
def sign_up_box(context: Context, form_place: str = "box", heading: str = "h2") -> dict[str, Any]:
    """A box with the e-book's cover. `form_place` is recorded with the consent and makes the fields' ids unique.

    `heading` is the level that fits where the box stands: "h2" or "h3".
    """
    return {**_offer(context, form_place), "heading": heading}


@register.inclusion_tag("newsletter/includes/sign_up_form.html", takes_context=True)
def sign_up_form(context: Context, form_place: str, form: SignUpForm | None = None) -> dict[str, Any]:
    """The form alone; `form` is one that was sent and is shown again with its errors."""
    return _offer(context, form_place, form)


@register.filter
def wrapped(words: str) -> str:
    """Words of a letter's text part, in lines that every mail program shows whole."""
    return wrap(words)


@register.filter
def on_wall(moment: datetime | None, zone: str) -> str:
    """A moment as the wall clocks of a zone show it, with the zone's name; empty for none."""
    return say_moment(moment, zone or site_zone()) if moment else ""


@register.filter
def for_everybody(text: RichText) -> SafeString:
    """Rich text of an issue as it stands on the web, where nobody is named: each field gives what stands instead."""
    return SafeString(fill_in_words(str(text), {}))  # both are what an editor's rich text field holds


@register.filter
def on_wall_short(moment: datetime | None, zone: str) -> str:
    """The same in few words: "1 Dec 2026, 07:00 GMT"."""
    return f"{wall_clock.on_wall(moment, zone or site_zone()):%-d %b %Y, %H:%M %Z}" if moment else ""


@register.simple_tag
def site_zone_name() -> str:
    """The site's own zone as it is set today."""
    return site_zone()


@register.inclusion_tag("newsletter/includes/sign_up_footer.html", takes_context=True)
def sign_up_footer(context: Context) -> dict[str, Any]:
    """The small form at the foot of every page: the same on all of them, so that it can be kept."""
    return _offer(context, "footer")


@register.simple_tag(takes_context=True)
def ebook_on_offer(context: Context) -> Ebook | None:
    """The book that new subscribers are given, or None; read once a page."""
    return _read_once(context.get("request"), "ebook_on_offer", Ebook.objects.offered().first)


@register.simple_tag
def follow_address(target: Any) -> str:
    """Where an author's or article's page, or a topic, can be followed by email; empty for one that was never saved."""
    return reverse("newsletter:follow", args=[mark_of(target)]) if target.pk else ""


@register.simple_tag(takes_context=True)
def issue_data(context: Context, site_name: str) -> SafeString:
    """JSON-LD of the issue `page`, whose `parts` are in the context; empty for one that was never saved."""
    issue = context["page"]
    if not issue.pk:
        return SafeString("")
    articles = [article for part in context["parts"] for article in part.articles]
    return to_script(describe_issue(issue, site_name=site_name, articles=articles))


def _offer(context: Context, place: str, form: SignUpForm | None = None) -> dict[str, Any]:
    form = form or SignUpForm()
    request = context.get("request")
    if form.is_bound:
        wording = shown_wording(form.cleaned_data.get("wording"))
    else:
        wording = _read_once(request, "current_wording", current_wording)
    return {
        "form": form,
        "place": place,
        "recorded_place": form.shown_place if form.is_bound else place,
        "source": _source(form, request),
        "ebook": ebook_on_offer(context),
        "wording": wording,
        "settings": context.get("settings"),
    }


def _read_once(request: Any, name: str, read: Callable[[], T]) -> T:
    """What `read` returns, once a request: the box, the letter's panel and the foot of a page stand on the same one."""
    known: dict[str, T] = {} if request is None else vars(request).setdefault("newsletter_offer", {})
    if name not in known:
        known[name] = read()
    return known[name]


def _source(form: SignUpForm, request: Any) -> str:
    """Where the form was first seen: as it was sent, as it is filled in already, or this page."""
    if form.is_bound:
        return str(form.data.get("source", ""))
    return str(form.initial.get("source", request.path if request else ""))
