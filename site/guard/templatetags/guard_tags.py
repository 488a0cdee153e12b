"""`{% guard_fields form %}`: the hidden part of a guarded form."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from guard.forms import GuardedForm

register = template.Library()


@register.simple_tag
def guard_fields(form: GuardedForm) -> SafeString:
    """The form token and the trap, which is hidden from sight, from the keyboard and from assistive technology."""
    return format_html(
        '<input type="hidden" name="{}" value="{}">'
        '<div hidden><label>{}<input type="text" name="{}" value="" autocomplete="off" tabindex="-1"></label></div>',
        form.add_prefix("form_token"),
        form.fresh_token,
        form.fields["website"].label,
        form.add_prefix("website"),
    )
