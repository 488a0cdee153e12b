"""How well personal data and danger to life are found, and what finding costs, on the labelled sets of the tests."""

import time
from collections import Counter
from collections.abc import Callable

from blog.spam.crisis import find_crisis
from blog.spam.findings import Finding
from blog.spam.personal_data import find_personal_data
from tests.blog.finder_sets import HOSTILE, Passage, read_kinds, read_passages
from tests.blog.labelled import read_labelled

LONGEST = 8000  # signs of a comment
SETS = (("made with", "dev"), ("held back", "test"))


def measure_finders() -> None:
    """Print the tables. The passages are ours, not real traffic."""
    for title, name in SETS:
        _print_personal_data(title, read_passages(f"personal_data_{name}.txt"))
    health = [p.text for _, name in SETS for p in read_passages(f"personal_data_{name}.txt") if not p.spans]
    for title, name in SETS:
        _print_crisis(title, read_kinds(f"crisis_{name}.txt"), health)
    honest = [labelled.text for labelled in read_labelled("comments_honest.txt")]
    alarms = [sum(bool(find(text)) for text in honest) for find in (find_personal_data, find_crisis)]
    print(f"  honest comments of the classifier's set, by another hand: {alarms[0]} and {alarms[1]} of {len(honest)}")
    for title, find in (("personal data", find_personal_data), ("danger to life", find_crisis)):
        text = (" ".join(honest) * 9)[:LONGEST]
        worst = max((_milliseconds(find, (part * LONGEST)[:LONGEST]), part) for part in HOSTILE)
        print(
            f"  {title}: {LONGEST} signs in {_milliseconds(find, text):.0f} ms, at worst {worst[0]:.0f} ({worst[1]!r})"
        )


def _print_personal_data(title: str, passages: list[Passage]) -> None:
    marked, exact, touched, wrong = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for passage in passages:
        found = {(f.kind, f.start, f.end) for f in find_personal_data(passage.text)}
        for span in passage.spans:
            marked[span[0]] += 1
            exact[span[0]] += span in found
            touched[span[0]] += any(_overlap(span, other) for other in found)
        for other in found:
            wrong[other[0]] += not any(_overlap(span, other) for span in passage.spans)
    clean = [passage.text for passage in passages if not passage.spans]
    print(f"\nPersonal data, passages {title}: {len(passages) - len(clean)} with some, {len(clean)} without")
    for kind, count in sorted(marked.items()):
        precision = touched[kind] / (touched[kind] + wrong[kind]) if touched[kind] else 0.0
        print(
            f"  {kind:<12} {count:>3}: precision {precision:.3f}  recall {touched[kind] / count:.3f}"
            f"  to the sign {exact[kind] / count:.3f}"
        )


def _print_crisis(title: str, pairs: list[tuple[str, str]], health: list[str]) -> None:
    danger = [(kind, text) for kind, text in pairs if kind]
    calm = [*(text for kind, text in pairs if not kind), *health]
    missed = [text for _, text in danger if not find_crisis(text)]
    alarms = [text for text in calm if find_crisis(text)]
    found = len(danger) - len(missed)
    print(
        f"\nDanger to life, texts {title}: recall {found / len(danger):.3f} of {len(danger)}, precision"
        f" {found / (found + len(alarms)):.3f}, false alarms {len(alarms)} of {len(calm)}"
    )
    for name, texts in (("missed", missed), ("false", alarms)):
        for text in texts:
            print(f"  {name}: {text[:100]}")


def _overlap(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[1] < other[2] and other[1] < one[2]


def _milliseconds(find: Callable[[str], list[Finding]], text: str) -> float:
    """The best of five: others use the machine too."""
    spent = []
    for _ in range(5):
        began = time.process_time()
        find(text)
        spent.append(time.process_time() - began)
    return min(spent) * 1000
