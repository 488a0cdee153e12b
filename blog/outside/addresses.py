"""Which addresses are public web addresses: of a link, of a host's machines."""

import ipaddress
import re
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings

from .errors import NotAskedError

PORTS = {"http": 80, "https": 443}
LONGEST = 700  # what OutwardLink.url holds
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.IGNORECASE)  # a name or number, or what stands in IPv6's brackets
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Machine = ipaddress.IPv4Address | ipaddress.IPv6Address
_SAFE = "%/:=&?~+!$,;'@()*[]-._"


def normalise_link(href: str) -> str:
    """The address without its fragment, in ASCII, so that one page is asked once; empty if it is no web address."""
    try:
        parts = urlsplit(href.strip())
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except ValueError:  # UnicodeError is one
        return ""
    if parts.scheme not in PORTS or not _HOST.fullmatch(host):
        return ""
    place = f"[{host}]" if ":" in host else host
    if port and port != PORTS[parts.scheme]:
        place = f"{place}:{port}"
    if "@" in parts.netloc:
        place = f"{quote(parts.netloc.rpartition('@')[0], safe=_SAFE)}@{place}"
    found = urlunsplit((parts.scheme, place, quote(parts.path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE), ""))
    return found if len(found) <= LONGEST else ""


def host_of(url: str) -> str:
    """The host of a normalised address, without its port."""
    return urlsplit(url).hostname or ""


def check_link(url: str) -> None:
    """Raise NotAskedError unless this is a plain http(s) address on the usual port, without a log-in in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAskedError("This is no web address.") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise NotAskedError("Only http and https addresses are asked.")
    if "@" in parts.netloc:
        raise NotAskedError("The address holds a name or password: take it out.")
    if any(c <= " " or c == "\x7f" for c in url):
        raise NotAskedError("The address holds spaces or control characters.")
    if port not in {None, *PORTS.values()} and not settings.LINK_CHECKS_MAY_REACH_LOOPBACK:
        raise NotAskedError(f"The address names port {port}; only 80 and 443 are asked.")


def check_machine(address: str, port: int) -> None:
    """Raise NotAskedError unless the IP address is a public one, and the port that of the web."""
    try:
        ip = _unwrapped(ipaddress.ip_address(address))
    except ValueError as error:
        raise NotAskedError("The name leads to no network address.") from error
    if settings.LINK_CHECKS_MAY_REACH_LOOPBACK and ip.is_loopback:
        return
    if not _is_public(ip):
        raise NotAskedError("The address leads into a private network.")
    if port not in PORTS.values():
        raise NotAskedError(f"The address names port {port}; only 80 and 443 are asked.")


def _unwrapped(ip: Machine) -> Machine:
    """An IPv4 address that wears an IPv6 coat is what it is inside: mapped, 6to4, NAT64."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return ip.ipv4_mapped or ip.sixtofour or ip
    return ip


def _is_public(ip: Machine) -> bool:
    inward = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_reserved or ip.is_unspecified
    teredo = isinstance(ip, ipaddress.IPv6Address) and ip.teredo is not None
    return ip.is_global and not (inward or ip.is_multicast or teredo)
