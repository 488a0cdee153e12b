"""Which card stands for which page: its words, its address, its file in the default storage."""

from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page

from blog.models import ArticlePage, AuthorPage, Topic
from blog.social_cards import CardWords, draw_card
from home.models import HomePage, SiteSettings
from newsletter.models import IssuePage

FOREVER = 365 * 24 * 3600  # seconds; another card has another address


def card_words(thing: Page | Topic, site_name: str) -> CardWords:
    """What the card of a (specific) page or of a topic says."""
    if isinstance(thing, Topic):
        return CardWords(thing.name, site_name, under=thing.summary)
    if isinstance(thing, ArticlePage):
        names = [author.title for author in thing.authors]
        by = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
        return CardWords(thing.title, site_name, thing.topic.name if thing.topic else "", f"By {by}" if by else "")
    if isinstance(thing, AuthorPage):
        return CardWords(thing.title, site_name, under=thing.role)
    if isinstance(thing, IssuePage):
        return CardWords(thing.title, site_name, thing.label, "The letter")
    return CardWords(thing.headline if isinstance(thing, HomePage) else thing.title, site_name)


def card_address(thing: Page | Topic, site_name: str) -> str:
    """The absolute address of the card; it changes with the words, so that it may be kept for ever."""
    kind = "topic" if isinstance(thing, Topic) else "page"
    digest = card_words(thing, site_name).digest
    return settings.SITE_URL + reverse("home:card", args=[kind, thing.pk, digest])


def keep_card(kind: str, pk: int, words: CardWords) -> bytes:
    """The card as PNG, drawn if it is not in the storage yet; older cards of the same page are thrown away."""
    name = f"{_folder(kind, pk)}/{words.digest}.png"
    if default_storage.exists(name):
        with default_storage.open(name) as file:
            return bytes(file.read())
    drawn = draw_card(words)
    drop_cards(kind, pk)
    saved = default_storage.save(name, ContentFile(drawn))
    if saved != name:  # somebody else drew it in the same moment
        default_storage.delete(saved)
    return drawn


def drop_cards(kind: str, pk: int) -> None:
    """Throw away every card of one page or topic."""
    folder = _folder(kind, pk)
    try:
        _, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        default_storage.delete(f"{folder}/{name}")


def _folder(kind: str, pk: int) -> str:
    return f"cards/{kind}-{pk}"


def draw_page_card(pk: int) -> None:
    """Draw the card of a page that readers can see; throw away that of one which they cannot."""
    page = Page.objects.live().public().filter(pk=pk).first()
    site = page.get_site() if page else None
    if page is None or site is None:
        drop_cards("page", pk)
        return
    specific: Any = page.specific
    if not getattr(specific, "share_picture_id", None):
        keep_card("page", pk, card_words(specific, SiteSettings.for_site(site).site_name))


@require_safe
def card(request: HttpRequest, kind: str, pk: int, digest: str) -> HttpResponse:
    """The picture. An address with words of yesterday leads to the card of today; nothing else is ever drawn."""
    if kind == "topic":
        thing: Any = get_object_or_404(Topic, pk=pk)
    elif kind == "page":
        thing = get_object_or_404(Page.objects.live().public(), pk=pk).specific
    else:
        raise Http404
    site_name = SiteSettings.for_request(request).site_name
    words = card_words(thing, site_name)
    if digest != words.digest:
        return HttpResponseRedirect(reverse("home:card", args=[kind, pk, words.digest]))
    response = HttpResponse(keep_card(kind, pk, words), content_type="image/png")
    response["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
    return response
