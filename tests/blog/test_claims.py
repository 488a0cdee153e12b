"""Claims without a source: a fixture of passages with known verdicts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.checks.claims import find_claims

CLAIMED = [
    "This tea cures arthritis.",
    "There is a cure for tinnitus.",
    "You will be cured of your headaches in a week.",
    "Relief is guaranteed.",
    "A miracle for sore knees.",
    "This wonder drug changed my life.",
    "It works in 100 % of patients.",
    "The method is 100% safe.",
    "Homeopathic drops have no side effects.",
    "It eases pain without any side effects.",
    "The formula is clinically proven.",
    "Turmeric is proven to calm the joints.",
    "Garlic prevents colds.",
    "A daily apple can prevent heart disease.",
    "Ginger reduces pain by 40 %.",
    "Walking lowers the risk of a stroke by about 30 per cent.",
    "People who nap have 20% fewer migraines.",
    "One glass a day halves your risk of a heart attack.",
    "The herb is completely safe.",
    "It is a risk-free treatment.",
    "It works for everyone.",
    "Magnesium is the best treatment for cramps.",
    "Studies show that cherries help gout.",
    "Research has proved it.",
    "This juice boosts your immune system.",
    "Fasting reverses diabetes.",
    "A weekend to detox the liver.",
    "It cures [9].",  # there is no ninth source
    "The first trial was small [1]. Honey cures a cough.",  # the mark backs what stands before it
    "I asked whether it helps. This tea cures arthritis.",
]
SOBER = [
    "There is no cure for tinnitus.",
    "This does not cure arthritis.",
    "Nothing is guaranteed.",
    "No medicine is without side effects.",
    "Does it cure a cough?",
    "Be wary of a “miracle cure”.",
    "Anybody who writes “100 % safe” has something to sell.",
    "Wear socks of 100 % cotton.",
    "Ginger reduces pain by 40 % [1].",
    "Garlic prevents colds. So one small trial found [2].",
    "Several trials found that ginger reduces pain by 40 % [1, 2].",
    "Garlic prevents colds [1–2].",
    "Ask whether it can prevent a fall.",
    "High blood pressure is a risk factor.",
    "Your doctor may lower the dose.",
    "The pain was worse at night.",
    "Bring the list to your appointment.",
    "Painkillers are not completely safe.",
    "About 20 per cent of adults have it.",
    "Secure the rug and mind the step.",
    "Nobody can promise that it won’t cure it, or that it will prevent it.",
    "It has been cured neither by tea nor by [1] honey.",
]


@pytest.mark.parametrize("passage", CLAIMED)
def test_a_claim_without_a_source_is_found(passage: str) -> None:
    assert list(find_claims(passage, sources=2))


@pytest.mark.parametrize("passage", SOBER)
def test_denials_questions_quotations_and_backed_claims_are_left_alone(passage: str) -> None:
    assert not list(find_claims(passage, sources=2))


def test_the_sentence_is_shown_without_its_neighbours() -> None:
    found = list(find_claims("It rained. This tea cures arthritis. We went home.", sources=0))
    assert found == ["This tea cures arthritis."]


def test_a_long_sentence_is_shown_short() -> None:
    (found,) = find_claims("This tea cures arthritis " + "and much else " * 40 + ".", sources=0)
    assert len(found) <= 140
    assert found.endswith("…")


@given(st.text(), st.integers(0, 5))
def test_no_text_is_too_odd_to_check(passage: str, sources: int) -> None:
    assert all(isinstance(found, str) for found in find_claims(passage, sources))
