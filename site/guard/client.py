"""From where a request comes: the network address of whoever sent it, as far as the server can know."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The client's address, or None where the server does not know it.

    Behind TRUSTED_PROXIES proxies that each append to `X-Forwarded-For`, it is the one that the outermost of them saw;
    whatever the client wrote into that header itself stands further left and is not believed.
    """
    hops = [request.META.get("REMOTE_ADDR", "")]
    if settings.TRUSTED_PROXIES:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        hops = [*(hop.strip() for hop in forwarded if hop.strip()), *hops]
    index = min(len(hops), settings.TRUSTED_PROXIES + 1)
    try:
        return str(ipaddress.ip_address(hops[-index])).split("%")[0]
    except ValueError:
        return None
