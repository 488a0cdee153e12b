"""The reading age of a text: near enough for a mean, and calm about odd input."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.passages import read_passages
from blog.reading_level import TARGET_AGE, count_syllables, measure_article, measure_reading, split_sentences
from tests.factories import ArticlePageFactory

SYLLABLES = """
pain 1, nerve 1, medicine 3, medicines 3, doctor 2, diet 2, diabetes 4, create 2, created 3, walked 1, wanted 2,
houses 2, changes 2, washes 2, makes 1, people 2, area 3, idea 3, table 2, tables 2, usually 4, various 3, serious
3, patient 2, patients 2, special 2, anxious 2, condition 3, operation 4, immediately 5, completely 3, treatment 2,
careful 2, every 2, science 2, quiet 2, period 3, radio 3, anxiety 4, society 4, piano 3, lion 2, riot 2, poem 2,
museum 3, fluid 2, ruin 2, being 2, seeing 2, studying 3, exercise 3, exercises 4, breathe 1, rhythm 2, muscle 2,
inflammation 4, arthritis 3, neuropathic 4, paracetamol 5, ibuprofen 4, blood 1, pressure 2, through 1, eye 1, fire
1, moved 1, tired 1, because 2, evidence 3, simple 2, examples 3, available 4, vegetables 4, issue 2, value 2,
continue 3, question 2, quality 3, equal 2, actual 3, gradually 4, language 2, hospital 3, physiotherapist 6,
fatigue 2, tongue 1, breast 1, healthier 3, earlier 3, experience 4, patience 2, ancient 2, client 2, dementia 3,
insomnia 4, pneumonia 4, fibromyalgia 6, allodynia 5, organism 4
"""
EASY = "We went to the shop. It was a cold day. The dog ran home and sat by the fire. " * 8
HARD = (
    "The pharmacological management of neuropathic conditions necessitates consideration of comorbidities and "
    "contraindications, particularly polypharmacy in geriatric populations with renal impairment. "
) * 8


def test_syllables_are_right_for_more_than_nine_words_in_ten() -> None:
    words = [entry.split() for entry in SYLLABLES.replace("\n", " ").split(",")]
    wrong = [word for word, count in words if count_syllables(word) != int(count)]
    assert len(wrong) <= len(words) // 20, wrong


def test_easy_words_are_for_children_and_hard_ones_for_the_learned() -> None:
    easy, hard = measure_reading([EASY]), measure_reading([HARD])
    assert easy
    assert hard
    assert easy.age <= 8
    assert not easy.is_hard
    assert hard.age > TARGET_AGE
    assert hard.is_hard
    assert str(easy).endswith("years of age")
    assert str(hard) == "for people who have studied"


def test_too_few_words_say_nothing() -> None:
    assert measure_reading(["Only a few words."]) is None


def test_marks_of_sources_and_titles_of_people_end_no_sentence() -> None:
    assert len(split_sentences("Dr. Moss says so [2]. So do we.")) == 2
    assert measure_reading([EASY.replace(".", " [12].")]) == measure_reading([EASY])


def test_list_items_without_full_stops_are_sentences_of_their_own() -> None:
    items = measure_reading(["bread and cheese from the shop"] * 40)
    assert items
    assert items.sentences == 40


@given(st.lists(st.text()))
def test_no_text_is_too_odd_to_measure(passages: list[str]) -> None:
    level = measure_reading([*passages, EASY])
    assert level is not None
    assert 6 <= level.age <= 22


@pytest.mark.django_db
def test_an_article_is_cut_at_paragraphs_and_items_and_its_headings_do_not_count() -> None:
    body = [
        ("heading", "A heading that is long enough to be counted as words if it were"),
        ("text", f"<p>{EASY}</p><ul><li>One</li><li>Two <b>words</b></li></ul><h3>Inner</h3>"),
        ("callout", {"style": "tip", "title": "Try this", "text": '<p>See <a href="https://nhs.uk/">here</a>.</p>'}),
    ]
    article = ArticlePageFactory(body=body)
    passages = read_passages(article.body)
    assert [passage.text for passage in passages if passage.text != EASY.strip()] == [
        "A heading that is long enough to be counted as words if it were",
        "One",
        "Two words",
        "Inner",
        "Try this",
        "See here.",
    ]
    assert passages[-1].links == [("here", "https://nhs.uk/")]
    assert passages[-1].where == "callout under “Inner”"
    level = measure_article(article)
    assert level
    assert level.words == len(EASY.split()) + 7
