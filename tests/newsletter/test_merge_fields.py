"""Fields in curly brackets: a table is looked up, nothing is run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.merge_fields import fill_in_fields, find_faults


@pytest.mark.parametrize(
    ("words", "name", "expected"),
    [
        ("Hello {name},", "Joan", "Hello Joan,"),
        ("Hello {name},", "", "Hello,"),
        ("Hello {name|reader},", "", "Hello reader,"),
        ("Hello {name|reader},", "Joan", "Hello Joan,"),
        ("“{name}”", "Joan", "“Joan”"),
        ("{ name } and {name}", "Joan", "Joan and Joan"),
        ("Hello {name},", "{days}", "Hello {days},"),  # not looked at again
        ("{name.__class__} {0} {name!r:>9}", "Joan", ""),
        ("no field", "Joan", "no field"),
    ],
)
def test_fields_are_filled_in_once(words: str, name: str, expected: str) -> None:
    assert fill_in_fields(words, {"name": name, "days": "seven"}).strip() == expected


@pytest.mark.parametrize(
    ("words", "faults"),
    [("Hello {name}", 0), ("{nam} {name} {nam}", 1), ("{a}{b}", 2), ("{name", 1), ("name}", 1), ("{{name}}", 1)],
)
def test_what_is_no_field_is_named(words: str, faults: int) -> None:
    assert len(find_faults(words, ["name"])) == faults


@settings(deadline=None)
@given(st.text(alphabet="{}| naméx%\n$()[].!:\"'\\"))
def test_no_words_break_it_and_faultless_ones_leave_no_bracket(words: str) -> None:
    filled = fill_in_fields(words, {"name": "Joan"})
    if not find_faults(words, ["name"]):
        assert not {"{", "}"} & set(filled)
