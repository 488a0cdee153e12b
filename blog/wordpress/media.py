"""Finds the pictures of a post in a copy of the uploads folder and makes them images of ours."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField

from .ledger import Ledger

_RESIZED = re.compile(r"-\d{1,5}x\d{1,5}(?=\.\w+$)")  # WordPress adds the size to the names of its smaller copies
_FOLDERS = ("", "uploads", "wp-content/uploads")


class Pictures:
    """`folder`: a copy of wp-content/uploads, or None; only pictures that came earlier are found then."""

    def __init__(self, folder: Path | None, ledger: Ledger, *, dry_run: bool = False) -> None:
        self.folder = folder.resolve() if folder else None
        self.ledger = ledger
        self.dry_run = dry_run
        self.made = 0

    def place(self, body: list[tuple[str, Any]]) -> tuple[list[tuple[str, Any]], list[str]]:
        """The body with our images in its picture blocks, and a note for each picture that was left out."""
        placed: list[tuple[str, Any]] = []
        notes: list[str] = []
        for kind, value in body:
            if kind != "picture":
                placed.append((kind, value))
                continue
            try:
                placed.append(("picture", self._block(value)))
            except _DryRunError:
                continue
            except _NoPictureError as error:
                notes.append(f"picture {_path(value['src']) or 'without a name'} was left out: {error}")
        return placed, notes

    def _block(self, picture: dict[str, str]) -> dict[str, Any]:
        alt = picture["alt"] or picture["caption"]
        image = {"image": self._image(picture["src"], alt), "decorative": not alt, "alt_text": alt}
        return {"image": image, "caption": picture["caption"]}

    def _image(self, address: str, alt: str) -> int:
        key = _RESIZED.sub("", _path(address)).replace("\0", "")  # PostgreSQL stores no NUL
        row = self.ledger.find("picture", key)
        if row and get_image_model().objects.filter(pk=row.object_id).exists():
            return row.object_id
        path = self._file(address)
        with path.open("rb") as content:
            checked = _check(UploadedFile(content, name=path.name, size=path.stat().st_size))
            self.made += 1
            if self.dry_run:
                raise _DryRunError
            image = get_image_model()(title=path.stem[:255], description=alt, file=checked, source_url=_web(address))
            image._set_image_file_metadata()  # noqa: SLF001 - Wagtail's own form calls it too
            image.save()
        self.ledger.record("picture", key, image)
        return image.pk

    def _file(self, address: str) -> Path:
        """The best copy under the folder: the original before a smaller one. Never a file outside it."""
        if self.folder is None:
            raise _NoPictureError("give its folder with --media")
        path = _path(address)
        for name in dict.fromkeys([_RESIZED.sub("", path), path]):
            for start in _FOLDERS:
                candidate = self._inside(start, name)
                if candidate:
                    return candidate
        raise _NoPictureError(f"no such file under {self.folder}")

    def _inside(self, start: str, name: str) -> Path | None:
        assert self.folder  # noqa: S101 - for the type checker
        try:
            candidate = (self.folder / start / name).resolve()
            return candidate if candidate.is_file() and candidate.is_relative_to(self.folder) else None
        except (OSError, ValueError):  # a name that is too long, or holds NUL
            return None


class _NoPictureError(Exception):
    """Why a picture cannot be placed."""


class _DryRunError(Exception):
    """It could be placed, but nothing is written now."""


def _path(address: str) -> str:
    """The path below the uploads folder: "2020/03/clinic.jpg"."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ""
    return path.rpartition("/uploads/")[2].lstrip("/")


def _web(address: str) -> str:
    """Where it was found, if that is an address on the web that the column can hold."""
    return address if re.match(r"https?://", address) and len(address) <= 200 else ""  # noqa: PLR2004


def _check(file: UploadedFile) -> UploadedFile:
    """The file, if it is a picture that an editor could upload: kind, size, number of pixels."""
    try:
        return WagtailImageField().clean(file)
    except ValidationError as error:
        raise _NoPictureError(" ".join(error.messages)) from error
