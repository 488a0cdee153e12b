"""Links to our own site, resolved without a request; each reader's way out, tried with their own token."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from newsletter.checks.findings import Check, number_of, verdict
from newsletter.checks.sample import Sample
from newsletter.errors import BadLink
from newsletter.links import Purpose, read_link

_PAGES = "wagtail_serve"  # the view that every page of the tree is served by
_IN_BRACKETS = re.compile(r"<(https?://[^>]+)>")


def is_own(url: str, own_hosts: Iterable[str]) -> bool:
    """Whether the address is on this site."""
    return (urlsplit(url).hostname or "") in set(own_hosts)


def check_own_links(links: Iterable[str]) -> Check:
    """Every address on this site leads somewhere that a reader may open."""
    wanted = list(dict.fromkeys(links))
    found = [f"{url}: {why}" for url in wanted if (why := why_dead(url))]
    return verdict(
        found,
        good=f"Links to our own pages lead somewhere: {number_of(len(wanted), 'link')}",
        words="A link to our own site leads nowhere",
    )


def check_picture_files(pictures: Iterable[str], own_hosts: Iterable[str]) -> Check:
    """Pictures come from this site and their files are there: nobody else learns who opened the mail."""
    own, found = set(own_hosts), []
    wanted = list(dict.fromkeys(pictures))
    for src in wanted:
        if not is_own(src, own):
            found.append(f"{src}: it would be fetched from somebody else, who then learns who reads us")
        elif why := why_dead(src):
            found.append(f"{src}: {why}")
    return verdict(
        found,
        good=f"Picture files are there: {number_of(len(wanted), 'file')}",
        words="A picture would not be shown as it should",
    )


def check_way_out(samples: Sequence[Sample]) -> Check:
    """The link to leave, in the header and in both parts, is the reader's own and works."""
    return verdict(
        [fault for sample in samples for fault in _way_out_faults(sample)],
        good="The link to leave is in the header and in both parts, and is each reader’s own",
        words="The link to leave does not work",
    )


def why_dead(url: str) -> str:
    """Why an address on this site leads nowhere, in words; empty when it leads somewhere."""
    path = unquote(urlsplit(url).path) or "/"
    if path.startswith(settings.MEDIA_URL):
        return "" if default_storage.exists(path.removeprefix(settings.MEDIA_URL)) else "the file is not there"
    if path.startswith(settings.STATIC_URL):
        return "" if _is_static(path.removeprefix(settings.STATIC_URL)) else "the file is not there"
    try:
        match = resolve(path)
    except Resolver404:
        return "there is no such page"
    return _why_no_page(path) if match.url_name == _PAGES else ""


def _is_static(name: str) -> bool:
    return bool(finders.find(name)) or staticfiles_storage.exists(name)


def _why_no_page(path: str) -> str:
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return "this installation has no site"
    parts = [part for part in PurePosixPath(path).parts if part != "/"]
    request = HttpRequest()
    request.path = request.path_info = path
    try:
        page, _, _ = site.root_page.specific.route(request, parts)
    except Http404:
        is_moved = Redirect.objects.filter(old_path=Redirect.normalise_path(path)).exists()
        return "" if is_moved else "there is no such page, or it is not published"
    return "only some people may open it" if page.get_view_restrictions().exists() else ""


def _way_out_faults(sample: Sample) -> Iterator[str]:
    header = _IN_BRACKETS.search(str(sample.mail["List-Unsubscribe"] or ""))
    if header is None:
        yield f"None in the header of the mail to {sample.why}"
        return
    url = header[1]
    if not _is_theirs(url, sample):
        yield f"The link in the header is not that of {sample.why}: {url}"
    if not any(_is_theirs(link, sample) for link in sample.page.links):
        yield f"None in the HTML part of the mail to {sample.why}"
    if not any(_is_theirs(word.strip("<>.,"), sample) for word in sample.text.split() if "://" in word):
        yield f"None in the text part of the mail to {sample.why}"


def _is_theirs(url: str, sample: Sample) -> bool:
    try:
        match = resolve(unquote(urlsplit(url).path))
    except Resolver404:
        return False
    if match.view_name != f"newsletter:{Purpose.UNSUBSCRIBE}":
        return False
    if not sample.is_real:
        return True
    try:
        return read_link(Purpose.UNSUBSCRIBE, match.kwargs["token"]).subscriber.pk == sample.reader.pk
    except BadLink:
        return False
