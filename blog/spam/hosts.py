"""What links look like: the classifier's view of web addresses. Nothing is asked of anybody."""

import re
from dataclasses import dataclass

MOST = 20  # links that are looked at
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'”’\])]+"
    r"|(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?\.){1,4}"
    r"(?:(?:com|net|org|info|biz|shop|xyz|top|online|site|store|club|live|io|uk|ru|cn|eu|pro|vip|link|click)\b"
    r"|(?:me|in|us|co)(?=/))"  # words too, where somebody left out the blank after a stop
    r"(?:/[^\s<>\"'”’\])]*)?",
    re.IGNORECASE,
)
_SECOND_LEVELS = {"co", "org", "ac", "gov", "nhs", "com", "net", "edu"}
_SHORTENERS = {"bit.ly", "t.co", "goo.gl", "tinyurl.com", "t.me", "wa.me", "is.gd", "cutt.ly", "rb.gy", "linktr.ee"}


@dataclass(frozen=True, slots=True)
class Link:
    """The host as it stood there, and the signs that the address gives."""

    host: str
    signs: tuple[str, ...]


def read_links(text: str) -> tuple[str, list[Link]]:
    """The text without its links, and the links."""
    links = [_read(found[0]) for found in _LINK.finditer(text)]
    return _LINK.sub(" ", text), links[:MOST]


def _read(address: str) -> Link:
    rest = re.sub(r"^https?://", "", address, flags=re.IGNORECASE).rstrip(".,;:!?")
    host, slash, path = rest.partition("/")
    host = host.partition("?")[0].partition("#")[0].partition(":")[0].casefold().removeprefix("www.")
    labels = host.split(".")
    three = len(labels) > 2 and labels[-2] in _SECOND_LEVELS  # noqa: PLR2004
    site = ".".join(labels[-3 if three else -2 :])
    signs = [f"~host {site[:60]}", f"~ending {'.'.join(labels[-2:]) if three else labels[-1][:20]}"]
    if site in _SHORTENERS:
        signs.append("~shortened link")
    if "-" in site or re.search(r"\d", site):
        signs.append("~host with hyphen or number")
    if re.search(r"[?&](?:ref|aff|utm_\w+|affid|promo|coupon)=", rest, re.IGNORECASE):
        signs.append("~link that counts visitors")
    signs.append("~link to a page" if slash and len(path) > 1 else "~link to a front page")
    signs += [f"~in link {word}" for word in re.findall(r"[a-z]{4,20}", rest.casefold())[:6]]
    return Link(host[:60], tuple(signs))
