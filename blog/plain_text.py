"""The words of a StreamField as they stand in the row: no tags, no pictures fetched, no template rendered."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

_INLINE = re.compile(r"</?(?:a|b|i|em|strong|sub|sup|embed)\b[^>]*>")  # stands within a word or a sentence
_TAG = re.compile(r"<[^>]*>")
# Choices, addresses and numbers inside blocks, and how a list wraps its items.
_NOT_WORDS = {"style", "kind", "image", "picture", "address", "type", "id"}


def plain_text(body: Any) -> str:
    """All words, in one string."""
    return " ".join(plain_passages(body))


def count_words(body: Any) -> int:
    """How many words there are to read."""
    return len(plain_text(body).split())


def plain_passages(body: Any) -> list[str]:
    """The same words, one string for each text field of each block."""
    return [_without_tags(text) for block in body.raw_data for text in written_strings(block["value"])]


def written_strings(value: Any) -> Iterator[str]:
    """Every string that somebody wrote into a block's raw value, tags and all; no choices, addresses and keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _NOT_WORDS:
                yield from written_strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from written_strings(inner)


def _without_tags(text: str) -> str:
    return unescape(_TAG.sub(" ", _INLINE.sub("", text)))


def digest_words(texts: list[Any], body: Any) -> str:
    """SHA-256 (hex) of the texts and of every block with its kind and choices; tags and white space do not count."""
    blocks = [(block["type"], _bare(block["value"])) for block in body.raw_data]
    return hashlib.sha256(json.dumps([_bare(texts), blocks], sort_keys=True).encode()).hexdigest()


def _bare(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(_without_tags(value).split())
    if isinstance(value, Mapping):
        # A list block wraps its items with ids that change at every copy.
        return {key: _bare(inner) for key, inner in value.items() if key != "id"}
    if isinstance(value, list | tuple):
        return [_bare(inner) for inner in value]
    return value
