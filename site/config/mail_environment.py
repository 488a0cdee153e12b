"""How mail leaves and what comes back, from the environment."""

import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .environment import env

_DOMAIN = re.compile(r"(?=.{1,200}$)[a-z0-9-]+(\.[a-z0-9-]+)*", re.IGNORECASE)


def domain(name: str) -> str:
    """The variable `name` as a domain in ASCII, empty where there is none."""
    value = env.str(name, default="").strip().lower()
    if value and not _DOMAIN.fullmatch(value):
        raise ImproperlyConfigured(f"{name} is {value!r}. It must be a domain such as mail.example.org")
    return value


def dkim() -> dict[str, str] | None:
    """DKIM_DOMAIN, DKIM_SELECTOR and one of DKIM_KEY (PEM) and DKIM_KEY_FILE; or None.

    Raises ImproperlyConfigured with the name of what is missing or wrong. The key is not repeated.
    """
    found, selector = domain("DKIM_DOMAIN"), domain("DKIM_SELECTOR")
    name = "DKIM_KEY" if env.str("DKIM_KEY", default="") else "DKIM_KEY_FILE"
    key = env.str("DKIM_KEY", default="").replace("\\n", "\n") or _content_of(name)
    if not (found or selector or key):
        return None
    values = {"DKIM_DOMAIN": found, "DKIM_SELECTOR": selector, "DKIM_KEY or DKIM_KEY_FILE": key}
    if missing := [name for name, value in values.items() if not value]:
        raise ImproperlyConfigured(f"{' and '.join(missing)}: missing. A signature needs domain, selector and key.")
    from letters.dkim import Signer  # noqa: PLC0415 - whoever signs nothing need not load OpenSSL

    try:
        Signer(found, selector, key)
    except (ValueError, TypeError) as error:  # TypeError: a key with a passphrase
        why = error if "key" in str(error) or "bits" in str(error) else "it is not in PEM, or has a passphrase"
        raise ImproperlyConfigured(f"{name} must be an RSA key of 2048 bits or more in PEM: {why}.") from None
    return {"domain": found, "selector": selector, "key": key}


def _content_of(name: str) -> str:
    path = env.str(name, default="")
    try:
        return Path(path).read_text(encoding="ascii") if path else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}: cannot read {path}: {error.__class__.__name__}.") from error
