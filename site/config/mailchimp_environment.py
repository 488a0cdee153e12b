"""Mailchimp from the environment: the key, the audience, the secret in the address of its news."""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .environment import access_key, env, service_address, whole_number

_KEY = re.compile(r"[^-]+-([a-z]+[0-9]+)")
_AUDIENCE = re.compile(r"[A-Za-z0-9]{1,40}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{24,}")


def mailchimp() -> dict[str, Any]:
    """MAILCHIMP_API_KEY and what belongs to it as settings. No key: nothing is asked. Keys are not repeated in words.

    The base address follows from the data centre, which a key ends with; MAILCHIMP_API_URL names another.
    """
    key, audience = access_key("MAILCHIMP_API_KEY"), env.str("MAILCHIMP_AUDIENCE_ID", default="").strip()
    secret = env.str("MAILCHIMP_WEBHOOK_SECRET", default="").strip()
    found = _KEY.fullmatch(key)
    if key and not found:
        raise ImproperlyConfigured(
            "MAILCHIMP_API_KEY must be a key of Mailchimp: with one dash, and the data centre after it (…-us7)."
        )
    if audience and not _AUDIENCE.fullmatch(audience):
        raise ImproperlyConfigured(
            f"MAILCHIMP_AUDIENCE_ID is {audience!r}. It must be the ID of an audience, such as 1a2b3c4d5e."
        )
    if secret and not _SECRET.fullmatch(secret):
        raise ImproperlyConfigured(
            "MAILCHIMP_WEBHOOK_SECRET must be 24 letters and digits or more: it is part of an address."
        )
    host = f"https://{found[1]}.api.mailchimp.com" if found else "https://us1.api.mailchimp.com"
    return {
        "MAILCHIMP_API_KEY": key,
        "MAILCHIMP_API_URL": service_address("MAILCHIMP_API_URL", host),
        "MAILCHIMP_AUDIENCE_ID": audience,
        "MAILCHIMP_WEBHOOK_SECRET": secret,
        "MAILCHIMP_TIMEOUT": whole_number("MAILCHIMP_TIMEOUT", 60, least=1),  # seconds without a sign of an answer
        "MAILCHIMP_HOLDS_CALLS": 120,  # seconds: so long the service may work at a call that nobody waits for any more
        "MAILCHIMP_FIRST_PAUSE": 0.5,  # seconds before a call is repeated; twice as long each time
    }
