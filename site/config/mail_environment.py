"""How mail leaves and what comes back, from the environment: signatures, return path, mailbox, mail provider."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from .environment import access_key, env, one_of, service_address

ESPS = {"mailgun": "https://api.mailgun.net/v3", "postmark": "https://api.postmarkapp.com"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_DOMAIN = re.compile(r"(?=.{1,200}$)[a-z0-9-]+(\.[a-z0-9-]+)*", re.IGNORECASE)
_SECRET = re.compile(r"[A-Za-z0-9_-]{24,}")


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


def returned_mail() -> str:
    """RETURNED_MAIL_URL: imaps://user:password@host[:993][/FOLDER] or maildir:///folder; empty: nothing is fetched."""
    value = env.str("RETURNED_MAIL_URL", default="").strip()
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        is_good = _is_maildir(parts) or _is_imap(parts)
    except ValueError:
        is_good = False
    if not is_good:
        raise ImproperlyConfigured(
            "RETURNED_MAIL_URL must be imaps://user:password@host/INBOX or maildir:///path/of/the/folder. Signs such as"
            " / and @ in the password are written as %2F and %40."
        )
    return value


def esp() -> dict[str, Any]:
    """ESP and its keys as settings of ours and of django-anymail; empty where no provider is named.

    Issues go by the provider's API then; letters too, unless EMAIL_URL names a mail server for them.
    """
    name = one_of("ESP", ("", *ESPS))
    if not name:
        return {}
    secret, key = env.str("ESP_WEBHOOK_SECRET", default=""), access_key("ESP_API_KEY")
    if not key:
        raise ImproperlyConfigured("ESP_API_KEY is missing: ESP names a provider of mail, and its API wants a key.")
    if secret and not _SECRET.fullmatch(secret):
        raise ImproperlyConfigured(
            "ESP_WEBHOOK_SECRET must be 24 letters and digits or more: it is part of an address."
        )
    api_url, signing = service_address("ESP_API_URL", ESPS[name]), access_key("ESP_WEBHOOK_KEY")
    anymail: dict[str, Any] = {"REQUESTS_TIMEOUT": (10, 60)}  # seconds to connect, and without a sign of an answer
    if name == "mailgun":
        if secret and not signing:
            raise ImproperlyConfigured("ESP_WEBHOOK_KEY is missing: Mailgun signs its news with its own key for that.")
        anymail |= {"MAILGUN_API_KEY": key, "MAILGUN_API_URL": api_url, "MAILGUN_WEBHOOK_SIGNING_KEY": signing or key}
        if sender_domain := domain("ESP_SENDER_DOMAIN"):
            anymail["MAILGUN_SENDER_DOMAIN"] = sender_domain
    else:
        anymail |= {"POSTMARK_SERVER_TOKEN": key, "POSTMARK_API_URL": api_url}
        if secret:
            anymail["WEBHOOK_SECRET"] = f"wellpress:{secret}"  # it signs nothing: the same secret once more
    found = {
        "ESP": name,
        "ESP_STREAM": env.str("ESP_STREAM", default="broadcast"),
        "ANYMAIL": anymail,
        "ESP_WEBHOOK_SECRET": secret,
    }
    found |= {"NEWSLETTER_SENDER": f"newsletter.senders.esp.{name.title()}Sender"}
    if not env.str("EMAIL_URL", default=""):
        found |= {"EMAIL_BACKEND": f"anymail.backends.{name}.EmailBackend", "LETTERS_BY_ESP": True}
    return found


def _content_of(name: str) -> str:
    path = env.str(name, default="")
    try:
        return Path(path).read_text(encoding="ascii") if path else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}: cannot read {path}: {error.__class__.__name__}.") from error


def _is_maildir(parts: SplitResult) -> bool:
    return parts.scheme == "maildir" and not parts.netloc and len(unquote(parts.path)) > 1


def _is_imap(parts: SplitResult) -> bool:
    is_safe = parts.scheme == "imaps" or (parts.scheme == "imap" and parts.hostname in LOOPBACK)
    return bool(is_safe and parts.hostname and parts.username and parts.password and parts.port != 0)
