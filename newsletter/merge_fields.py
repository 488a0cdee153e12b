"""What editors write in curly brackets: `{name}` is filled in, `{name|reader}` with other words where there is none.

No template language: words are looked up in a table, and what was filled in is not looked at again.
"""

import re
from collections.abc import Collection, Mapping

# The blank before a field goes with it: "Hello {name}," becomes "Hello," for whoever gave no name.
_FIELD = re.compile(r"( ?)\{([^{}|]*)(?:\|([^{}]*))?\}")


def fill_in_fields(words: str, values: Mapping[str, str]) -> str:
    """The words with their fields filled in; a field without a value gives its other words, or nothing."""

    def fill(found: re.Match[str]) -> str:
        blank, name, otherwise = found.groups(default="")
        value = values.get(name.strip(), "") or otherwise
        return f"{blank}{value}" if value else ""

    return _FIELD.sub(fill, words)


def find_faults(words: str, allowed: Collection[str]) -> list[str]:
    """In words for the editor: brackets that stand alone, names that are none of the allowed."""
    names = dict.fromkeys(found[2].strip() for found in _FIELD.finditer(words))
    faults = [f"There is no field {{{name}}} in this letter." for name in names if name not in allowed]
    if re.search(r"[{}]", _FIELD.sub("", words)):
        faults.append("A curly bracket stands alone: a field is written {name}, in one style from “{” to “}”.")
    return faults
