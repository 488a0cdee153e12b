"""`python -m tests.classifier.train`: write the shipped counts anew from `material/`."""

from collections import Counter
from collections.abc import Iterable

from blog.spam.shipped import FILE, Counts
from blog.spam.signs import read_signs
from tests.classifier.material import Written, advertising, honest_comments

SEEN_AT_LEAST = 2


def count_signs(honest: Iterable[Written], spam: Iterable[Written], *, at_least: int = SEEN_AT_LEAST) -> Counts:
    """In how many comments of each kind each sign stands; a sign that was seen less often is left out."""
    totals, counted = [0, 0], (Counter[str](), Counter[str]())
    for kind, comments in enumerate((honest, spam)):
        for _, name, text in comments:
            totals[kind] += 1
            counted[kind].update(read_signs(text, name).keys())
    ham, found = counted
    signs = {sign: (ham[sign], found[sign]) for sign in sorted(ham | found) if ham[sign] + found[sign] >= at_least}
    return Counts(*totals, signs)


def as_file(counts: Counts) -> str:
    """A line a sign: the sign, honest comments with it, spam with it."""
    rows = (f"{sign}\t{ham}\t{spam}\n" for sign, (ham, spam) in counts.signs.items())
    return f"#comments\t{counts.ham}\t{counts.spam}\n" + "".join(rows)


def main() -> None:
    counts = count_signs(honest_comments(), advertising())
    FILE.write_text(as_file(counts), encoding="utf-8")
    print(f"{counts.ham} honest comments, {counts.spam} of spam, {len(counts.signs)} signs,")  # noqa: T201 - a command
    print(f"{FILE.stat().st_size // 1000} KB")  # noqa: T201


if __name__ == "__main__":
    main()
