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
from newsletter.errors import NotAllowed
from newsletter.links import Purpose, make_link, read_link
from newsletter.models import Consent, Subscriber
from newsletter.subscribing.own_forms import NameForm, PauseForm, TopicsForm
from newsletter.subscribing.token_pages import is_read, page, token_page

SEE_OTHER, GONE, UNPROCESSABLE = 303, 410, 422
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
    "own page": "on this page",
    "undo": "by taking your leaving back",
    "import": "brought over by the team",
}
DONE = {
    "name": "Your name is saved.",
    "topics": "Your topics are saved.",
    "pause": "Your pause has begun.",
    "resume": "The pause is over: the next issue comes to you.",
    "counting": "Your choice about counting is saved.",
}


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page as an issue leads to it: it may be in other hands, so it shows no address and does no harm."""
    subscriber = read_link(Purpose.OWN, token).subscriber
    if is_read(request):
        return _show(request, subscriber)
    return _act(request, subscriber)


def _act(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    """Do what one of the page's forms asks for, then show the page again. Anything unknown changes nothing."""
    name = request.POST.get("act", "")
    act = ACTS.get(name)
    if act is None:
        return _see(request)
    try:
        form = act(request, subscriber)
    except NotAllowed:
        return _see(request)  # the page says that they are off the list
    if form is not None and form.errors:
        return _show(request, subscriber, status=UNPROCESSABLE, **{f"{name}_form": form})
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


def _count(request: HttpRequest, subscriber: Subscriber) -> None:
    own_page.allow_counting(subscriber, may_count=request.POST.get("may_count") == "yes")


ACTS: Mapping[str, Callable[[HttpRequest, Subscriber], forms.Form | None]] = {
    "name": _change_name,
    "topics": _choose_topics,
    "pause": _pause,
    "resume": _resume,
    "counting": _count,
}


def _show(request: HttpRequest, subscriber: Subscriber, *, status: int = 200, **shown: Any) -> HttpResponse:
    chosen = set(subscriber.topics.values_list("pk", flat=True))
    context = {
        "subscriber": subscriber,
        "email": mask_address(subscriber.email),
        "is_on_the_list": subscriber.state == Subscriber.State.CONFIRMED,
        "is_paused": own_page.is_paused(subscriber),
        "pauses": own_page.PAUSES,
        "topics": [(topic, topic.pk in chosen) for topic in Topic.objects.all()],
        "record": [_tell(consent) for consent in subscriber.consents.select_related("wording")],
        "done": DONE.get(request.GET.get("done", "")),
        "leave_url": reverse("newsletter:unsubscribe", args=[make_link(Purpose.UNSUBSCRIBE, subscriber)]),
        "name_form": NameForm(initial={"name": subscriber.name}),
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
