"""`{% site_settings as settings %}`: what letters say of the site."""

from django import template

from letters.many import site_settings

register = template.Library()
register.simple_tag(site_settings)
