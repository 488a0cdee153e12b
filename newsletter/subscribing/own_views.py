"""A subscriber's own page: by a link in every issue for what does no harm, by a mailed one for the rest."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from blog.models import Topic
from guard.addresses import mask_address
from newsletter.actions import own_page
from newsletter.actions.address_changes import ask_for_new_address
from newsletter.actions.ebooks import books_of, send_ebook
from newsletter.actions.offers import offers_of
from newsletter.errors import NotAllowed
from newsletter.links import Purpose, make_link, read_link
from newsletter.mailchimp.asked import what_is_asked
from newsletter.models import Consent, Subscriber
from newsletter.subscribing.follow_views import follow_act, unfollow_act
from newsletter.subscribing.own_forms import AddressForm, NameForm, PauseForm, TopicsForm
from newsletter.subscribing.token_pages import is_read, page, token_page

SEE_OTHER, CONFLICT, GONE, UNPROCESSABLE = 303, 409, 410, 422
# By which form or button, as the record has it, in words for the person.
PLACES = {
    "page": "on the newsletter’s page",
    "box": "in a box on a page",
    "footer": "at the foot of a page",
    "again": "by asking for a new link",
    "letter": "by the button in our letter",
    "link": "by the link in an issue or letter",
    "header": "by the button of your mail program",
    "site": "on our page for leaving",
    "follow": "on the page to follow something",
    "own page": "on this page",
    "undo": "by taking your leaving back",
    "import": "brought over by the team",
}
DONE = {
    "name": "Your name is saved.",
    "topics": "Your topics are saved.",
    "pause": "Your pause has begun.",
    "frequency": "Your choice of issues is saved.",
    "resume": "The pause is over: the next issue comes to you.",
    "counting": "Your choice about counting is saved.",
    "fresh": "We have sent a letter with the link to your address. It usually takes a minute or two; if none comes, "
    "ask once more ten minutes later.",
    "address": "We have sent a letter to the new address, if it is one that we can write to. Press the button in it; "
    "until then everything stays as it is.",
    "moved": "From now on our letter comes to this address. All earlier links have died.",
    "back": "Your old address is back. All earlier links have died.",
    "stay": "Thank you. The letter keeps coming.",
    "follow": "You follow it now.",
    "unfollow": "You follow it no more.",
    "ebook": "Now look in your inbox: the link to the book comes by email.",
}


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page as an issue leads to it: it may be in other hands, so it shows no address and does no harm."""
    subscriber = read_link(Purpose.OWN, token).subscriber
    return _answer(request, subscriber, ACTS)


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def own_fresh(request: HttpRequest, token: str) -> HttpResponseBase:
    """The same for a day after the link was mailed: with the address, and all that only its owner may do."""
    link = read_link(Purpose.OWN_FRESH, token)
    if link.is_late:
        return too_late(request, link.subscriber)
    return _answer(request, link.subscriber, {**ACTS, "address": _change_address}, token=token)


def too_late(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    """Instead of what a late link would open; POST mails a new one."""
    is_sent = not is_read(request) and request.POST.get("act") == "fresh"
    if is_sent:
        own_page.ask_for_own_link(subscriber)
    return page(request, "own_late", status=200 if is_sent else GONE, is_sent=is_sent)


Act = Callable[[HttpRequest, Subscriber], forms.Form | None]


def _answer(request: HttpRequest, subscriber: Subscriber, acts: Mapping[str, Act], *, token: str = "") -> HttpResponse:
    """Do what one of the page's forms asks for, then show the page again. Anything unknown changes nothing."""
    if is_read(request):
        return _show(request, subscriber, token=token)
    name = request.POST.get("act", "")
    act = acts.get(name)
    if act is None:
        return _see(request)
    try:
        form = act(request, subscriber)
    except NotAllowed as error:
        return _show(request, subscriber, token=token, status=CONFLICT, refused=str(error))
    if form is not None and form.errors:
        return _show(request, subscriber, token=token, status=UNPROCESSABLE, **{f"{name}_form": form})
    return _see(request, done=name)


def _see(request: HttpRequest, *, done: str = "") -> HttpResponse:
    query = f"?done={done}#done" if done else ""
    return HttpResponseRedirect(f"{request.path}{query}", status=SEE_OTHER)


def _change_name(request: HttpRequest, subscriber: Subscriber) -> forms.Form:
    form = NameForm(request.POST)
    if form.is_valid():
        own_page.change_name(subscriber, form.cleaned_data["name"])
    return form


def _choose_topics(request: HttpRequest, subscriber: Subscriber) -> forms.Form:
    form = TopicsForm(request.POST)
    if form.is_valid():
        own_page.choose_topics(subscriber, form.cleaned_data["topics"])
    return form


def _pause(request: HttpRequest, subscriber: Subscriber) -> forms.Form:
    form = PauseForm(request.POST)
    if form.is_valid():
        own_page.pause_issues(subscriber, months=form.cleaned_data["months"])
    return form


def _resume(_: HttpRequest, subscriber: Subscriber) -> None:
    own_page.end_pause(subscriber)


def _choose_frequency(request: HttpRequest, subscriber: Subscriber) -> None:
    own_page.choose_frequency(subscriber, only_big_news=request.POST.get("issues") == "big news")


def _count(request: HttpRequest, subscriber: Subscriber) -> None:
    own_page.allow_counting(subscriber, may_count=request.POST.get("may_count") == "yes")


def _mail_fresh_link(_: HttpRequest, subscriber: Subscriber) -> None:
    own_page.ask_for_own_link(subscriber)


def _change_address(request: HttpRequest, subscriber: Subscriber) -> forms.Form:
    form = AddressForm(request.POST)
    if form.is_valid():
        ask_for_new_address(subscriber, email=form.cleaned_data["email"])
    return form


def _send_book(request: HttpRequest, subscriber: Subscriber) -> None:
    book = request.POST.get("book", "")
    wanted = next((own.ebook for own in books_of(subscriber) if str(own.ebook.pk) == book), None)
    if wanted is None:
        raise NotAllowed("This book is not given away any more.")
    send_ebook(subscriber, wanted)


ACTS: Mapping[str, Act] = {
    "name": _change_name,
    "topics": _choose_topics,
    "pause": _pause,
    "frequency": _choose_frequency,
    "resume": _resume,
    "counting": _count,
    "fresh": _mail_fresh_link,
    "ebook": _send_book,
    "follow": follow_act,
    "unfollow": unfollow_act,
}


def _show(request: HttpRequest, subscriber: Subscriber, *, token: str, status: int = 200, **shown: Any) -> HttpResponse:
    """The page; with the `token` of a fresh link, all of it."""
    subscriber.refresh_from_db()
    chosen = set(subscriber.topics.values_list("pk", flat=True))
    context = {
        "subscriber": subscriber,
        "email": subscriber.email if token else mask_address(subscriber.email),
        "is_fresh": bool(token),
        "token": token,
        "is_on_the_list": subscriber.state == Subscriber.State.CONFIRMED,
        "asked": what_is_asked(subscriber),
        "is_paused": own_page.is_paused(subscriber),
        "pauses": own_page.PAUSES,
        "topics": [(topic, topic.pk in chosen) for topic in Topic.objects.all()],
        "record": [_tell(consent) for consent in subscriber.consents.select_related("wording")],
        "offers": offers_of(subscriber),
        "books": books_of(subscriber),
        "follows": subscriber.follows.with_targets(),
        "done": DONE.get(request.GET.get("done", "")),
        "leave_url": reverse("newsletter:unsubscribe", args=[make_link(Purpose.UNSUBSCRIBE, subscriber)]),
        "name_form": NameForm(initial={"name": subscriber.name}),
        "address_form": AddressForm(),
        **shown,
    }
    return page(request, "own_page", status=status, **context)


def _tell(consent: Consent) -> dict[str, Any]:
    """One line of the record."""
    return {
        "at": consent.at,
        "act": consent.get_act_display(),
        "place": PLACES.get(consent.form, consent.form),
        "source_url": consent.source_url,
        "detail": consent.detail,
        "wording": consent.wording,
    }
