"""A CSV file as rows, streamed: a line of any length and a mark that never closes are named, never held in memory."""

import csv
import io
from collections.abc import Iterator
from typing import IO, NamedTuple

from newsletter.errors import UnreadableFile

MAX_BYTES = 100_000_000
MAX_LINE = 100_000  # characters
MAX_COLUMNS = 200
UNDECODED = "\N{REPLACEMENT CHARACTER}"  # where bytes are no character of the encoding


class Row(NamedTuple):
    """`number` is the line in which it begins, counted from 1. With a `fault` there are no cells."""

    number: int
    cells: list[str]
    fault: str = ""


def read_rows(file: IO[bytes], *, encoding: str, delimiter: str) -> Iterator[Row]:
    """Every row that is not empty, a header among them. Raises UnreadableFile for what spoils the rest of the file."""
    reader = csv.reader(read_lines(file, encoding), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _faulty(error, begins, reader.line_num)
            continue
        if len(cells) > MAX_COLUMNS:
            raise UnreadableFile(f"Line {begins} has {len(cells)} columns; at most {MAX_COLUMNS} can be read.")
        if any(cell.strip() for cell in cells):
            yield Row(begins, cells)


def read_lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    """The lines with their ends, whichever of the three kinds these are."""
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    number = 0
    try:
        while line := text.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                raise UnreadableFile(f"Line {number} is longer than {MAX_LINE:,} characters. Is it a list of people?")
            yield line
    except UnicodeError as error:  # UTF-16 that is none
        raise UnreadableFile(f"From about line {number + 1} on the file is not {encoding}. Choose another.") from error
    finally:
        if not file.closed:
            text.detach()  # or it would close the file with itself


def _faulty(error: csv.Error, begins: int, ends: int) -> Row:
    """One row whose marks do not match; a mark that swallows the rest of the file is raised."""
    if "unexpected end" in str(error) or "field larger" in str(error):
        raise UnreadableFile(f"The quotation mark that opens in line {begins} is never closed.") from error
    where = f"lines {begins} to {ends}" if ends > begins else "this line"
    return Row(begins, [], f"The quotation marks in {where} do not match")
