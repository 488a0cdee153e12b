"""The e-book's own link: the file itself, whole or in pieces, as long as the gift lasts."""

import mimetypes
import re
from collections.abc import Iterator
from pathlib import PurePath

from django.core.files.base import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_http_methods

from newsletter.actions.ebooks import is_usable, renew_grant, use_download
from newsletter.errors import BadLink, LateLink, NotAllowed
from newsletter.links import Purpose, read_link
from newsletter.models import EbookEdition, EbookGrant
from newsletter.subscribing.token_pages import is_read, page, token_page

_PIECE = 64 * 1024  # bytes read at a time


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def ebook(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET downloads and is counted; HEAD and further pieces of one download are not. POST mails a new link."""
    link = read_link(Purpose.EBOOK, token)
    found = EbookGrant.objects.select_related("ebook", "subscriber")
    grant = found.filter(pk=link.target, subscriber=link.subscriber).first()
    edition = grant.ebook.newest_edition if grant else None
    if grant is None or edition is None:
        raise BadLink("This gift is no longer known.")
    if not is_read(request):
        return _renew(request, grant)
    if request.method == "HEAD":
        return _head(edition) if is_usable(grant) else _gone(request, grant)
    try:
        use_download(grant, is_piece="Range" in request.headers)
    except LateLink:
        return _gone(request, grant)
    return _file(request, edition)


def _head(edition: EbookEdition) -> HttpResponse:
    """What GET would say of the file, without opening it."""
    length = {"Content-Length": str(edition.file.size), "Accept-Ranges": "bytes", "ETag": _tag(edition)}
    return HttpResponse(content_type=_content_type(edition), headers=length)


def _gone(request: HttpRequest, grant: EbookGrant) -> HttpResponse:
    return page(request, "ebook_gone", status=410, ebook=grant.ebook, is_new_link_sent=False)


def _renew(request: HttpRequest, grant: EbookGrant) -> HttpResponse:
    try:
        renew_grant(grant)
    except NotAllowed:
        return _gone(request, grant)
    return page(request, "ebook_gone", ebook=grant.ebook, is_new_link_sent=True)


def _file(request: HttpRequest, edition: EbookEdition) -> HttpResponseBase:
    """The file as an attachment; one range of it (RFC 9110, 14.2) if one is asked for.

    Who goes on with a download that began with an earlier edition says so by `If-Range`, and gets the whole file.
    """
    size = edition.file.size
    is_same = request.headers.get("If-Range", _tag(edition)) == _tag(edition)
    span = _asked_span(request.headers.get("Range", ""), size) if is_same else None
    if span is not None and not span:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    pieces = _pieces(edition.file.open("rb"), range(size) if span is None else span)
    response = StreamingHttpResponse(pieces, content_type=_content_type(edition))
    response["Content-Length"] = str(size if span is None else len(span))
    response["Content-Disposition"] = f'attachment; filename="{_name(edition)}"'
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = _tag(edition)
    if span is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    return response


def _tag(edition: EbookEdition) -> str:
    return f'"edition-{edition.pk}"'


def _name(edition: EbookEdition) -> str:
    return edition.ebook.slug + PurePath(edition.file.name or "").suffix


def _content_type(edition: EbookEdition) -> str:
    return mimetypes.guess_type(_name(edition))[0] or "application/octet-stream"


def _asked_span(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for; an empty range if there are none; None if it is not one simple range."""
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", header.strip())
    if not found or found[1] == found[2] == "":
        return None
    if found[1] == "":
        return range(max(size - int(found[2]), 0), size)
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    return range(int(found[1]), last + 1)


def _pieces(file: File, span: range) -> Iterator[bytes]:
    with file:
        file.seek(span.start)
        left = len(span)
        while left and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
