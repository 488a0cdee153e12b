"""The fields that editors may write in an issue: `{name|reader}`, `{since|a while ago}`.

Each says what stands there for readers of whom we do not know it. In the subject they stay as they are written until
a message is composed. In the content they become marks, so that nothing else in curly brackets is ever filled in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

from newsletter.rich_text import Paragraph, read_rich_text

FIELDS = {"name": "reader", "since": "a while ago"}  # with what may stand in their place
WAYS = " and ".join(f"{{{name}|{otherwise}}}" for name, otherwise in FIELDS.items())
_NAMES = "|".join(FIELDS)
# The blank before a field goes with it where nothing takes its place: "Hello {name|}," becomes "Hello,".
_FIELD = re.compile(rf"( ?)\{{ *({_NAMES}) *(?:\|([^{{}}<>]*))?\}}")
_ANY_FIELD = re.compile(r"\{([^{}|]*)(\|[^{}]*)?\}")
MARK = rf"%%F:(?:{_NAMES}):[01]:(?:[A-Za-z0-9_.~-]|%[0-9A-F]{{2}})*%%"
_MARK = re.compile(MARK)
_RICH = {"intro": "Opening words", "text": "A text"}  # blocks whose rich text may hold fields


@dataclass(frozen=True)
class Field:
    """What a field or a mark asks for. `blank` is the one before it, or empty."""

    name: str
    blank: str
    otherwise: str

    def fill(self, values: Mapping[str, str]) -> str:
        """The words in its place."""
        words = values.get(self.name) or self.otherwise
        return f"{self.blank}{words}" if words else ""

    @property
    def mark(self) -> str:
        """Letters, digits and `%:._~-` only, so that no HTML changes it."""
        return f"%%F:{self.name}:{len(self.blank)}:{quote(self.otherwise, safe='')}%%"


def has_fields(words: str) -> bool:
    """Whether the words are not the same for all readers."""
    return "{" in words and bool(_FIELD.search(words))


def fill_in_words(words: str, values: Mapping[str, str]) -> str:
    """An editor's words with one reader's own in place; what has no value has what stands instead.

    Good for HTML as well, if the values are escaped. Other curly brackets stay as they are.
    """
    return _FIELD.sub(lambda found: _field(found).fill(values), words) if "{" in words else words


def with_marks(words: str) -> str:
    """The same words with a mark for each field."""
    return _FIELD.sub(lambda found: _field(found).mark, words) if "{" in words else words


def mark_paragraphs(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """The same for rich text."""
    for paragraph in paragraphs:
        paragraph.runs = [replace(run, text=with_marks(run.text)) for run in paragraph.runs]
    return paragraphs


def find_marks(content: str) -> dict[str, Field]:
    """Every mark of a content, with what it asks for."""
    return {mark: _read_mark(mark) for mark in dict.fromkeys(_MARK.findall(content))}


def find_field_faults(issue: Any) -> list[str]:
    """Why the fields of an IssuePage cannot all be filled in, in words for the editor; empty when they can."""
    faults = [f"{place}: {fault}" for place, words in _places(issue) for fault in _find_faults(words)]
    misplaced = [place for place, words in _other_places(issue) if has_fields(words)]
    return list(dict.fromkeys(faults)) + [
        f"{place}: a field is filled in only in the subject, the preview line, the opening words and a text."
        for place in dict.fromkeys(misplaced)
    ]


def find_unknown_fields(issue: Any) -> set[str]:
    """What `find_field_faults` calls no field, as it is written: it would stay in the mail."""
    found = (field for _, words in _places(issue) for field in _ANY_FIELD.finditer(words))
    return {field[0] for field in found if field[1].strip() not in FIELDS}


def _field(found: re.Match[str]) -> Field:
    blank, name, otherwise = found.groups(default="")
    return Field(name, blank, otherwise.strip())


def _read_mark(mark: str) -> Field:
    name, blanks, otherwise = mark.removeprefix("%%F:").removesuffix("%%").split(":")
    return Field(name, " " * int(blanks), unquote(otherwise))


def _places(issue: Any) -> Iterator[tuple[str, str]]:
    """Where fields are filled in: the words as an editor reads the place, and what stands there, run by run."""
    yield "Subject", issue.subject
    yield "Second subject", issue.second_subject
    yield "Preview line", issue.preview_line
    for block in issue.body:
        if block.block_type in _RICH:
            for paragraph in read_rich_text(block.value["text"].source):
                yield from ((_RICH[block.block_type], run.text) for run in paragraph.runs)


def _other_places(issue: Any) -> Iterator[tuple[str, str]]:
    yield "Title", issue.title
    for block in issue.body:
        fields = {} if block.block_type == "divider" else dict(block.value)
        for name, value in fields.items():
            if not (block.block_type in _RICH and name == "text"):
                words = value if isinstance(value, str) else getattr(value, "source", "")
                yield f"The block “{block.block.label}”", words


def _find_faults(words: str) -> Iterator[str]:
    if "{" not in words and "}" not in words:
        return
    for found in _ANY_FIELD.finditer(words):
        name, otherwise = found[1].strip(), found[2]
        if name not in FIELDS:
            yield f"there is no field {{{name}}}. There are {WAYS}."
        elif otherwise is None:
            yield (
                f"{{{name}}} does not say what stands there for readers of whom we do not know it. "
                f"Write {{{name}|{FIELDS[name]}}}, or {{{name}|}} for nothing."
            )
    if re.search(r"[{}]", _ANY_FIELD.sub("", words)):
        yield "a curly bracket stands alone. A field is written {name|reader}, in one style from “{” to “}”."
