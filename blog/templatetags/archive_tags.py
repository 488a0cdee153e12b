"""The ways into the archive."""

from django import template

from blog.archive import years

register = template.Library()


@register.simple_tag
def archive_years() -> list[tuple[int, int]]:
    """(year, number of articles), the newest first."""
    return years()
