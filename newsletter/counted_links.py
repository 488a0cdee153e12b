"""The links of an issue that may be counted, and the content of a mail in which they are marks."""

import re
from collections.abc import Iterable, Sequence
from html import escape, unescape
from urllib.parse import urlsplit

from django.conf import settings

_HREF = re.compile(r'(?<=href=")(https?://[^"]+)(?=")')
_LINE = re.compile(r"^https?://\S+$", re.MULTILINE)
_NOT_CONTENT = ("/newsletter/", settings.MEDIA_URL, settings.STATIC_URL, "/admin/")
# Below everything else, where neither an eye nor a screen reader comes.
_TRAP = (
    '<div style="display:none;max-height:0;overflow:hidden;" aria-hidden="true">'
    '<a href="{}" tabindex="-1" rel="nofollow">.</a></div>'
)


def find_links(html: str) -> list[str]:
    """The addresses of pages of this site in a mail, each once, in their order. Whatever is a reader's own is none."""
    own = urlsplit(settings.SITE_URL).netloc
    found = dict.fromkeys(unescape(url) for url in _HREF.findall(html) if "%%" not in url)
    return [url for url in found if urlsplit(url).netloc == own and not urlsplit(url).path.startswith(_NOT_CONTENT)]


def click_mark(link_pk: int) -> str:
    """Where a reader's counting link goes in."""
    return f"%%CLICK:{link_pk}%%"


def with_marks(html: str, text: str, links: Sequence[tuple[int, str]], *, traps: Iterable[int]) -> tuple[str, str]:
    """Both parts with a mark instead of each of the links (key, address), and the traps (keys) at the foot."""
    marks = {url: click_mark(pk) for pk, url in links}
    html = _HREF.sub(lambda found: marks.get(unescape(found[0]), found[0]), html)
    hidden = "".join(_TRAP.format(escape(click_mark(pk))) for pk in traps)
    before, body, after = html.rpartition("</body>")
    html = f"{before}{hidden}{body}{after}" if body else html
    return html, _LINE.sub(lambda found: marks.get(found[0], found[0]), text)
