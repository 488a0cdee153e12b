"""Words that promise more than an article may say without naming a source."""

import re
from collections.abc import Iterator

from blog.citations import MARK, read_mark
from blog.reading_level import split_sentences

_PERCENT = r"\d+(?:[.,]\d+)?\s?(?:%|per\s?cent\b)"
_CHANGE = r"(?:reduc|lower|cut|decreas|rais|increas|improv|boost|lessen|eas)(?:e?s|ed?|t?ing|e[rn](?:ed|s|ing))?"
CLAIMS = re.compile(
    rf"""
      \bcur(?:e|es|ed|ative)\b
    | \bguarante\w+
    | \bmirac(?:le|les|ulous|ulously)\b
    | \bwonder[ -](?:drug|cure|food|diet)s?\b
    | \b100\s?(?:%|per\s?cent\b)(?!\s+(?:cotton|wool|silk|juice|rye|wholemeal|wholegrain))
    | \b(?:no|without|zero|free\s(?:of|from))\s+(?:any\s+|known\s+|serious\s+)?
      (?:side[ -]effects?|risks?\b(?!\s+factors?))
    | \b(?:clinically|scientifically|medically)\s+(?:proven|tested|shown)\b
    | \bproven\s+(?:to|remed|treatment|results?)\w*
    | \bprevents\b | \b(?:will|can)\s+prevent\b
    | \b{_CHANGE}\b[^.;]{{0,80}}?\b{_PERCENT}
    | \b{_PERCENT}\s+(?:less|fewer|lower|more|higher|better|reduction|drop|fall)\b
    | \b(?:halves|doubles|trebles|triples)\b[^.;]{{0,40}}\b(?:risk|chance|odds|likelihood)\b
    | \b(?:completely|perfectly|totally|absolutely|entirely)\s+(?:safe|harmless)\b | \brisk[- ]free\b
    | \b(?:works?|helps?)\s+(?:instantly|for\s+everyone|every\s+time)\b | \bnever\s+fails\b | \binstant\s+relief\b
    | \b(?:the\s+)?(?:best|most\s+effective)\s+(?:treatment|medicine|remedy|therapy|cure)\b(?!\s+(?:list|box|chest))
    | \b(?:stud(?:y|ies)|research|science|trials?|scientists|experts)\s+
      (?:have\s+|has\s+)?(?:show|prove|confirm|agree)\w*
    | \bboosts?\s+(?:your\s+|the\s+)?immun\w+ | \bdetox\w*
    | \breverses\s+(?!the\s+order)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:\b(?:no|not|never|nor|nothing|nobody|none|neither|cannot|without|rarely|hardly|unlikely|far from|whether|if)\b"
    r"|n['’]t\b)[^.;:!?]{0,40}$",
    re.IGNORECASE,
)
_SAID = re.compile(r"[“\"‘](?:[^“”\"‘’\s]+\s?){1,4}[”\"’]")  # words held up to be looked at, not used
LONGEST = 140  # letters of the sentence that are shown


def find_claims(passage: str, sources: int) -> Iterator[str]:
    """The sentences of a paragraph that claim something, where no mark of one of the `sources` follows in it."""
    rest = passage
    for sentence in split_sentences(passage):
        if is_claim(sentence) and not _is_backed(rest, sources):
            yield shorten(MARK.sub("", sentence))
        rest = rest[len(sentence) :].lstrip() if rest.startswith(sentence) else rest


def is_claim(sentence: str) -> bool:
    """Whether a sentence promises something; questions, denials and words in quotation marks do not."""
    plain = _SAID.sub("", MARK.sub("", sentence))
    if plain.rstrip(" ”\"'’)").endswith("?"):
        return False
    return any(not _DENIED.search(plain[: found.start()]) for found in CLAIMS.finditer(plain))


def _is_backed(text: str, sources: int) -> bool:
    return any(read_mark(mark[1], sources) for mark in MARK.finditer(text))


def shorten(words: str) -> str:
    """At most `LONGEST` letters, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
