"""Puts the demo's pictures into the image library."""

from io import BytesIO

from django.core.files.images import ImageFile

from home.demo.texts import FOLDER
from images.models import SiteImage


def add_picture(name: str, alt: str) -> SiteImage:
    """The picture `images/<name>.webp`, with what it shows in words; the same one at a second call."""
    title = name.replace("-", " ").capitalize()
    if known := SiteImage.objects.filter(title=title).first():
        return known
    content = (FOLDER / "images" / f"{name}.webp").read_bytes()
    return SiteImage.objects.create(
        title=title,
        description=alt,
        credit="Meadowsweet",
        licence="Drawn for this demo site; BSD 3-Clause, like the software.",
        file=ImageFile(BytesIO(content), name=f"{name}.webp"),
    )
