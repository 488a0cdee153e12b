"""Compresses pages that are the same for everybody.

BREACH reads a secret out of the length of a compressed page that also repeats what an attacker sent. These pages hold
no secret of any reader: no session, no cookie, and a form token that everybody gets. Pages with one are never
compressed here.
"""

import gzip
import re

import brotli
from django.http import HttpResponse

LEAST = 500  # bytes; below that nothing is won
BROTLI_QUALITY, GZIP_LEVEL = 4, 5  # of a page made for one request; about a millisecond for 80 KB
_TEXT = re.compile(r"text/|application/(xml|json|rss\+xml|atom\+xml|feed\+json|ld\+json)|image/svg")
_REFUSED = re.compile(r";\s*q=0(\.0*)?$")


def accepted(header: str) -> str:
    """The best coding that an Accept-Encoding header allows: "br", "gzip" or none ("")."""
    offered = [part.strip().lower() for part in header.split(",")]
    names = {part.split(";")[0].strip() for part in offered if not _REFUSED.search(part)}
    return next((coding for coding in ("br", "gzip") if coding in names), "")


def compress(response: HttpResponse, accept_encoding: str) -> None:
    """Encode the body in place, if it is text of some length and not encoded already."""
    coding = accepted(accept_encoding)
    body = response.content
    if not coding or len(body) < LEAST or response.has_header("Content-Encoding"):
        return
    if not _TEXT.match(response.headers.get("Content-Type", "")):
        return
    if coding == "br":
        response.content = brotli.compress(body, quality=BROTLI_QUALITY)
    else:
        response.content = gzip.compress(body, compresslevel=GZIP_LEVEL, mtime=0)
    response.headers["Content-Encoding"] = coding
    response.headers["Content-Length"] = str(len(response.content))
