"""The picture that other sites show beside a shared address."""

import base64
from typing import Any

from django import template
from wagtail.models import Page

from blog.models import Topic
from blog.pictures import SharedPicture, shared_cut
from blog.social_cards import HEIGHT, WIDTH, draw_card
from home.models import HomePage
from home.social_cards import card_address, card_words

register = template.Library()


@register.simple_tag(takes_context=True)
def shared_picture(context: dict[str, Any]) -> SharedPicture | None:
    """The picture an editor chose, else the drawn card, of the page or topic in the context, or of the whole site."""
    thing: Any = next((context[key] for key in ("page", "topic") if isinstance(context.get(key), Page | Topic)), None)
    thing = thing or HomePage.objects.live().first()  # a list of topics, a search: the card of the whole site
    if not getattr(thing, "pk", None):
        return None
    chosen = getattr(thing, "share_picture", None)
    if chosen:
        return shared_cut(chosen)
    name = context["site_name"]
    return SharedPicture(card_address(thing, name), WIDTH, HEIGHT, card_words(thing, name).alt)


@register.simple_tag
def draw_card_now(page: Any, site_name: str) -> str:
    """The card of a page that may not be saved yet, as a data address: for previews only."""
    drawn = draw_card(card_words(page, site_name))
    return f"data:image/png;base64,{base64.b64encode(drawn).decode()}"
