"""Drawing a card: the title in Literata on deep green, the umbel behind it, 1200 by 630 pixels."""

from io import BytesIO

from PIL import Image, ImageDraw

from blog.social_cards.lettering import TEXT_FACE, TITLE_FACE, break_lines, keep_drawable, open_font, shorten
from blog.social_cards.words import CardWords, tidy

WIDTH, HEIGHT = 1200, 630
_EDGE = 80
_TEXT_WIDTH = 960
_DEEP, _SHADE, _WORDS, _SOFT, _POLLEN = "#0c4638", "#125543", "#f4f9f5", "#cbe0d5", "#ffcb47"
_SIZES = range(76, 43, -4)  # a title shrinks until it takes three lines
_LINES = 3
_LEADING = 1.16
_SMOOTH = 3  # the umbel is drawn larger and scaled down
# The umbel of `brand/meadowsweet-mark.svg`, on a square of 32: where its stems bend and end; flowers with their radius.
_ROOT, _FOOT = (16, 22.5), (16, 30.5)
_STEMS = [
    ((7.8, 19.6), (4.6, 14.2)), ((10.5, 16.8), (8.4, 8.6)), ((14, 15), (13.2, 5.2)),
    ((18, 15), (18.8, 5.2)), ((21.5, 16.8), (23.6, 8.6)), ((24.2, 19.6), (27.4, 14.2)),
    ((12.7, 19.1), (11.4, 13.4)), ((16, 17.6), (16, 10.4)), ((19.3, 19.1), (20.6, 13.4)),
]  # fmt: skip
_FLOWERS = [
    (4.6, 14.2, 2.1), (8.4, 8.6, 2.3), (13.2, 5.2, 2.3), (18.8, 5.2, 2.3), (23.6, 8.6, 2.3), (27.4, 14.2, 2.1),
    (11.4, 13.4, 1.9), (16, 10.4, 2.1), (20.6, 13.4, 1.9),
]  # fmt: skip


def draw_card(words: CardWords) -> bytes:
    """The card as PNG. Letters that the fonts lack are left out; without a title the site's name stands for it."""
    card = Image.new("RGB", (WIDTH, HEIGHT), _DEEP)
    _put_umbel(card, (740, 90), 600, _SHADE)
    _put_umbel(card, (_EDGE - 6, 62), 64, _POLLEN)
    pen = ImageDraw.Draw(card)
    site = keep_drawable(TITLE_FACE, tidy(words.site))
    name = open_font(TITLE_FACE, 36, 600)
    pen.text((_EDGE + 74, 94), shorten(site, name, _TEXT_WIDTH), font=name, fill=_WORDS, anchor="lm")
    _put_title(pen, keep_drawable(TITLE_FACE, tidy(words.title)) or site, _plain(words.over))
    small = open_font(TEXT_FACE, 32, 400)
    pen.text((_EDGE, 562), shorten(_plain(words.under), small, WIDTH - 2 * _EDGE), font=small, fill=_SOFT, anchor="ls")
    file = BytesIO()
    card.quantize(64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _plain(text: str) -> str:
    return keep_drawable(TEXT_FACE, tidy(text))


def _put_title(pen: ImageDraw.ImageDraw, title: str, over: str) -> None:
    """The title, with its topic above, in the middle of what is left between the head and the foot."""
    for size in _SIZES:
        font = open_font(TITLE_FACE, size, 600)
        lines = break_lines(title, font, _TEXT_WIDTH)
        if len(lines) <= _LINES:
            break
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], shorten(" ".join(lines[_LINES - 1 :]), font, _TEXT_WIDTH)]
    leading = round(size * _LEADING)
    top = 325 - leading * len(lines) // 2 + (22 if over else 0)
    if over:
        label = open_font(TEXT_FACE, 32, 650)
        pen.text((_EDGE, top - 24), shorten(over, label, _TEXT_WIDTH), font=label, fill=_POLLEN, anchor="ls")
    for number, line in enumerate(lines):
        pen.text((_EDGE, top + leading * number + size), line, font=font, fill=_WORDS, anchor="ls")


def _put_umbel(card: Image.Image, corner: tuple[int, int], side: int, colour: str) -> None:
    scale = side * _SMOOTH / 32
    layer = Image.new("L", (side * _SMOOTH, side * _SMOOTH), 0)
    pen = ImageDraw.Draw(layer)
    stroke = round(1.4 * scale)
    for bend, end in _STEMS:
        pen.line([(x * scale, y * scale) for x, y in _curve(bend, end)], fill=255, width=stroke, joint="curve")
    pen.line([(x * scale, y * scale) for x, y in (_ROOT, _FOOT)], fill=255, width=stroke)
    for x, y, radius in _FLOWERS:
        pen.circle((x * scale, y * scale), radius * scale, fill=255)
    card.paste(colour, corner, layer.resize((side, side), Image.Resampling.LANCZOS))


def _curve(bend: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """A quadratic Bézier curve from the root, in 17 points."""
    points = []
    for step in range(17):
        t = step / 16
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append((a * _ROOT[0] + b * bend[0] + c * end[0], a * _ROOT[1] + b * bend[1] + c * end[1]))
    return points
