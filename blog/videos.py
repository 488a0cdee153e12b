"""Addresses of videos at YouTube and Vimeo: read from what an editor pasted, written anew from the number alone."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

_YOUTUBE = {"youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com"}
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_YOUTUBE_PATH = re.compile(r"/(?:embed|shorts|live|v)/([A-Za-z0-9_-]{11})/?")
_VIMEO_PATH = re.compile(r"/(?:video/|channels/[\w-]+/|groups/[\w-]+/videos/)?(\d{1,12})(?:/([0-9a-f]{6,16}))?/?")
_VIMEO_HASH = re.compile(r"[0-9a-f]{6,16}")
_START = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,3})m)?(?:(\d{1,5})s?)?")


@dataclass(frozen=True)
class Video:
    """`watch_url`: its page at the provider. `embed_url`: its player, which asks for no cookie before it is pressed."""

    provider: str
    watch_url: str
    embed_url: str


def read_video(address: str) -> Video | None:
    """The video behind an address of YouTube or Vimeo; None for everything else."""
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"}:
        return None
    if host == "youtu.be" or host in _YOUTUBE:
        return _youtube(host, parts)
    return _vimeo(parts) if host in {"vimeo.com", "player.vimeo.com"} else None


def _youtube(host: str, parts: SplitResult) -> Video | None:
    asked = parse_qs(parts.query)
    inside = _YOUTUBE_PATH.fullmatch(parts.path)
    name = inside[1] if inside else asked.get("v", [""])[0]
    name = parts.path.strip("/") if host == "youtu.be" else name
    if not _YOUTUBE_ID.fullmatch(name):
        return None
    start = _seconds((asked.get("t") or asked.get("start") or [""])[0])
    watch = {"v": name, **({"t": f"{start}s"} if start else {})}
    play = {"autoplay": "1", "rel": "0", **({"start": str(start)} if start else {})}
    return Video(
        "YouTube",
        f"https://www.youtube.com/watch?{urlencode(watch)}",
        f"https://www.youtube-nocookie.com/embed/{name}?{urlencode(play)}",
    )


def _vimeo(parts: SplitResult) -> Video | None:
    found = _VIMEO_PATH.fullmatch(parts.path)
    if found is None:
        return None
    secret = found[2] or parse_qs(parts.query).get("h", [""])[0]  # of a video that is not listed
    secret = secret if _VIMEO_HASH.fullmatch(secret) else ""
    play = {"dnt": "1", "autoplay": "1", **({"h": secret} if secret else {})}
    return Video(
        "Vimeo",
        f"https://vimeo.com/{found[1]}{f'/{secret}' if secret else ''}",
        f"https://player.vimeo.com/video/{found[1]}?{urlencode(play)}",
    )


def _seconds(words: str) -> int:
    found = _START.fullmatch(words)
    if not words or found is None:
        return 0
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
