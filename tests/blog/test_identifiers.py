"""DOI, PMID and ISBN are kept in one form, and a mistyped one is told."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from blog.identifiers import doi_address, normalise_doi, normalise_isbn, normalise_pmid
from blog.models import Reference


@pytest.mark.parametrize(
    "words",
    [
        "10.1136/bmj.n71",
        " 10.1136/BMJ.n71. ",
        "doi:10.1136/bmj.n71",
        "DOI: 10.1136/bmj.n71",
        "https://doi.org/10.1136/bmj.n71",
        "http://dx.doi.org/10.1136%2Fbmj.n71",
        "doi.org/10.1136/bmj.n71",
    ],
)
def test_a_doi_may_be_pasted_in_any_form(words: str) -> None:
    assert normalise_doi(words) == "10.1136/bmj.n71"


@pytest.mark.parametrize("words", ["bmj.n71", "11.1136/x", "10.1136", "10.1/x", "https://doi.org/", "10.1136/a b"])
def test_what_is_no_doi_is_told(words: str) -> None:
    with pytest.raises(ValueError, match="A DOI begins with"):
        normalise_doi(words)


def test_odd_signs_of_a_doi_are_quoted_in_its_address() -> None:
    assert doi_address('10.1002/a"#b%c') == "https://doi.org/10.1002/a%22%23b%25c"


@pytest.mark.parametrize("words", ["33782057", "PMID: 33782057", "https://pubmed.ncbi.nlm.nih.gov/33782057/"])
def test_a_pmid_may_be_pasted_in_any_form(words: str) -> None:
    assert normalise_pmid(words) == "33782057"


@pytest.mark.parametrize("words", ["0", "PMC123", "123456789", "12 34", ""])
def test_what_is_no_pmid_is_told(words: str) -> None:
    with pytest.raises(ValueError, match="A PMID is a number"):
        normalise_pmid(words)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("978-0-306-40615-7", "9780306406157"),
        ("ISBN 978 0 306 40615 7", "9780306406157"),
        ("0-306-40615-2", "0306406152"),
        ("ISBN-10: 0-8044-2957-x", "080442957X"),
    ],
)
def test_an_isbn_may_be_pasted_in_any_form(words: str, kept: str) -> None:
    assert normalise_isbn(words) == kept


@pytest.mark.parametrize("words", ["978-0-306-40615", "1234567890123", "", "0306406X52"])
def test_what_is_no_isbn_is_told(words: str) -> None:
    with pytest.raises(ValueError, match="ten signs"):
        normalise_isbn(words)


@given(st.sampled_from(["9780306406157", "0306406152", "080442957X"]), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_sign_in_an_isbn_is_always_noticed(isbn: str, place: int, by: int) -> None:
    place %= len(isbn)
    if isbn[place] == "X" or place < 3:
        place = 4
    wrong = isbn[:place] + str((int(isbn[place]) + by) % 10) + isbn[place + 1 :]
    with pytest.raises(ValueError, match="does not fit"):
        normalise_isbn(wrong)


def test_a_source_keeps_the_short_forms() -> None:
    source = Reference(
        text="One", url="https://doi.org/10.1136/bmj.n71", pmid="PMID 33782057", isbn="978-0-306-40615-7"
    )
    source.clean()
    assert (source.url, source.doi, source.pmid, source.isbn) == ("", "10.1136/bmj.n71", "33782057", "9780306406157")
    assert source.link == "https://doi.org/10.1136/bmj.n71"


def test_a_source_says_of_each_number_what_is_wrong() -> None:
    source = Reference(text="One", doi="x", pmid="x", isbn="978-0-306-40615-8", url="ftp://example.org/")
    with pytest.raises(ValidationError) as caught:
        source.clean()
    assert set(caught.value.message_dict) == {"doi", "pmid", "isbn", "url"}
