"""Words with `*` for anything, as moderators write them: found without regular expressions, and never slow."""

import unicodedata


def plain(text: str) -> str:
    """One spelling: no case, no look-alike widths, one blank between words."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def occurs(pattern: str, text: str) -> bool:
    """Whether the pattern stands in the text, both `plain`.

    Where it begins or ends without `*`, a word must begin or end there: `cialis` is not in “specialist”. Linear: the
    pieces between the stars are looked for one after the other, each at its first place.
    """
    at, pieces = 0, pattern.split("*")
    for number, piece in enumerate(pieces):
        at = _find(piece, text, at, begins_word=number == 0, ends_word=number == len(pieces) - 1)
        if at < 0:
            return False
    return True


def is_useful(pattern: str, *, least: int) -> bool:
    """Whether it says enough to mean something: at least so many letters or digits besides the stars."""
    return sum(sign.isalnum() for sign in pattern) >= least


def _find(piece: str, text: str, start: int, *, begins_word: bool, ends_word: bool) -> int:
    """Where the piece ends; -1 if it does not occur."""
    if not piece:
        return start
    begins_word, ends_word = begins_word and piece[0].isalnum(), ends_word and piece[-1].isalnum()
    at = text.find(piece, start)
    while at >= 0:
        end = at + len(piece)
        is_torn = (begins_word and at > 0 and text[at - 1].isalnum()) or (ends_word and text[end : end + 1].isalnum())
        if not is_torn:
            return end
        at = text.find(piece, at + 1)
    return -1
