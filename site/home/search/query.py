"""What a reader typed, made harmless and cut into words."""

import re
import unicodedata

MAX_QUERY = 200  # characters
MAX_WORDS = 12
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\s]+")
_WORD = re.compile(r"[^\W_]+")  # letters and digits: no sign, so that no word is a command to a search index


def tidy_query(raw: str) -> str:
    """The query on one line, without control characters, at most `MAX_QUERY` characters."""
    return _NOT_TEXT.sub(" ", raw).strip()[:MAX_QUERY].strip()


def words_of(query: str) -> list[str]:
    """The different words of a tidy query in lower case, at most `MAX_WORDS`."""
    return list(dict.fromkeys(words_of_text(query)))[:MAX_WORDS]


def words_of_text(text: str) -> list[str]:
    """All words of a text in lower case."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def fold(word: str) -> str:
    """The word without accents: “cafe” for “café”."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
