"""The first look at a file: what it is written in, what separates its columns, what each column may hold."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO

from guard.addresses import InvalidAddressError, normalise
from newsletter.errors import UnreadableFile
from newsletter.importing.rows import MAX_BYTES, MAX_COLUMNS, Row, read_lines, read_rows

ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16, little end first, unmarked",
    "utf-16-be": "UTF-16, big end first, unmarked",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "mac-roman": "Mac Roman",
}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
ROLES = {
    "email": "Email address",
    "name": "First name",
    "topics": "Topics",
    "joined": "Date of joining",
    "big_news": "Big news only (yes or no)",
}
SHOWN_ROWS = 5
_SAMPLE = 65_536  # bytes
_BLOCK = 1_048_576
_OTHERS = {b"PK\x03\x04": "an Excel or ZIP file", b"\xd0\xcf\x11\xe0": "an old Excel file", b"%PDF": "a PDF"}
_USUAL = {
    "email": (
        "email address",
        "email",
        "e mail",
        "e mail address",
        "mail",
        "mailbox",
        "e mail adresse",
        "adresse email",
    ),
    "name": ("first name", "firstname", "given name", "name", "fname", "vorname", "prénom", "full name"),
    "topics": ("topics", "topic", "interests", "tags"),
    "joined": ("joined", "joined at", "confirmed at", "confirm time", "optin time", "subscribed at", "created at"),
    "big_news": ("big news only", "only big news", "big news"),
}


@dataclass(frozen=True)
class Look:
    """What was found: `header` names the columns, `rows` are the first few, `columns` holds a guessed role or ""."""

    encoding: str
    delimiter: str
    header: list[str]
    rows: list[Row]
    columns: list[str]


def look_at(file: IO[bytes], *, encoding: str = "", delimiter: str = "") -> Look:
    """Guess what is not given. Leaves the file where it is read from anew. Raises UnreadableFile."""
    encoding = encoding or guess_encoding(file)
    file.seek(0)
    delimiter = delimiter or guess_delimiter(list(islice(read_lines(file, encoding), 20)))
    file.seek(0)
    rows = list(islice(read_rows(file, encoding=encoding, delimiter=delimiter), SHOWN_ROWS + 1))
    file.seek(0)
    if not rows:
        raise UnreadableFile("There is nothing in this file.")
    width = max(len(row.cells) for row in rows)
    header = _name_columns(rows[0].cells if is_header(rows[0]) else [], width)
    shown = rows[1:] if is_header(rows[0]) else rows[:SHOWN_ROWS]
    if not shown:
        raise UnreadableFile("There is a line of headings in this file and nobody below it.")
    return Look(encoding, delimiter, header, shown, guess_columns(header, shown))


def guess_encoding(file: IO[bytes]) -> str:
    """By its mark; else UTF-8 if all of it is; else Windows-1252, in which nearly anything can be read."""
    file.seek(0, 2)
    if (size := file.tell()) > MAX_BYTES:
        raise UnreadableFile(
            f"The file has {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} can be read. Split it."
        )
    file.seek(0)
    head = file.read(_SAMPLE)
    for mark, kind in _OTHERS.items():
        if head.startswith(mark):
            raise UnreadableFile(f"This is {kind}. Save the list as CSV and choose that file.")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Most characters of most lists are Latin, every other byte of which is nought in UTF-16.
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        every_other = head[start::2]
        if every_other and every_other.count(0) > len(every_other) // 2:
            return name
    return "utf-8-sig" if _is_utf8(file, head) else "cp1252"


def guess_delimiter(lines: Sequence[str]) -> str:
    """That which cuts most lines into equally many columns, the more the better; a comma where nothing does."""

    def fitness(delimiter: str) -> tuple[float, int]:
        try:
            widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells)
        except csv.Error:
            return 0.0, 0
        width, number = max(widths.items(), key=lambda found: found[1], default=(1, 0))
        return (number / widths.total(), width) if width > 1 else (0.0, 0)

    return max(DELIMITERS, key=fitness)


def guess_columns(header: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """A role for each column, by its heading; the addresses are found by their look if no heading tells."""
    columns = [""] * len(header)
    plain = [re.sub(r"[\W_]+", " ", heading).strip().casefold() for heading in header]
    for role, names in _USUAL.items():
        found = next((plain.index(name) for name in names if name in plain), None)
        if found is not None:
            columns[found] = role
    if "email" not in columns:
        looks = [sum(_is_address(row.cells[at]) for row in rows if at < len(row.cells)) for at in range(len(header))]
        if max(looks) * 2 > len(rows):
            columns[looks.index(max(looks))] = "email"
    return columns


def is_header(row: Row) -> bool:
    """Whether a first row names the columns: nobody's address is in it."""
    return not any("@" in cell for cell in row.cells)


def _name_columns(header: Sequence[str], width: int) -> list[str]:
    names: list[str] = []
    for at in range(min(max(width, len(header)), MAX_COLUMNS)):
        name = (header[at].strip() if at < len(header) else "") or f"Column {at + 1}"
        again = sum(earlier == name or earlier.startswith(f"{name} (") for earlier in names)
        names.append(f"{name} ({again + 1})" if again else name)
    return names


def _is_utf8(file: IO[bytes], block: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block:
            decoder.decode(block)
            block = file.read(_BLOCK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_address(cell: str) -> bool:
    try:
        return bool(normalise(cell))
    except InvalidAddressError:
        return False
