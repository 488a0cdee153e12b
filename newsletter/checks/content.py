"""The body of the mail: words for pictures, two parts that say the same, size, nothing left to fill in."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from newsletter.checks.findings import Check, Level, number_of, verdict
from newsletter.checks.html_part import HtmlPart
from newsletter.checks.sample import Sample

MOST_BYTES = 100_000  # Gmail cuts longer ones
DECORATION = 200  # pixels: a picture up to this wide may go without words
LEAST_WORDS = 4  # a block with fewer is a label
SAME = 0.9  # of a block's words must be in the other part
MANY = 0.1  # of all words: with more missing, the parts do not say the same
_MARK = re.compile(r"%%[A-Za-z][^\s]{0,200}?%%|\{+[^{}\n]{0,60}\}+|\{%")
_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"\b(?:https?|mailto|tel):\S+")


def check_pictures(part: HtmlPart) -> Check:
    """Every picture has words, or says that it is decoration; a wide one is none."""
    silent = [picture.src for picture in part.pictures if picture.alt is None]
    if silent:
        return Check("A picture says nothing to whoever cannot see it (no alt)", Level.RED, tuple(silent))
    wide = [picture.src for picture in part.pictures if not picture.alt and picture.width > DECORATION]
    return verdict(
        wide,
        good=f"Words for pictures, or decoration: {number_of(len(part.pictures), 'picture')}",
        words="A large picture is not described in words",
        level=Level.AMBER,
    )


def check_text_part(sample: Sample) -> Check:
    """The text part says what the HTML part says: every block, every link, and nothing else."""
    text, html = _stream(sample.text), _stream(sample.page.words)
    if not text.strip():
        return Check("There is no text part", Level.RED)
    missing = list(_missing(sample.page.blocks, text))
    extra = list(_missing(re.split(r"\n\s*\n", sample.text), html))
    links = [link for link in dict.fromkeys(sample.page.links) if link not in sample.text]
    total = len(_WORD.findall(sample.page.words)) or 1
    lost = sum(len(_WORD.findall(block)) for block in missing + extra)
    details = [
        *(f"Not in the text part: {_short(block)}" for block in missing),
        *(f"Only in the text part: {_short(block)}" for block in extra),
        *(f"A link that is not in the text part: {link}" for link in links),
    ]
    level = Level.RED if lost > MANY * total else Level.AMBER
    count = len(text.split())
    return verdict(
        details,
        good=f"Text part: {count:,} words, the same as the HTML part",
        words="The text part does not say the same as the HTML part",
        level=level,
    )


def check_size(samples: Sequence[Sample]) -> Check:
    """Both parts of the largest mail together, as a mail program counts them."""
    size = max(len(sample.html.encode()) + len(sample.text.encode()) for sample in samples)
    words = f"Size: {size / 1000:.0f} KB of at most {MOST_BYTES // 1000} KB"
    if size <= MOST_BYTES:
        return Check(words)
    return Check(f"{words}. Gmail cuts longer mails off: take an article out", Level.RED)


def check_marks(samples: Sequence[Sample], *, told: Collection[str] = ()) -> list[Check]:
    """No field and no mark is left for a reader to see. What of that another line tells (`told`) is not told again."""
    found = [
        (mark, sample.why)
        for sample in samples
        for mark in find_marks(str(sample.mail["Subject"]), sample.page.words, sample.text, *sample.page.links)
    ]
    bad = [f"{mark} (in the mail to {why})" for mark, why in found if not any(one in mark for one in told)]
    if found and not bad:
        return []
    return [
        verdict(
            bad,
            good=f"Every field is filled in, for {_readers(samples)}",
            words="Something is not filled in: readers would see",
        )
    ]


def find_marks(*contents: str) -> list[str]:
    """What looks like a field or a mark."""
    return list(dict.fromkeys(mark for content in contents for mark in _MARK.findall(content)))


def _readers(samples: Sequence[Sample]) -> str:
    return f"{number_of(len(samples), 'reader')} looked at ({', '.join(sample.why for sample in samples)})"


def _stream(words: str) -> str:
    """Words alone, so that a paragraph is found however its lines are broken."""
    return f" {' '.join(_WORD.findall(_ADDRESS.sub(' ', words).casefold()))} "


def _missing(blocks: Iterable[str], other: str) -> Iterator[str]:
    known = set(other.split())
    for block in blocks:
        stream = _stream(block)
        words = stream.split()
        if len(words) < LEAST_WORDS or stream in other:
            continue
        if sum(word in known for word in words) < SAME * len(words):
            yield block


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 90 else f"{line[:89]}…"  # noqa: PLR2004
