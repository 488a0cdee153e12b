"""Quoted-printable in lines of our own (RFC 2045, 6.7): pieces of it can be joined by soft line breaks."""

import binascii
from html import escape

LINE = 76  # RFC 2045, 6.7
_SHORT = 60  # characters: together with a soft line break they fit on a line


def quoted_printable(text: str) -> bytes:
    """Lines of 76 characters at most, CRLF between them; a blank at the end of a piece is kept.

    None begins with a dot, so that a mail server's dot-stuffing finds nothing to do in 10,000 messages.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # b2a_qp breaks long lines with a bare LF.
    encoded = [binascii.b2a_qp(line.encode("utf-8"), istext=False).replace(b"=\n", b"=\r\n") for line in lines]
    whole = b"\r\n".join(encoded)
    if whole.startswith(b".") or b"\r\n." in whole:
        whole = b"\r\n".join(_without_dot(line) for line in whole.split(b"\r\n"))
    return _with_room(whole)


def encode_word(word: str) -> bytes:
    """The same, sooner for what nearly all names and dates are: short, and as it is."""
    is_plain = len(word) <= _SHORT and word.isascii() and word.isprintable() and "=" not in word
    return word.encode("ascii") if is_plain and word.strip(" .") == word else quoted_printable(word)


def encode_escaped(words: dict[str, str], encoded: dict[str, bytes]) -> dict[str, bytes]:
    """Words encoded for HTML: addresses and most names are then as in `encoded`, where they are not escaped."""
    changed = {mark: safe for mark, value in words.items() if (safe := escape(value)) != value}
    return encoded | {mark: encode_word(safe) for mark, safe in changed.items()} if changed else encoded


def splice(pieces: list[bytes | str], encoded: dict[str, bytes]) -> bytes:
    """Pieces that are encoded, with the word for each that is a mark, joined by soft line breaks."""
    return b"=\r\n".join([encoded[piece] if isinstance(piece, str) else piece for piece in pieces])


def _without_dot(line: bytes) -> bytes:
    """The dot as =2E; what does not fit on the line any more goes on the next."""
    if not line.startswith(b"."):
        return line
    line = b"=2E" + line[1:]
    if len(line) <= LINE:
        return line
    cut = LINE - 1
    escape_at = line.rfind(b"=", cut - 2, cut)  # never between the characters of one =XX
    cut = cut if escape_at == -1 else escape_at
    return line[:cut] + b"=\r\n" + _without_dot(line[cut:])


def _with_room(encoded: bytes) -> bytes:
    """Break a full last line once more, so that the soft break of a splice still fits on it."""
    last = len(encoded) - encoded.rfind(b"\n") - 1
    if last < LINE:
        return encoded
    cut = len(encoded) - 6
    escape_at = encoded.rfind(b"=", cut - 2, cut)  # never between the characters of one =XX
    cut = cut if escape_at == -1 else escape_at
    return encoded[:cut] + b"=\r\n" + encoded[cut:]
