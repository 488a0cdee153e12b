"""What the classifier makes of comments on the first day, measured on sets that it was not trained on."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from blog.spam import Outcome
from blog.spam.classifier import CERTAIN_ALONE, SURE, UNSURE, Score, find_reasons, hash_sign, learnt_keys, weigh
from blog.spam.local import judge
from blog.spam.shipped import FILE
from blog.spam.signs import read_signs
from tests.blog.labelled import Labelled, honest_set, spam_set
from tests.blog.test_spam_local import DOUBTFUL, GENUINE, SPAM, comment
from tests.classifier.material import advertising, honest_comments
from tests.classifier.train import as_file, count_signs


def score(text: str, name: str = "Joan") -> Score:
    return weigh(read_signs(text, name))


def value(labelled: Labelled) -> float:
    return score(labelled.text, labelled.name).value


def test_no_honest_comment_of_the_set_is_called_advertising() -> None:
    assert [labelled for labelled in honest_set() if value(labelled) >= SURE] == []


def test_few_honest_comments_of_the_set_are_doubtful() -> None:
    honest = honest_set()
    assert len(honest) >= 150
    assert sum(value(labelled) >= UNSURE for labelled in honest) <= 0.03 * len(honest)


def test_most_advertising_of_the_set_is_called_so_and_hardly_any_goes_unnoticed() -> None:
    spam = [value(labelled) for labelled in spam_set()]
    assert len(spam) >= 100
    assert sum(found >= SURE for found in spam) >= 0.85 * len(spam)
    assert sum(found >= UNSURE for found in spam) >= 0.95 * len(spam)


def test_no_honest_comment_of_the_set_is_put_with_the_spam_by_all_checks_together() -> None:
    for labelled in honest_set():
        written = comment(labelled.text, author_name=labelled.name)
        assert judge(written, [], score(labelled.text, labelled.name)).outcome is not Outcome.SPAM


@pytest.mark.parametrize("text", GENUINE + [text for text, code in DOUBTFUL if code in {"capitals", "run"}])
def test_what_readers_write_gives_no_reason(text: str) -> None:
    assert list(find_reasons(score(text))) == []


@pytest.mark.parametrize("text", SPAM)
def test_what_advertisers_write_gives_one(text: str) -> None:
    assert [reason.code for reason in find_reasons(score(text))] == ["learnt"]


def test_the_reason_names_words_of_the_comment_itself() -> None:
    text = "Play at the best online CASINO tonight, welcome bonus and free spins https://casino.example/go"
    (reason,) = find_reasons(score(text))
    assert reason.words.startswith("Reads like advertising: “")
    quoted = reason.words.split("“", 1)[1].rstrip("”").split("”, “")
    assert len(quoted) == 3
    assert all(words in text for words in quoted)


def test_an_address_of_somebody_is_not_quoted_in_the_reason() -> None:
    found = score(
        "Contact the great herbal doctor on drosamuel.healing@gmail.com or WhatsApp +234 801 555 0199 for loans"
    )
    (reason,) = find_reasons(found)
    assert "samuel" not in reason.words + "".join(sign.words for sign in found.signs)
    assert "0199" not in reason.words + "".join(sign.words for sign in found.signs)


def test_how_sure_it_is_decides_how_much_it_weighs() -> None:
    weights = [[reason.weight for reason in find_reasons(Score(v))] for v in (0.0, 0.5, UNSURE, SURE, CERTAIN_ALONE)]
    assert weights == [[], [], [1], [2], [4]]


def test_nothing_known_is_the_middle_and_no_reason() -> None:
    found = weigh({"xyzzy": "xyzzy"})
    assert (found.value, list(find_reasons(found))) == (0.5, [])


@pytest.mark.parametrize("disguised", ["Vіаgrа", "v1agra", "VIAGRA", "v i a g r a", "viágra", "ｖｉａｇｒａ"])
def test_a_disguised_word_is_the_same_sign(disguised: str) -> None:
    assert "viagra" in read_signs(f"cheap {disguised} here", "")


def test_pairs_end_where_a_clause_ends() -> None:
    signs = read_signs("Not cheap. Pills, though", "")
    assert {"cheap", "pills", "not cheap"} <= signs.keys()
    assert "cheap pills" not in signs


def test_scripts_without_blanks_are_read_in_pairs_of_signs() -> None:
    assert {"赌场", "注册"} <= read_signs("在线赌场，注册送彩金", "").keys()


@pytest.mark.parametrize(
    ("address", "signs"),
    [
        ("https://www.nhs.uk/conditions/", {"~host nhs.uk", "~ending uk", "~link to a page"}),
        ("http://a.b.shop.co.uk?ref=1", {"~host shop.co.uk", "~ending co.uk", "~link that counts visitors"}),
        ("buy-now24.top", {"~host buy-now24.top", "~host with hyphen or number", "~link to a front page"}),
        ("wa.me/4479", {"~shortened link"}),
    ],
)
def test_a_link_is_read_by_its_shape(address: str, signs: set[str]) -> None:
    assert signs <= read_signs(f"Look at {address} today", "").keys()


@pytest.mark.parametrize(
    "text", ["I took 2.5 mg.In the morning", "at 10.30 a.m. the nurse came", "e.g. a walk, i.e. slowly"]
)
def test_an_abbreviation_is_no_link(text: str) -> None:
    assert "~links 0" in read_signs(text, "")


def test_the_shipped_file_is_what_the_script_writes_and_small() -> None:
    assert FILE.read_text(encoding="utf-8") == as_file(count_signs(honest_comments(), advertising()))
    assert FILE.stat().st_size < 300_000


def test_no_labelled_comment_is_among_those_it_was_trained_on() -> None:
    trained = "\n".join(text for _, _, text in [*honest_comments(), *advertising()]).casefold()
    long = [labelled.text.casefold() for labelled in honest_set() + spam_set() if len(labelled.text) > 40]
    assert [text for text in long if text in trained] == []


def test_a_sign_is_kept_as_a_number_that_needs_the_key(settings: Any) -> None:
    before = hash_sign("casino")
    assert 0 < before < 2**63
    settings.SECRET_KEY = "another"
    assert hash_sign("casino") != before


def test_a_long_comment_asks_for_a_few_hundred_signs_only() -> None:
    text = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}x" for n in range(600))
    assert len(learnt_keys(read_signs(text, ""))) == 400


@pytest.mark.parametrize(
    "text", ["pain " * 1600, "a." * 4000, "http://a.b " * 700, "v i a g " * 1000, "+4" * 4000, "@" * 8000]
)
def test_the_longest_comment_is_judged_quickly(text: str) -> None:
    times = []
    for _ in range(3):
        start = time.process_time()
        score(text[:8000])
        times.append(time.process_time() - start)
    assert min(times) < 0.1  # of a processor; 0.01 is usual


@given(st.text(max_size=2000), st.text(max_size=80))
@hypothesis_settings(max_examples=200, deadline=None)
def test_any_text_gets_a_score_between_0_and_1(text: str, name: str) -> None:
    found = score(text, name)
    assert 0 <= found.value <= 1
    assert all(0.5 < sign.spamminess < 1 for sign in found.signs)
