"""A reader's words in a plain letter."""

from django import template

register = template.Library()


@register.filter
def quoted(text: str) -> str:
    """Each line behind "> ", so that no line of it can pass for the letter's own."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
