"""A device whose reader asked to be known again: the one cookie that commenting may set.

It goes to addresses under `/comments/` alone, so no article page is ever asked for with it and all stay the same bytes.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from blog.models import Commenter
from guard.addresses import InvalidAddressError, fingerprint, normalise

NAME = "comment_device"
PATH = "/comments/"
LASTS = timedelta(days=180)

_signer = signing.TimestampSigner(sep=".", salt="blog.comment.device")


def remember_device(response: HttpResponse, commenter: Commenter) -> None:
    """Let this browser stand for the mailbox from now on."""
    response.set_cookie(
        NAME,
        _signer.sign(f"{commenter.pk}.{commenter.links_version}"),
        max_age=LASTS,
        path=PATH,
        secure=settings.SITE_URL.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )


def forget_device(response: HttpResponse) -> None:
    """Take the cookie back."""
    response.delete_cookie(NAME, path=PATH, samesite="Lax")


def proven_commenter(request: HttpRequest) -> Commenter | None:
    """Whose mailbox this browser stands for: proven, and with nothing done since that ends it. None without one."""
    try:
        key, version = map(int, _signer.unsign(request.COOKIES.get(NAME, ""), max_age=LASTS).split("."))
    except (signing.BadSignature, ValueError):
        return None
    return Commenter.objects.filter(pk=key, links_version=version, proven_at__isnull=False).first()


def is_proven(request: HttpRequest, email: str) -> bool:
    """Whether a comment that this browser sends with that address needs no letter to prove it."""
    try:
        key = fingerprint(normalise(email))
    except InvalidAddressError:
        return False
    commenter = proven_commenter(request)
    return commenter is not None and commenter.key == key
