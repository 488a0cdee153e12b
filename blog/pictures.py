"""The sizes in which pictures are shown, so that each is cut once and every page asks for the same files."""

from dataclasses import dataclass
from typing import Any

from wagtail.images.models import Picture
from wagtail.images.shortcuts import get_renditions_or_not_found


@dataclass(frozen=True)
class Shape:
    """One use of pictures: how they are cut (Wagtail filter specs) and how wide they stand (the `sizes` attribute)."""

    cuts: tuple[str, ...]
    sizes: str

    @property
    def specs(self) -> list[str]:
        """Every cut as WebP and as JPEG; JPEG is for browsers that know nothing else."""
        return [f"{cut}|format-{kind}" for kind in ("webp", "jpeg") for cut in self.cuts]


SHAPES = {
    "hero": Shape(("width-800", "width-1200", "width-1600"), "(min-width: 80rem) 75rem, 95vw"),
    "wide": Shape(("fill-640x400", "fill-1200x750"), "(min-width: 62rem) 33rem, 92vw"),
    "card": Shape(("fill-400x267", "fill-800x533"), "(min-width: 62rem) 24rem, (min-width: 40rem) 45vw, 92vw"),
    "text": Shape(("width-800", "width-1200"), "(min-width: 48rem) 41rem, 92vw"),
    "cover": Shape(("width-240", "width-544"), "7.5rem"),
    "avatar": Shape(("fill-112x112", "fill-224x224"), "3.5rem"),
    "portrait": Shape(("fill-224x224", "fill-400x400"), "(min-width: 40rem) 12rem, 7rem"),
}


def show_picture(image: Any, shape: str, *, alt: str, attrs: dict[str, Any] | None = None) -> Picture:
    """A `<picture>` of `image` in the `shape` (a key of `SHAPES`), with width and height, so that nothing jumps."""
    use = SHAPES[shape]
    return Picture(get_renditions_or_not_found(image, use.specs), {"sizes": use.sizes, "alt": alt, **(attrs or {})})


@dataclass(frozen=True)
class SharedPicture:
    """What stands beside an address that somebody shares: an absolute address, pixels, words."""

    url: str
    width: int
    height: int
    alt: str


_SHARED_CUT = "fill-1200x630|format-jpeg"


def share_picture(image: Any) -> str:
    """The absolute address of the cut that social sites and search engines show (1200 by 630 px)."""
    return shared_cut(image).url


def shared_cut(image: Any) -> SharedPicture:
    """That cut with its size, which is smaller where the picture is."""
    cut = get_renditions_or_not_found(image, [_SHARED_CUT])[_SHARED_CUT]
    return SharedPicture(str(cut.full_url), cut.width, cut.height, image.default_alt_text)
