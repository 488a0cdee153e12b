"""Takes WordPress's own marks out of a post: block comments and shortcodes; tells what could not be kept."""

import re
from collections.abc import Iterator
from html import unescape

from blog.videos import read_video

_BLOCK = re.compile(r"\s*(/?)wp:([a-z][a-z0-9-]*(?:/[a-z0-9-]+)?)")
_KNOWN_BLOCKS = frozenset(
    {
        *("paragraph", "heading", "list", "list-item", "quote", "pullquote", "image", "gallery", "freeform", "html"),
        *("group", "columns", "column", "separator", "spacer", "table", "more", "nextpage", "preformatted", "code"),
        *("verse", "media-text", "cover", "buttons", "button", "embed", "details"),
    }
)
_SHORTCODE = re.compile(r"(?<!\[)\[(/?)([A-Za-z][\w-]{0,40})((?:\s[^\[\]]{0,1000})?)/?\](?!\])")
# WordPress's own; others are told by an attribute or a closing mark, so that "[2]" and "[sic]" stay words.
_OWN_SHORTCODES = frozenset({"audio", "caption", "embed", "gallery", "playlist", "video", "wp_caption"})
_CAPTIONS = frozenset({"caption", "wp_caption"})
# A player, whose address says which video it is.
_PLAYER = re.compile(r"<iframe\b[^<>]{0,1000}?\bsrc=[\"']([^\"'<>\s]{1,500})[^<>]{0,1000}>", re.IGNORECASE)
_ACTIVE = re.compile(r"<(iframe|video|audio|object|embed|form|script|style|svg|canvas)\b", re.IGNORECASE)


def remove_marks(html: str) -> tuple[str, list[str]]:
    """`html` with shortcodes resolved (text between two marks stays), and one note for each thing left out."""
    html = _PLAYER.sub(_video_line, html)
    notes = [*_block_notes(html), *_active_notes(html)]
    html, more = _resolve_shortcodes(html)
    return html, list(dict.fromkeys([*notes, *more]))


def _video_line(player: re.Match[str]) -> str:
    """The address of the video on a line of its own, which becomes a block; other frames stay, to be left out."""
    address = unescape(player[1])
    video = read_video(f"https:{address}" if address.startswith("//") else address)
    return f"<p>{video.watch_url}</p>" if video else player[0]


def is_gutenberg(html: str) -> bool:
    """Whether the block editor wrote this; in classic posts line breaks mean something."""
    return "<!-- wp:" in html


def _block_notes(html: str) -> Iterator[str]:
    # Cut at the ends first: a search from each "<!--" to its end would take quadratic time on hostile text.
    for piece in html.split("-->")[:-1]:
        _, mark, comment = piece.rpartition("<!--")
        block = _BLOCK.match(comment) if mark else None
        if block is None or block[1] or block[2] in _KNOWN_BLOCKS or block[2].startswith("core-embed/"):
            continue
        kept = "it holds no text and was left out" if comment.rstrip().endswith("/") else "its text was kept"
        yield f"block “{block[2]}” is unknown here: {kept}"


def _active_notes(html: str) -> Iterator[str]:
    for found in _ACTIVE.finditer(html):
        yield f"<{found[1].lower()}> was left out"


def _resolve_shortcodes(html: str) -> tuple[str, list[str]]:
    closed = {mark[2].lower() for mark in _SHORTCODE.finditer(html) if mark[1]}
    notes: list[str] = []

    def resolve(mark: re.Match[str]) -> str:
        name = mark[2].lower()
        if name not in closed and name not in _OWN_SHORTCODES and "=" not in mark[3]:
            return mark[0]
        if name in _CAPTIONS:
            return "</figure>" if mark[1] else "<figure>"
        if not mark[1] and name != "embed":
            kept = "its text was kept" if name in closed else "it holds no text and was left out"
            notes.append(f"shortcode [{name}] is unknown here: {kept}")
        return ""

    return _SHORTCODE.sub(resolve, html), notes
