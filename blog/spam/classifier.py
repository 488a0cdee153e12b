"""The classifier: how much a comment reads like advertising, by what was shipped and what moderators here decided.

Each sign tells how often it stood in spam (Robinson's estimate, drawn to one half where little is known); the most
telling ones are put together by Fisher's method for both sides, which says "unsure" where they contradict each other:
G. Robinson, A statistical approach to the spam problem, Linux Journal 107 (2003). See docs/spam-check.md.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest

from django.conf import settings
from django.utils.crypto import salted_hmac

from blog.models import LearntWord

from . import Reason
from .shipped import Counts, shipped_counts
from .signs import read_signs

UNSURE, SURE, CERTAIN_ALONE = 0.6, 0.8, 0.99
STRENGTH = 3.0  # how many sightings an opinion of one half is worth
INDIFFERENT = 0.1  # signs nearer to one half than this say nothing
TELLING = 15  # signs that are put together: long texts cannot hide a few that tell behind many that hardly do
LEARNT_WEIGHT = 3  # a decision made here is worth so many of the lines that the release was trained on
LEARNT_SIGNS = (250, 150)  # of a comment's signs so many first and last ones are learnt and asked for: one small query
TOTALS = 0  # the key of the row that counts comments; no sign has it
WORDS_SHOWN = 3

Learnt = Mapping[int, tuple[int, int]]
NOTHING_LEARNT: Learnt = {}


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign that spoke for spam: its key, how to name it to a person, and how far (0.5 to 1)."""

    key: str
    words: str
    spamminess: float


@dataclass(frozen=True, slots=True)
class Score:
    """`value`: 0 fit for readers, 1 spam, about 0.5 nobody knows. `signs`: what spoke for spam, most telling first."""

    value: float
    signs: tuple[Sign, ...] = ()


def score(text: str, name: str) -> Score:
    """Judge words and name of a comment. One query, for the comment's own signs."""
    signs = read_signs(text, name)
    keys = learnt_keys(signs)
    rows = LearntWord.objects.filter(sign__in=[TOTALS, *keys]).values_list("sign", "ham", "spam")
    return weigh(signs, {sign: (ham, spam) for sign, ham, spam in rows})


def weigh(signs: Mapping[str, str], learnt: Learnt = NOTHING_LEARNT, shipped: Counts | None = None) -> Score:
    """Pure: put together what each sign says. `learnt` is keyed by `hash_sign`."""
    shipped = shipped or shipped_counts()
    learnt_ham, learnt_spam = learnt.get(TOTALS, (0, 0))
    ham_total = shipped.ham + LEARNT_WEIGHT * learnt_ham
    spam_total = shipped.spam + LEARNT_WEIGHT * learnt_spam
    may_be_learnt = set(_learnt_signs(signs)) if learnt else set()
    found = []
    for sign, words in signs.items():
        ham, spam = shipped.signs.get(sign, (0, 0))
        if sign in may_be_learnt:
            more_ham, more_spam = learnt.get(hash_sign(sign), (0, 0))
            ham, spam = ham + LEARNT_WEIGHT * more_ham, spam + LEARNT_WEIGHT * more_spam
        spamminess = _estimate(ham / ham_total, spam / spam_total, seen=ham + spam)
        if abs(spamminess - 0.5) > INDIFFERENT:
            found.append(Sign(sign, words, spamminess))
    telling = nsmallest(TELLING, found, key=lambda sign: (-abs(sign.spamminess - 0.5), sign.key))
    against = sorted((sign for sign in telling if sign.spamminess > 0.5), key=_wordy)  # noqa: PLR2004 - the middle
    return Score(_combine(sign.spamminess for sign in telling), tuple(against))


def find_reasons(found: Score) -> Iterator[Reason]:
    """What to tell a moderator, and how much it weighs (`blog.spam.local`): nothing, a hint, strong, or enough."""
    if found.value < UNSURE:
        return
    weight = 1 + (found.value >= SURE) + 2 * (found.value >= CERTAIN_ALONE)
    shown = "”, “".join(sign.words for sign in found.signs[:WORDS_SHOWN])
    how = "Reads like advertising" if weight > 1 else "Reads a little like advertising"
    yield Reason("learnt", f"{how}: “{shown}”" if shown else how, weight)


def learnt_keys(signs: Iterable[str]) -> list[int]:
    """The keys under which a comment's signs are learnt, in order."""
    return sorted({hash_sign(sign) for sign in _learnt_signs(signs)})


def hash_sign(sign: str) -> int:
    """1 to 2**63 - 1, keyed with SECRET_KEY: nobody reads words from the table, or looks one up without the key."""
    digest = hashlib.blake2b(sign.encode(), key=_key(settings.SECRET_KEY), digest_size=8).digest()
    return (int.from_bytes(digest) >> 1) or 1


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return salted_hmac("blog.spam.classifier", "signs", secret=secret, algorithm="sha256").digest()


def _learnt_signs(signs: Iterable[str]) -> list[str]:
    """Of very many the first and the last. Names are not learnt."""
    every = [sign for sign in signs if not sign.startswith("name:")]
    first, last = LEARNT_SIGNS
    return every if len(every) <= first + last else every[:first] + every[-last:]


def _estimate(ham: float, spam: float, *, seen: int) -> float:
    """How much a sign speaks for spam, from its share in each kind."""
    if not seen:
        return 0.5
    return (STRENGTH * 0.5 + seen * spam / (ham + spam)) / (STRENGTH + seen)


def _combine(values: Iterable[float]) -> float:
    """Fisher's method for both sides; one half where there is nothing or both are equally strong."""
    values = list(values)
    if not values:
        return 0.5
    for_spam = _chi2(-2 * sum(math.log(1 - value) for value in values), len(values))
    for_ham = _chi2(-2 * sum(math.log(value) for value in values), len(values))
    return (1 + for_ham - for_spam) / 2


def _chi2(statistic: float, pairs: int) -> float:
    """The chance that chi-square with `2 * pairs` degrees of freedom exceeds `statistic`."""
    half = statistic / 2
    term = total = math.exp(-half)
    for n in range(1, pairs):
        term *= half / n
        total += term
    return min(total, 1.0)


def _wordy(sign: Sign) -> tuple[bool, float, int]:
    """Words before matters of form, the most telling first, pairs before single ones."""
    return (sign.key.startswith("~"), -round(sign.spamminess, 2), -len(sign.key))
