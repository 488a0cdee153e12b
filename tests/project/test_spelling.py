"""The vocabulary of the site, and how far a slip may go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from home.search.spelling import count_slips, nearest_word, understand, words_that_begin
from home.search.vocabulary import gather_words, learn_words
from home.search.words import SearchWord
from tests.factories import ArticlePageFactory

HOW = ["swap", "drop", "add", "other"]
LETTERS = st.text("abc", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("pain", "pain", 0),
        ("pain", "pian", 1),
        ("pain", "pin", 1),
        ("pain", "paint", 1),
        ("pain", "pawn", 1),
        ("arthritis", "artritus", 2),
        ("abcd", "badc", 2),
        ("a", "", 1),
    ],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert count_slips(one, other, most=5) == slips


@given(one=LETTERS, other=LETTERS, most=st.integers(0, 3))
def test_counting_is_the_same_both_ways_and_gives_up_only_above_the_limit(one: str, other: str, most: int) -> None:
    exact = count_slips(one, other, most=99)
    assert exact == count_slips(other, one, most=99)
    assert min(count_slips(one, other, most=most), most + 1) == min(exact, most + 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pian", "pain"),
        ("pai", ""),  # three letters may be anything
        ("slepe", "sleep"),
        ("arthitis", "arthritis"),
        ("athritus", "arthritis"),
        ("rathritsi", "arthritis"),
        ("osteoprosis", "osteoporosis"),
        ("pneumonai", "pneumonia"),
        ("sxxep", ""),
        ("meniere", "ménière"),
        ("1234", ""),
    ],
)
def test_the_nearest_word_is_found(typed: str, meant: str) -> None:
    learn_words(["pain sleep arthritis osteoporosis pneumonia ménière 1235"])
    assert nearest_word(typed) == meant


@pytest.mark.django_db
@given(
    place=st.integers(0, 11), letter=st.sampled_from("abcxyz"), how=st.sampled_from(["swap", "drop", "add", "other"])
)
def test_every_single_slip_in_a_long_word_is_put_right(place: int, letter: str, how: str) -> None:
    word = "inflammation"
    SearchWord.objects.get_or_create(text=word, key=word, size=len(word))
    place = min(place, len(word) - 2)
    typed = {
        "swap": word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        "drop": word[:place] + word[place + 1 :],
        "add": word[:place] + letter + word[place:],
        "other": word[:place] + letter + word[place + 1 :],
    }[how]
    assert nearest_word(typed) == word


@pytest.mark.django_db
def test_of_equally_near_words_the_one_most_used_is_meant() -> None:
    for title in ("Hand", "Band", "Band again"):
        ArticlePageFactory(title=title)
    gather_words()
    assert nearest_word("xand") == "band"


@pytest.mark.django_db
def test_words_of_drafts_are_not_known_and_old_ones_are_forgotten() -> None:
    ArticlePageFactory(title="Secretive", live=False)
    article = ArticlePageFactory(title="Ephemeral")
    assert nearest_word("secretiv") == ""
    assert nearest_word("ephemera") == "ephemeral"
    article.unpublish()
    gather_words()
    assert nearest_word("ephemera") == ""


@pytest.mark.django_db
def test_a_draft_of_a_live_article_teaches_no_word_until_it_is_published() -> None:
    article = ArticlePageFactory(title="First")
    article.title = "Secretive"
    revision = article.save_revision()
    assert nearest_word("secretiv") == ""
    revision.publish()
    assert nearest_word("secretiv") == "secretive"


@pytest.mark.django_db
def test_a_known_word_is_never_put_right_and_a_beginning_is_none() -> None:
    learn_words(["pain pains paint painful"])
    assert [term.forms for term in understand(["pain"])] == [("pain", "pains")]
    assert set(words_that_begin("pain")) == {"pains", "paint", "painful"}
    assert understand(["painf"])[0].forms == ("painful",)
    assert understand(["painf"])[0].meant == ""


@pytest.mark.django_db
def test_a_word_too_long_for_the_table_is_passed_over() -> None:
    learn_words(["ﬃ" * 30, "x" * 500])
    ArticlePageFactory(title="Short", body=[("text", f"<p>{'y' * 900}</p>")])
    gather_words()
    assert not SearchWord.objects.filter(size__gt=40).exists()
