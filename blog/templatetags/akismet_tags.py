"""What the desk shows of Akismet: `{% akismet_report as report %}`, `{% akismet_trouble as words %}`."""

from django import template

from blog.actions.akismet_status import trouble
from blog.moderation.akismet_page import AkismetReport, may_look, read_report

register = template.Library()


@register.simple_tag
def akismet_report() -> AkismetReport:
    """What is known of the key, the last answer and the breaker."""
    return read_report()


@register.simple_tag
def akismet_trouble() -> str:
    """What is wrong, in words; empty: nothing."""
    return trouble() or ""


register.filter("may_look_at_akismet", may_look)
