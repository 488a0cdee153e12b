"""What a page is, in the words of schema.org (JSON-LD) for search engines: only what it says to readers as well."""

from .articles import describe_article, last_change
from .people import describe_person, describe_profile
from .places import describe_path, describe_site, describe_topic, publisher
from .script import CONTEXT, to_script

__all__ = [
    "CONTEXT",
    "describe_article",
    "describe_path",
    "describe_person",
    "describe_profile",
    "describe_site",
    "describe_topic",
    "last_change",
    "publisher",
    "to_script",
]
