"""Finds what gives a person away: phones, e-mail and postal addresses, birth dates, numbers of documents and accounts.

By shape, by the words around it and by check digits; health texts are full of numbers that are none of these. It does
not look for names: whether "Ann" is a stranger or a saint no list can tell, and a person reads every comment that is
held. Every expression is bounded, so that the time grows with the text and no faster.
"""

import re
from collections.abc import Iterator

from . import numbers
from .findings import Finding, cut, without_overlaps
from .postal import find_addresses

_MONTH = (
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez)"
    r"(?:uary|ruary|ch|il|e|y|ust|tember|ober|ember|uar|ruar|i|z)?\.?"
)
_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.] ?\d{1,2}[-/.] ?(?:\d{4}|\d{2})"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?(?: of)? {_MONTH},? (?:\d{{4}}|'\d{{2}})"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})(?!\d)"
)
_BIRTH_WORDS = (
    r"\bborn\b(?: (?:on|in|at|the|a|[a-z]{2,21})){0,4}[ :]{1,3}|\bgeboren\b[^\d\n]{0,12}|\bgeb\.? ?(?:am )?"
    r"|(?:\bd\.?o\.?b\b|\bdate of birth|\bbirth ?date|\bbirthday|\bgeburts(?:datum|tag))[^\d\n]{0,15}?"
)
_BIRTH_DATES = (
    re.compile(rf"(?:{_BIRTH_WORDS})({_DATE})"),
    re.compile(rf"\bam ({_DATE})(?= geboren)"),
)
_ANY_DATE = re.compile(rf"\b{_DATE}")

_AT = r"(?:@| ?[\[({] ?at ?[\])}] ?)"
_DOT = r"(?:\.| ?[\[({] ?dot ?[\])}] ?| dot )"
# What such an address cannot be without, which is cheap to look for and rare; how it is written.
_EMAILS = (
    (
        re.compile(r"@|at ?[\])}]"),
        re.compile(rf"(?<![\w.+'-])[\w+][\w.+'-]{{0,63}}{_AT}(?:[\w-]{{1,63}}{_DOT}){{1,6}}[^\W\d_]{{2,24}}(?!\w)"),
    ),
    (
        re.compile(" dot "),
        re.compile(r"(?<![\w.+-])[\w+][\w.+-]{0,63} at (?:[\w-]{1,63} dot ){1,4}[a-z]{2,10}(?!\w)"),
    ),
)

_ID_WORDS = (
    r"(?: ?(?:numbers?|no\b\.?|nr\b\.?|id\b|#|nummer))?\W{0,4}(?:is |was |ist |lautet |number |no\.? ){0,2}\W{0,2}"
)
_IDS_IN_CONTEXT = (
    re.compile(rf"\bnhs{_ID_WORDS}((?<![\d.])\d{{3}}[ -]?\d{{3}}[ -]?\d{{4}})(?![\w-])"),
    re.compile(rf"\b(?:ssn|social security)(?:'s)?{_ID_WORDS}(\d{{3}}[ -]?\d{{2}}[ -]?\d{{4}})(?![\w-])"),
    re.compile(rf"\b(?:ni|nino|national insurance){_ID_WORDS}([a-z]{{2}} ?(?:\d{{2}} ?){{3}}[a-d])\b"),
    re.compile(rf"versicher\w{{0,12}}(?:-?nr\.?|-?nummer)?{_ID_WORDS}([a-z]\d{{9}})\b"),
    re.compile(rf"\bsteuer\w{{0,25}}(?:-id)?{_ID_WORDS}(\d{{2}} ?\d{{3}} ?\d{{3}} ?\d{{3}})\b"),
    re.compile(rf"\b(?:reise)?pass(?:port)?,?{_ID_WORDS}((?=\w{{0,5}}\d)[a-z0-9]{{8,10}})\b"),
    re.compile(
        rf"\b(?:hospital|patient|medical record|mrn){_ID_WORDS}((?:[a-z]{{1,3}}-?)?\d{{4,10}}(?:-\d{{1,4}})?)\b"
    ),
)
_NHS = re.compile(r"(?<![\w.,-])\d{3}([ -])\d{3}\1\d{4}(?![\w-])")
_NINO = re.compile(r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D]\b")
_SSN = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_PENSION = re.compile(r"\b\d{2} ?\d{6} ?[A-Z] ?\d{3}\b")

_IBAN = re.compile(r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]){11,30}\b")
_CARD = re.compile(
    r"(?<![\w.-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{5})(?![\w-])"
)
_ACCOUNTS = (
    re.compile(r"\bsort[ -]?code\W{0,4}(?:is |was )?(\d{2}[ -]?\d{2}[ -]?\d{2})\b"),
    re.compile(
        r"\b(?:account|acct|a/c|konto)(?:[ -]?(?:number|no\b\.?|nr\b\.?|nummer))?\W{0,4}(?:is |was |ist )?(\d{7,10})\b"
    ),
)

_GAP = r"[ \u00a0()./-]{0,3}"
_ABROAD = re.compile(rf"(?<![\w+])(?:\+ ?|00 ?)[1-9](?:{_GAP}\d){{6,14}}(?!\w)")
_AT_HOME = re.compile(rf"(?<![\w.,/+:-])\(?0(?:{_GAP}\d){{8,11}}(?!\w)")
_US = re.compile(
    r"(?<![\w.,/+:-])(?:\+?1[ .-])?(?:\([2-9]\d\d\) ?[2-9]\d\d[-. ]|[2-9]\d\d([-.])[2-9]\d\d\1)\d{4}(?![\w-])"
)
_CALLED = re.compile(
    r"\b(?:phone|tele(?:phone|fon)|tel|call|ring|rang|dial|mobile|mobil|cell|landline|text|sms|whats ?app|fax|handy"
    r"|anrufen|my number|my no|meine nummer|(?:phone|his|her) number|reach (?:me|us|him|her)|bell on)\b"
    rf"[^\d\n+]{{0,25}}?((?<![\w.,/])\(?\d(?:{_GAP}\d){{5,14}})(?!\w)"
)
# One sign for one sign: addresses run over several lines, and dashes, blanks and digits are typed in several ways.
_PLAIN = str.maketrans(
    {"\n": " ", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "‐": "-", "‑": "-", "–": "-", "’": "'", "İ": "i"}
    | {chr(ord("０") + figure): str(figure) for figure in range(10)}
)
MOST_GROUPS = 6
MOST_ASKED = 60


def find_personal_data(text: str) -> list[Finding]:
    """What seems to be somebody's personal data, in the order of the text; no two overlap."""
    plain = text.translate(_PLAIN)
    small = plain.lower()  # expressions for any case take three times as long
    finders = (
        *((find, small) for find in (_find_emails, _find_bank, _find_ids)),
        (_find_ids_in_capitals, plain),
        *((find, small) for find in (_find_birth_dates, _find_phones)),
        (find_addresses, plain),
    )
    found = without_overlaps(finding for find, words in finders for finding in find(words))
    return [cut(finding.kind, text, finding.start, finding.end) for finding in found]


def _find_emails(text: str) -> Iterator[Finding]:
    for needed, pattern in _EMAILS:
        if needed.search(text):  # few texts hold that, and to look for it is cheap
            yield from (cut("email", text, *match.span()) for match in pattern.finditer(text))


def _find_birth_dates(text: str) -> Iterator[Finding]:
    for pattern in _BIRTH_DATES:
        yield from (cut("birth_date", text, *match.span(1)) for match in pattern.finditer(text))


def _find_ids(text: str) -> Iterator[Finding]:
    for pattern in _IDS_IN_CONTEXT:
        yield from (cut("id_number", text, *match.span(1)) for match in pattern.finditer(text))
    for pattern, fits in (
        (_NHS, lambda words: numbers.is_nhs_number(numbers.digits_of(words))),
        (_SSN, numbers.is_social_security),
    ):
        yield from (cut("id_number", text, *match.span()) for match in pattern.finditer(text) if fits(match[0]))


def _find_ids_in_capitals(text: str) -> Iterator[Finding]:
    """Small letters would make words of a sentence out of them."""
    for pattern, fits in ((_NINO, bool), (_PENSION, numbers.is_german_pension_number)):
        yield from (cut("id_number", text, *match.span()) for match in pattern.finditer(text) if fits(match[0]))


def _find_bank(text: str) -> Iterator[Finding]:
    for match in _IBAN.finditer(text):
        words = match[0]
        while not numbers.is_iban(words) and " " in words:  # the next words of the sentence may look like its groups
            words = words.rpartition(" ")[0]
        if numbers.is_iban(words):
            yield cut("bank", text, match.start(), match.start() + len(words))
    for match in _CARD.finditer(text):
        if numbers.is_card(numbers.digits_of(match[0])):
            yield cut("bank", text, *match.span())
    for pattern in _ACCOUNTS:
        yield from (cut("bank", text, *match.span(1)) for match in pattern.finditer(text))


def _find_phones(text: str) -> Iterator[Finding]:
    dates = {sign for match in _ANY_DATE.finditer(text) for sign in range(*match.span())}
    places = [place for place in _phone_places(text) if dates.isdisjoint(range(place[0], place[1]))]
    # Asking takes a tenth of a millisecond a place, and no honest text has so many.
    ask = len(places) <= MOST_ASKED
    for start, end, regions in places:
        stop = _without_rest(text, start, end, regions) if ask else end
        if stop > start and not (ask and numbers.is_public_line(text[start:stop])):
            yield cut("phone", text, start, stop)


def _phone_places(text: str) -> Iterator[tuple[int, int, tuple[str | None, ...]]]:
    """Start, end, and of which regions' numbers it may be one; no region: its look is enough."""
    yield from ((*match.span(), (None,)) for match in _ABROAD.finditer(text))
    yield from ((*match.span(), ()) for match in _US.finditer(text))
    yield from ((*match.span(), numbers.REGIONS) for match in _AT_HOME.finditer(text))
    yield from ((*match.span(1), ()) for match in _CALLED.finditer(text))


def _without_rest(text: str, start: int, end: int, regions: tuple[str | None, ...]) -> int:
    """Where a number ends that some region has; `start` if none has: what follows may be another number."""
    while regions and end > start:
        words = text[start:end]
        if len(words.split()) <= MOST_GROUPS and any(numbers.is_phone(words, region) for region in regions):
            return end
        end = start + max(words.rfind(" "), 0)
    return end
