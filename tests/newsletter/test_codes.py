"""Codes: none twice, none that looks like another, and a slip of the finger is found."""

import secrets

import pytest

from newsletter.codes import ALPHABET, RANDOM, is_well_formed, make_code, read_code, show_code

NUMBER = 100_000


def test_of_100_000_codes_none_comes_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chance of one pair among so many is 1 in 23 (n²/2N): the database refuses it, and another is made.

    So this looks at the characters that were drawn: all of them, each as often as the others.
    """
    codes = [make_code() for _ in range(NUMBER)]
    assert len(set(codes)) >= NUMBER - 1
    drawn = "".join(code[:RANDOM] for code in codes)
    counts = {c: drawn.count(c) for c in ALPHABET}
    expected = len(drawn) / len(ALPHABET)
    assert sum(counts.values()) == len(drawn)
    assert all(abs(n - expected) < expected * 0.05 for n in counts.values())


def test_codes_come_from_the_systems_own_randomness(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(secrets, "choice", lambda letters: asked.append(letters) or "2")
    assert make_code().startswith("22222222")
    assert asked == [ALPHABET] * RANDOM


def test_a_guess_is_as_good_as_hopeless() -> None:
    """The figures of the module's own words."""
    codes, wrong_tries_a_day = len(ALPHABET) ** RANDOM, 100
    one_guess = NUMBER / codes
    assert 1 / one_guess == pytest.approx(1.1e6, rel=0.01)
    years = 1 / (one_guess * wrong_tries_a_day * 365)
    assert 30 < years < 31


def test_a_code_has_no_characters_that_look_alike_and_is_no_word() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 24
    assert not set(ALPHABET) & set("AEIOUL01SZBG")


def test_a_code_is_shown_in_groups_and_read_as_people_type_it() -> None:
    code = make_code()
    shown = show_code(code)
    assert [len(group) for group in shown.split("-")] == [4, 4, 1]
    for typed in (shown, shown.lower(), code, f"  {shown.replace('-', ' ')} ", shown.replace("-", "–")):
        assert read_code(typed) == code
    lookalikes = str.maketrans("5286", "SZBG")
    assert read_code(shown.translate(lookalikes)) == code


def test_every_single_slip_is_found() -> None:
    for _ in range(50):
        code = make_code()
        assert is_well_formed(code)
        for at in range(len(code)):
            for other in set(ALPHABET) - {code[at]}:
                assert not is_well_formed(code[:at] + other + code[at + 1 :])


def test_nearly_every_swap_of_two_neighbours_is_found() -> None:
    found = total = 0
    for _ in range(3000):
        code = make_code()
        for at in range(len(code) - 1):
            if code[at] == code[at + 1]:
                continue
            swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
            total += 1
            found += not is_well_formed(swapped)
    assert found / total > 0.99


@pytest.mark.parametrize("typed", ["", "K7QF", "K7QF-M2XR-9X", "!!!", "0" * 10_000, "ÄÖÜ", "K7QF\x00M2XR9"])
def test_what_is_no_code_is_not_taken_for_one(typed: str) -> None:
    assert not is_well_formed(read_code(typed)) or len(read_code(typed)) == RANDOM + 1
    assert len(read_code(typed)) <= 40
