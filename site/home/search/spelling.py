"""What the words of a query may mean: plurals, beginnings, and the known word that is one slip away."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from home.search.query import fold
from home.search.words import SearchWord

SHORTEST = 4  # letters of a word that is put right
LONG = 8  # letters from which two slips are forgiven
BEGINNING = 3  # letters that are enough to stand for a word
MAX_FORMS = 12


@dataclass(frozen=True)
class Term:
    """One word of the query as it is looked for: any of the `forms` will do. `meant` is set where it was put right."""

    asked: str
    forms: tuple[str, ...]
    meant: str = ""


def understand(words: list[str], *, literally: bool = False) -> list[Term]:
    """A Term for each word; `literally` puts nothing right. The last word may be the beginning of one."""
    known = _known(words)
    terms = []
    for word in words:
        if forms := _forms(word, known):
            terms.append(Term(word, forms))
        elif not literally and word == words[-1] and (begun := words_that_begin(word)):
            terms.append(Term(word, begun))
        else:
            meant = "" if literally else nearest_word(word)
            terms.append(Term(word, _forms(meant, _known([meant])) if meant else (word,), meant))
    return terms


def _known(words: Iterable[str]) -> dict[str, list[str]]:
    """The words of the vocabulary among the variants of `words`, by key."""
    keys = {key for word in words for key in variants(fold(word))}
    known: dict[str, list[str]] = {}
    for key, text in SearchWord.objects.filter(key__in=keys).values_list("key", "text"):
        known.setdefault(key, []).append(text)
    return known


def _forms(word: str, known: dict[str, list[str]]) -> tuple[str, ...]:
    """The known spellings of the word and of its plural or singular, the word itself first; empty if none is known."""
    found = [text for key in variants(fold(word)) for text in known.get(key, [])]
    return tuple(dict.fromkeys([word, *found]))[:MAX_FORMS] if found else ()


def variants(key: str) -> list[str]:
    """The word, its plural and its singular, as English mostly makes them; not every one of them is a word."""
    if len(key) < BEGINNING or not key.isalpha():
        return [key]
    more = [f"{key}s", f"{key}es"]
    if key.endswith("y"):
        more.append(f"{key[:-1]}ies")
    if key.endswith("ies"):
        more.append(f"{key[:-3]}y")
    if key.endswith(("ches", "shes", "sses", "xes", "zes")):
        more.append(key[:-2])
    if key.endswith("s") and not key.endswith(("ss", "us", "is")):
        more.append(key[:-1])
    return [key, *more]


def words_that_begin(word: str) -> tuple[str, ...]:
    """The most used words that begin so and are longer."""
    key = fold(word)
    if len(key) < BEGINNING:
        return ()
    begun = SearchWord.objects.filter(key__startswith=key, size__gt=len(key)).order_by("-uses", "text")
    return tuple(begun.values_list("text", flat=True)[:MAX_FORMS])


def nearest_word(word: str) -> str:
    """The known word that is the fewest slips away, of those the one most used; empty if none is near enough.

    A slip is a letter too many, too few or another one, or two neighbours exchanged (Damerau and Levenshtein).
    """
    key = fold(word)
    slips = 0 if len(key) < SHORTEST else 1 if len(key) < LONG else 2
    if not slips or not key.isalpha():
        return ""
    letters = set(key)
    best: tuple[int, int, str] | None = None
    for other, text, uses in _similar(key, slips).values_list("key", "text", "uses").iterator():
        if len(letters ^ set(other)) > 2 * slips:
            continue
        distance = count_slips(key, other, most=slips)
        if distance <= slips:
            best = min(filter(None, [best, (distance, -uses, text)]))
    return best[2] if best else ""


def _similar(key: str, slips: int) -> QuerySet[SearchWord]:
    """The words that can be `slips` away: of so many parts plus one, with a letter between them, one is untouched."""
    part = (len(key) - slips) // (slips + 1)
    untouched = Q(key__startswith=key[:part]) | Q(key__endswith=key[-part:])
    if slips > 1:
        untouched |= Q(key__contains=key[part + 1 : -part - 1])
    return SearchWord.objects.filter(untouched, size__range=(len(key) - slips, len(key) + slips))


def count_slips(one: str, other: str, *, most: int) -> int:
    """The distance of two words, or any number above `most` as soon as it is clear that it is more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        after = [i]
        for j, second in enumerate(other, start=1):
            cost = min(row[j] + 1, after[j - 1] + 1, row[j - 1] + (letter != second))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == second:
                cost = min(cost, before[j - 2] + 1)
            after.append(cost)
        if min(after) > most and min(row) > most:
            return most + 1
        before, row = row, after
    return row[-1]
