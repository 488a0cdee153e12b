"""How old a reader must be to read a text with ease: the Flesch-Kincaid grade, said in years of age.

Flesch-Kincaid, because its grade can be said in years, which an editor can use; counted here, because the libraries
for it bring word lists of many megabytes for a syllable or two. (J. P. Kincaid and others, 1975: 0.39 words a sentence
+ 11.8 syllables a word - 15.59; a grade is the school year of the USA, whose first is for children of six.)
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from blog.citations import MARK
from blog.passages import read_passages

TARGET_AGE = 13  # what health services write for: most adults read as a child of eleven to thirteen does
LEAST_WORDS = 100  # less says nothing
YEARS_BEFORE_SCHOOL = 5  # the reader of grade 7 is twelve
YOUNGEST, OLDEST = 6, 22

_SENTENCE_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"'”’)\]]))\s+(?=[\"'“‘(\[]*[A-Z0-9])")
_ABBREVIATION = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|No|vs|e\.g|i\.e|approx|etc)\.")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouyàáâäèéêëìíîïòóôöùúûü]+")
# Vowels side by side that are spoken apart: di-et, ri-ot, ma-ni-a, va-ri-ous, cre-ate, po-em, u-su-al, see-ing.
_SPOKEN_APART = re.compile(
    r"(?<![tc])ia(?!l$|ls$|lly$|n$|ns$|ge$)|io(?!n|u)|iu|iet|scien|(?<![tc])ien(?!d)|eo(?!us)|(?<!n)eum|(?<![gq])ua(?!l)|oe[mt]"
    r"|[^q]ual|creat|react|ying|eeing|fluid|ruin|suici|tuiti|myal|(?<=[rntvdl])ious|(?<=[dtnlr])ian"
    r"|(?<=[a-z][dlprthks])ier$|(?<=[a-z][a-z][dlprthk])iest$"
)
_SILENT_ED = re.compile(r"(?<=[^aeioutdy])ed$")
_SILENT_ES = re.compile(r"(?<=[aeiou]l)es$|(?<=[^aeiouscxzghl])es$")
_SILENT_E = re.compile(r"(?<=[gq])ue$|(?<=[^aeiouyl])e$|(?<=[aeiouyl]l)e$")
_SILENT_INSIDE = re.compile(r"(?<=[^aeiouy])e(?=(?:ly|ment|ments|ful|less|ness|some|thing|where|times?|work|body)$)")
_ODD = {
    "people": 2, "area": 3, "being": 2, "idea": 3, "science": 2, "quiet": 2, "every": 2, "evening": 2, "something": 2,
    "sometimes": 2, "someone": 2, "somebody": 3, "eye": 1, "sure": 1, "are": 1, "were": 1, "diabetes": 4,
    "recipe": 3, "acne": 2, "business": 2, "different": 2, "vegetable": 4, "medicine": 3, "muscle": 2, "rhythm": 2,
    "doctor": 2, "real": 1, "really": 2, "ideal": 3, "lion": 2,
}  # fmt: skip


@dataclass(frozen=True)
class ReadingLevel:
    """What was counted in one text."""

    words: int
    sentences: int
    syllables: int

    @property
    def grade(self) -> float:
        """The Flesch-Kincaid grade; about 7 for a newspaper of the people, over 12 for a journal of the learned."""
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def age(self) -> int:
        """Years of age from which the text reads easily, 6 to 22."""
        return min(OLDEST, max(YOUNGEST, round(self.grade) + YEARS_BEFORE_SCHOOL))

    @property
    def is_hard(self) -> bool:
        """Whether it asks for more than we want to ask."""
        return self.age > TARGET_AGE

    def __str__(self) -> str:
        if self.age >= OLDEST:
            return "for people who have studied"
        return f"about {self.age} to {self.age + 1} years of age"


def count_syllables(word: str) -> int:
    """Syllables of one English word, at least 1; right for about nine words in ten, which is enough for a mean."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if "-" in word:
        return sum(count_syllables(part) for part in word.split("-") if part)
    known = _ODD.get(word) or _ODD.get(word.removesuffix("s"))
    if known:
        return known
    bare = _SILENT_INSIDE.sub("", _SILENT_E.sub("", _SILENT_ES.sub("s", _SILENT_ED.sub("d", word))))
    apart = len(_SPOKEN_APART.findall(bare))
    return max(1, len(_VOWELS.findall(bare)) + apart + bare.endswith("sm"))


def split_sentences(passage: str) -> list[str]:
    """The sentences of one paragraph; a list item or heading without a full stop is one."""
    plain = _ABBREVIATION.sub(lambda found: found[0].replace(".", ""), passage)
    return [sentence for sentence in _SENTENCE_END.split(plain.strip()) if sentence.strip()]


def measure_reading(passages: Iterable[str]) -> ReadingLevel | None:
    """The level of a text given by its paragraphs; None if there are too few words to say."""
    words = sentences = syllables = 0
    for passage in passages:
        for sentence in split_sentences(MARK.sub("", passage)):
            found = _WORD.findall(sentence)
            words += len(found)
            sentences += bool(found)
            syllables += sum(map(count_syllables, found))
    return ReadingLevel(words, sentences, syllables) if words >= LEAST_WORDS else None


def measure_article(article: Any) -> ReadingLevel | None:
    """The level of an article's running text; asks no query. None if it is too short to say."""
    return measure_reading(passage.text for passage in read_passages(article.body) if not passage.is_heading)
