"""The JSON-LD of a page, as template tags."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from blog.models import ArticlePage, AuthorPage
from blog.pictures import share_picture
from blog.structured_data import describe_article, describe_path, describe_profile, to_script

register = template.Library()


@register.simple_tag
def share_picture_url(image: Any) -> str:
    """The absolute address of the picture that social sites show; empty without a picture."""
    return share_picture(image) if image else ""


@register.simple_tag
def article_data(article: ArticlePage, publisher: str, picture: str = "") -> SafeString:
    """JSON-LD of an article. `picture` is an absolute address or empty."""
    return to_script(describe_article(article, publisher=publisher, picture=picture))


@register.simple_tag
def profile_data(person: AuthorPage) -> SafeString:
    """JSON-LD of an author's page."""
    return to_script(describe_profile(person))


@register.simple_tag
def path_data(page: ArticlePage) -> SafeString:
    """JSON-LD of the breadcrumb of an article: front page, topic, itself. Empty for what has no address yet."""
    where = page.get_url_parts() if page.pk else None
    if where is None or page.topic is None:
        return SafeString("")
    _, root, path = where
    steps = [("Home", "/"), (page.topic.name, page.topic.get_absolute_url()), (page.title, path)]
    return to_script(describe_path([(name, root + place) for name, place in steps]))
