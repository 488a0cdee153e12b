"""The JSON-LD of a page, and what social sites read of an article, as template tags."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from blog.models import ArticlePage, AuthorPage, Topic
from blog.pictures import share_picture
from blog.structured_data import (
    describe_article,
    describe_path,
    describe_profile,
    describe_site,
    describe_topic,
    last_change,
    to_script,
)

register = template.Library()


@register.simple_tag
def share_picture_url(image: Any) -> str:
    """The absolute address of the picture that social sites show; empty without a picture."""
    return _share(image)


@register.simple_tag(takes_context=True)
def article_data(context: dict[str, Any], site_name: str) -> SafeString:
    """JSON-LD of the article `page`.

    Says what is in the context for the readers' eyes: `parts`, `references`, `corrections`, `tags`, the `section` of
    comments that this page shows.
    """
    page = context["page"]
    section = context.get("section")
    data = describe_article(
        page,
        site_name=site_name,
        picture=_share(page.picture),
        references=context.get("references") or (),
        corrections=context.get("corrections") or (),
        tags=[tag.name for tag in context.get("tags") or ()],
        blocks=[part.block for part in context.get("parts") or ()],
        threads=section.threads if section else (),
        comment_count=section.count if section else 0,
    )
    return to_script(data)


@register.simple_tag(takes_context=True)
def changed_at(context: dict[str, Any]) -> str:
    """When the article `page` last changed, in ISO 8601: the same as its JSON-LD says."""
    return last_change(context["page"], context.get("corrections") or ())


@register.simple_tag
def profile_data(person: AuthorPage) -> SafeString:
    """JSON-LD of an author's page."""
    return to_script(describe_profile(person))


@register.simple_tag(takes_context=True)
def topic_data(context: dict[str, Any], topic: Topic, site_name: str) -> SafeString:
    """JSON-LD of a topic's page; `articles` in the context is the Paginator page that it shows."""
    listing = context.get("articles")
    if not listing:
        return to_script(describe_topic(topic, [], publisher=site_name))
    return to_script(describe_topic(topic, listing, publisher=site_name, first=listing.start_index()))


@register.simple_tag
def site_data(site_name: str, words: str = "") -> SafeString:
    """JSON-LD of the whole site, for its front page."""
    return to_script(describe_site(site_name, words=words))


@register.simple_tag
def path_data(page: ArticlePage) -> SafeString:
    """JSON-LD of the breadcrumb of an article: front page, topic, itself. Empty for what has no address yet."""
    where = page.get_url_parts() if page.pk else None
    if where is None or page.topic is None:
        return SafeString("")
    _, root, path = where
    steps = [("Home", "/"), (page.topic.name, page.topic.get_absolute_url()), (page.title, path)]
    return to_script(describe_path([(name, root + place) for name, place in steps]))


@register.simple_tag
def trail_data(*steps: str) -> SafeString:
    """JSON-LD of a breadcrumb: `{% trail_data "Topics" "/topics/" topic.name topic.get_absolute_url %}`.

    Names and paths in turn, without the front page. Empty if a path is missing: a page that has no address yet.
    """
    pairs = [("Home", "/"), *zip(steps[::2], steps[1::2], strict=True)]
    if not all(place for _, place in pairs):
        return SafeString("")
    return to_script(describe_path([(str(name), settings.SITE_URL + str(place)) for name, place in pairs]))


def _share(image: Any) -> str:
    """Asked twice a page, looked up once."""
    if image is None:
        return ""
    if not hasattr(image, "share_address"):
        image.share_address = share_picture(image)
    return str(image.share_address)
