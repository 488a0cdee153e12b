"""What the search page says about what was found."""

from django import template

from blog.models import Topic
from blog.models.topics import TopicQuerySet
from home.search.finding import MAX_FOUND, Found

register = template.Library()


@register.simple_tag
def found_line(found: Found, query: str) -> str:
    """“3 articles on “pain””, for the heading and the title."""
    count = len(found.articles)
    number = f"The first {MAX_FOUND:,}" if found.is_cut and count == MAX_FOUND else f"{count:,}" if count else "No"
    return f"{number} {'article' if count == 1 else 'articles'} on “{found.meant or query}”"


@register.simple_tag
def all_topics() -> TopicQuerySet:
    """Every topic, in the editors' order."""
    return Topic.objects.all()
