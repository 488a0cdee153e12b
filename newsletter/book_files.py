"""Whether a file is a book that readers can open: by its content, not by its name alone."""

from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import File

MOST_MEGABYTES = 50
_HEAD = 1024  # bytes in which a PDF must say that it is one (ISO 32000, implementation note 13)
_EPUB_MARK = b"mimetypeapplication/epub+zip"  # the first entry of the archive, not compressed (OCF 3.3, 4.3)
_EPUB_MARK_AT = 30
_IN_WORDS = {".pdf": "a PDF", ".epub": "an EPUB"}


def check_book_file(file: File) -> None:
    """Raise ValidationError, in words for an editor, unless the file is a PDF or an EPUB that may be given away."""
    suffix = PurePath(file.name or "").suffix.lower()
    if suffix not in {".pdf", ".epub"}:
        raise ValidationError("Please choose a PDF or EPUB file.")
    if not file.size:
        raise ValidationError("This file is empty.")
    if file.size > MOST_MEGABYTES * 1024 * 1024:
        megabytes = -(-file.size // (1024 * 1024))
        raise ValidationError(
            f"This file has {megabytes} MB, at most {MOST_MEGABYTES} are allowed: many readers are on a phone."
        )
    kind = _kind_of(_read_head(file))
    if not kind:
        raise ValidationError(f"The name says {suffix[1:].upper()}, but this is no book that a reader could open.")
    if kind != suffix:
        raise ValidationError(f"The name ends in {suffix}, but it is {_IN_WORDS[kind]} inside. Rename it.")


def _read_head(file: File) -> bytes:
    file.seek(0)
    head: bytes = file.read(_HEAD)
    file.seek(0)
    return head


def _kind_of(head: bytes) -> str:
    if b"%PDF-" in head:
        return ".pdf"
    is_epub = head.startswith(b"PK\x03\x04") and head[_EPUB_MARK_AT:].startswith(_EPUB_MARK)
    return ".epub" if is_epub else ""
