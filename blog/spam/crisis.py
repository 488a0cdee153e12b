"""Finds words that sound like danger to life, now, to the writer or to somebody near.

A person reads every comment that is found, and its writer is shown whom to call: missing one is worse than asking too
often. A time long past excuses a sentence, since readers of a health magazine tell what they came through.
"""

import re
from bisect import bisect_right
from functools import cached_property

from . import crisis_words as words
from . import danger_words, emergency_words
from .findings import Finding, cut, without_overlaps


def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    # All begin where a word does: asked once, not by each of them.
    joined = "|".join(phrase.removeprefix(r"\b").replace(r"|\b", "|") for phrase in phrases)
    return re.compile(rf"\b(?:{joined})")


# Kind, phrases, whether a sentence about the matter excuses it.
_PATTERNS = (
    ("overdose", _any_of(words.OVERDOSE + danger_words.OVERDOSE), False),
    ("suicide", _any_of(words.SUICIDE + danger_words.SUICIDE), False),
    ("self_harm", _any_of(words.SELF_HARM + danger_words.SELF_HARM), False),
    ("emergency", _any_of(emergency_words.EMERGENCY + danger_words.EMERGENCY), False),
    ("violence", _any_of(emergency_words.VIOLENCE + danger_words.VIOLENCE), False),
    ("suicide", _any_of(words.SUICIDE_WEAK), True),
    ("self_harm", _any_of(words.SELF_HARM_WEAK), True),
    ("overdose", _any_of(words.OVERDOSE_WEAK), True),
    ("violence", _any_of(emergency_words.VIOLENCE_WEAK), True),
)
_LONG_AGO = re.compile(words.LONG_AGO)
_PRESENT = re.compile(words.PRESENT)
_BUT_NOW = re.compile(words.BUT_NOW)
_THAT_WAS = re.compile(words.THAT_WAS)
_ABOUT = re.compile(words.ABOUT)
_FOR_OTHERS = re.compile(words.FOR_OTHERS)
_MYSELF = re.compile(words.MYSELF)
_QUOTED = re.compile(r"[\"“„][^\"“”„\n]{1,200}[\"”]")
_SOMEBODY = re.compile(rf"{words.MYSELF}|\b{words.NEAR}\b")
SUBJECT = 18  # signs before a phrase in which its subject and verb stand
_STOP = re.compile(r"[.!?\n]+")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "\u00a0": " ", "İ": "i"})


def find_crisis(text: str) -> list[Finding]:
    """What sounds like danger to life, in the order of the text; no two overlap."""
    # One sign for one sign. Expressions for any case would take three times as long.
    plain = text.translate(_PLAIN).lower()
    sentences = _Sentences(plain)
    return without_overlaps(
        cut(kind, text, *match.span())
        for kind, pattern, is_weak in _PATTERNS
        for match in pattern.finditer(plain)
        if not sentences.excuse(*match.span(), is_weak=is_weak)
    )


class _Sentences:
    """The sentences of a text, each judged once however much is found in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[tuple[int, str], bool] = {}
        self._quotes: dict[int, list[tuple[int, int]]] = {}

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _STOP.finditer(self._text))]

    def excuse(self, start: int, end: int, *, is_weak: bool) -> bool:
        """Whether what stands there is advice to others, told of long ago or, if it is a weak sign, spoken about."""
        number = bisect_right(self._starts, start) - 1
        if self._is_quoted(number, start) or self._ask(number, "others") or (is_weak and self._ask(number, "about")):
            return True
        return self._ask(number, "over") and not _PRESENT.search(self._text, max(0, start - SUBJECT), end)

    def _is_quoted(self, number: int, at: int) -> bool:
        """Whether it stands between quotation marks of a sentence that has nobody else in it: a title, a play."""
        if number not in self._quotes:
            sentence, began = self._sentence(number), self._starts[number]
            quotes = [(began + quote.start(), began + quote.end()) for quote in _QUOTED.finditer(sentence)]
            self._quotes[number] = [] if _SOMEBODY.search(_QUOTED.sub(" ", sentence)) else quotes
        place = bisect_right(self._quotes[number], (at, len(self._text))) - 1
        return place >= 0 and at < self._quotes[number][place][1]

    def _ask(self, number: int, question: str) -> bool:
        key = (number, question)
        if key not in self._known:
            self._known[key] = self._answer(question, self._sentence(number), self._sentence(number + 1))
        return self._known[key]

    def _answer(self, question: str, sentence: str, following: str) -> bool:
        if question == "others":
            return bool(_FOR_OTHERS.search(sentence)) and not _MYSELF.search(sentence)
        if question == "about":
            return bool(_ABOUT.search(sentence))
        told = _LONG_AGO.search(sentence) or _THAT_WAS.match(following)
        return bool(told) and not _BUT_NOW.search(sentence)

    def _sentence(self, number: int) -> str:
        bounds = [*self._starts[number : number + 2], len(self._text)]
        return self._text[bounds[0] : bounds[1]] if number < len(self._starts) else ""
