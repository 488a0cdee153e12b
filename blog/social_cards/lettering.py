"""Fonts and lines of a card: what can be written, how large, and where a line breaks."""

from functools import lru_cache

from django.contrib.staticfiles import finders
from PIL import ImageFont

TITLE_FACE, TEXT_FACE = "fonts/literata-var.woff2", "fonts/atkinson-next-var.woff2"
_NO_LETTER = "\U0010fffe"  # no font has it: its picture is that of a missing letter


@lru_cache(maxsize=32)
def open_font(face: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    """One of the site's own variable fonts; FreeType reads WOFF2."""
    font = ImageFont.truetype(str(finders.find(face)), size)
    font.set_variation_by_axes([weight])
    return font


@lru_cache(maxsize=4096)
def _is_drawable(face: str, letter: str) -> bool:
    font = open_font(face, 40, 400)
    return letter.isspace() or bytes(font.getmask(letter)) != bytes(font.getmask(_NO_LETTER))


def keep_drawable(face: str, text: str) -> str:
    """The text without letters that the font would show as boxes; nothing if more than half would go."""
    kept = "".join(letter for letter in text if _is_drawable(face, letter))
    letters = len(text.replace(" ", ""))
    return " ".join(kept.split()) if letters and len(kept.replace(" ", "")) * 2 >= letters else ""


def break_lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The text in lines of at most `width` pixels, as even as their number allows."""
    lines = _fill(text, font, width)
    step = max(8, width // 40)
    for narrower in range(width - step, width // 2, -step):
        tried = _fill(text, font, narrower)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def _fill(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        together = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(together) <= width:
            lines[-1] = together
        else:
            lines.extend(_cut(word, font, width))
    return lines


def _cut(word: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """A word in pieces that fit."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and font.getlength(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def shorten(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """One line of at most `width` pixels, with an ellipsis where something was cut."""
    if font.getlength(text) <= width:
        return text
    room = width - font.getlength("…")
    letters = len(text)
    while letters and font.getlength(text[:letters]) > room:
        letters -= 1
    kept = text[:letters] if text[letters : letters + 1] == " " else text[:letters].rpartition(" ")[0] or text[:letters]
    return f"{kept.rstrip(' ,;:.')}…"
