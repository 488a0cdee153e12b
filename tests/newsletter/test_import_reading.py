"""Files of any origin: guessed, read as a stream, and refused by line where they are no lists."""

import io
import tracemalloc

import pytest

from newsletter.errors import UnreadableFile
from newsletter.importing import rows
from newsletter.importing.looking import guess_encoding, look_at
from newsletter.importing.people import read_moment
from newsletter.importing.rows import Row, read_rows

PEOPLE = "Name,Email\nJörg,joerg@example.com\nŽofie,zofie@example.com\n"


def read(content: bytes, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[Row]:
    return list(read_rows(io.BytesIO(content), encoding=encoding, delimiter=delimiter))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_the_encoding_is_guessed_whatever_the_line_ends(encoding: str, ending: str) -> None:
    look = look_at(io.BytesIO(PEOPLE.replace("\n", ending).encode(encoding)))
    assert look.header == ["Name", "Email"]
    assert [row.cells for row in look.rows] == [["Jörg", "joerg@example.com"], ["Žofie", "zofie@example.com"]]
    assert look.columns == ["name", "email"]


def test_what_is_no_utf8_is_windows_1252_even_if_that_shows_late() -> None:
    late = b"name,email\n" + b"Ann,ann@example.com\n" * 100_000 + "Jörg,j@example.com\n".encode("cp1252")
    assert guess_encoding(io.BytesIO(late)) == "cp1252"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_guessed(delimiter: str) -> None:
    content = "name,email,note\nAnn,ann@example.com,x\nBo,bo@example.com,\n".replace(",", delimiter)
    look = look_at(io.BytesIO(content.encode()))
    assert look.delimiter == delimiter
    assert look.columns == ["name", "email", ""]


def test_a_comma_in_a_name_is_no_separator() -> None:
    look = look_at(io.BytesIO(b"name;email\nAnn, Lee;ann@example.com\nBo, Kim;bo@example.com\n"))
    assert (look.delimiter, look.rows[0].cells) == (";", ["Ann, Lee", "ann@example.com"])


def test_without_headings_addresses_are_found_by_their_look() -> None:
    look = look_at(io.BytesIO(b"x,ann@example.com\ny,bo@example.com\n"))
    assert (look.header, look.columns) == (["Column 1", "Column 2"], ["", "email"])
    assert [row.number for row in look.rows] == [1, 2]


def test_double_headings_get_numbers_and_the_first_is_taken() -> None:
    look = look_at(io.BytesIO(b"Email,Email,\nann@example.com,ann@work.example,x\n"))
    assert look.header == ["Email", "Email (2)", "Column 3"]
    assert look.columns == ["email", "", ""]


def test_fifty_columns_are_read() -> None:
    head = [f"c{n}" for n in range(49)] + ["E-mail"]
    look = look_at(io.BytesIO(f"{','.join(head)}\n{'x,' * 49}ann@example.com\n".encode()))
    assert look.columns.index("email") == 49


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing in this file"),
        (b"\n\n \r\n", "nothing in this file"),
        (b"name,email\n", "nobody below it"),
        (b"PK\x03\x04rest of a workbook", "an Excel or ZIP file"),
        (b"%PDF-1.7", "a PDF"),
        (b"email\n" + b"x" * 200_000, "Line 2 is longer than 100,000 characters"),
        (b'name,email\n"Ann,ann@example.com\nBo,bo@example.com\n', "opens in line 2 is never closed"),
        (b"a," * 300 + b"b", "Line 1 has 301 columns"),
    ],
)
def test_what_is_no_list_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        look_at(io.BytesIO(content))


def test_a_file_that_is_too_large_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.importing.looking.MAX_BYTES", 10)
    with pytest.raises(UnreadableFile, match="Split it"):
        look_at(io.BytesIO(PEOPLE.encode()))


def test_marks_that_do_not_match_cost_one_row() -> None:
    found = read(b'email\na@example.com\n"b"x@example.com\nc@example.com\n')
    assert [(row.number, bool(row.fault)) for row in found] == [(1, False), (2, False), (3, True), (4, False)]


def test_lines_are_counted_through_quoted_line_ends_and_empty_lines() -> None:
    found = read(b'name,email\n"Ann\nLee",a@example.com\n\nBo,b@example.com\n')
    assert [(row.number, row.cells[0]) for row in found] == [(1, "name"), (2, "Ann\nLee"), (5, "Bo")]


def test_a_line_of_a_hundred_megabytes_costs_no_memory() -> None:
    class Endless(io.RawIOBase):
        left = 100_000_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            self.left -= len(buffer)
            buffer[:] = b"a" * len(buffer)
            return len(buffer) if self.left > 0 else 0

    tracemalloc.start()
    with pytest.raises(UnreadableFile, match="Line 1 is longer"):
        list(rows.read_lines(io.BufferedReader(Endless()), "utf-8-sig"))
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-03-05", "2024-03-05"),
        ("5/3/2024", "2024-03-05"),
        ("05.03.2024 14:00", "2024-03-05"),
        ("2024-03-05 14:22:01", "2024-03-05"),
        ("2024-03-05T14:22:01Z", "2024-03-05"),
        ("yesterday", None),
        ("31/02/2024", None),
        ("2999-01-01", None),
        ("0000-00-00 00:00:00", None),
    ],
)
def test_days_are_read_as_people_write_them(cell: str, day: str | None) -> None:
    found = read_moment(cell)
    assert (found.date().isoformat() if found else None) == day
