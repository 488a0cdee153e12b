"""The sizes in which pictures are shown, so that each is cut once and every page asks for the same files."""

from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from wagtail.images.models import Filter, Picture
from wagtail.images.shortcuts import get_renditions_or_not_found

FORMATS = ("avif", "webp", "jpeg")
PHONES = "(max-width: 47.99rem)"  # as in the style sheet


@dataclass(frozen=True)
class Shape:
    """One use of pictures: how they are cut (Wagtail filter specs) and how wide they stand (the `sizes` attribute)."""

    cuts: tuple[str, ...]
    sizes: str
    on_phones: str = ""  # the shape that narrow screens get instead

    @property
    def specs(self) -> list[str]:
        """Every cut as AVIF, WebP and JPEG; a browser takes the first that it can show."""
        return [f"{cut}|format-{kind}" for kind in FORMATS for cut in self.cuts]

    @property
    def quick_spec(self) -> str:
        """The cut that is made in a moment, for a reader who comes before the worker."""
        return f"{self.cuts[0]}|format-jpeg"


SHAPES = {
    "hero": Shape(
        ("fill-800x320", "fill-1200x480", "fill-1600x640"), "(min-width: 80rem) 75rem, 95vw", "hero on phones"
    ),
    "hero on phones": Shape(("fill-480x360", "fill-800x600", "fill-1200x900"), "95vw"),
    "wide": Shape(("fill-640x400", "fill-1200x750"), "(min-width: 62rem) 33rem, 92vw"),
    "card": Shape(("fill-400x267", "fill-800x533"), "(min-width: 62rem) 24rem, (min-width: 40rem) 45vw, 92vw"),
    "text": Shape(("width-800", "width-1200"), "(min-width: 48rem) 41rem, 92vw"),
    "cover": Shape(("width-240", "width-544"), "7.5rem"),
    "avatar": Shape(("fill-112x112", "fill-224x224"), "3.5rem"),
    "portrait": Shape(("fill-224x224", "fill-400x400"), "(min-width: 40rem) 12rem, 7rem"),
}


# Where an editor puts a picture (Wagtail's name for the place) and the shapes in which readers meet it there.
PLACES = {
    "picture": ("hero", "hero on phones", "wide", "card"),
    "photo": ("avatar", "portrait"),
    "cover": ("cover",),
    "body": ("text",),
}
_SHARED_CUT = "fill-1200x630|format-jpeg"


def cuts_at(place: str) -> list[str]:
    """The specs that readers may ask for of a picture at this place, such as "body.item.image"."""
    root = place.partition(".")[0]
    specs = [spec for shape in PLACES.get(root, ()) for spec in SHAPES[shape].specs]
    return [*specs, _SHARED_CUT] if root in {"picture", "share_picture"} else specs


def show_picture(image: Any, shape: str, *, alt: str, attrs: dict[str, Any] | None = None) -> SafeString:
    """A `<picture>` of `image` in the `shape` (a key of `SHAPES`), with width and height, so that nothing jumps.

    The worker cuts pictures when a page is published. What is not cut yet is left out, so that nobody waits for it;
    the one quick cut that every browser can show is made at once if there is none.
    """
    use = SHAPES[shape]
    ready = _ready_cuts(image, use)
    if not any(spec.endswith("jpeg") for spec in ready):
        ready |= get_renditions_or_not_found(image, [use.quick_spec])
    drawn = Picture(ready, {"sizes": use.sizes, "alt": alt, **(attrs or {})}).__html__()
    return mark_safe(drawn.replace("<picture>", f"<picture>{_phone_sources(image, use)}", 1))  # both are escaped


def _ready_cuts(image: Any, use: Shape) -> dict[str, Any]:
    """Those that exist, by their spec, in the order of `use.specs`. All cuts of the picture are read at once."""
    prefetch_related_objects([image], "renditions")
    found = {one.spec: cut for one, cut in image.find_existing_renditions(*map(_filter, use.specs)).items()}
    return _of_different_widths({spec: found[spec] for spec in use.specs if spec in found})


def _filter(spec: str) -> Filter:
    return Filter(spec=spec)


def _phone_sources(image: Any, use: Shape) -> SafeString:
    """`<source>` elements for narrow screens, where the same picture stands in another form."""
    if not use.on_phones:
        return SafeString("")
    shape = SHAPES[use.on_phones]
    ready = _ready_cuts(image, shape)
    sources = []
    for kind in FORMATS:
        cuts = [cut for spec, cut in ready.items() if spec.endswith(kind)]
        addresses = ", ".join(f"{cut.url} {cut.width}w" for cut in cuts)
        sources += [(PHONES, f"image/{kind}", addresses, shape.sizes)] if cuts else []
    return format_html_join("", '<source media="{}" type="{}" srcset="{}" sizes="{}">', sources)


def _of_different_widths(cuts: dict[str, Any]) -> dict[str, Any]:
    """A picture smaller than a cut gives the same pixels twice; a browser needs each width once."""
    first: dict[tuple[str, int], str] = {}
    for spec, cut in cuts.items():
        first.setdefault((spec.rpartition("-")[2], cut.width), spec)
    return {spec: cuts[spec] for spec in first.values()}


@dataclass(frozen=True)
class SharedPicture:
    """What stands beside an address that somebody shares: an absolute address, pixels, words."""

    url: str
    width: int
    height: int
    alt: str


def share_picture(image: Any) -> str:
    """The absolute address of the cut that social sites and search engines show (1200 by 630 px)."""
    return shared_cut(image).url


def shared_cut(image: Any) -> SharedPicture:
    """That cut with its size, which is smaller where the picture is."""
    cut = get_renditions_or_not_found(image, [_SHARED_CUT])[_SHARED_CUT]
    return SharedPicture(str(cut.full_url), cut.width, cut.height, image.default_alt_text)
