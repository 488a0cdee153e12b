"""How well the classifier tells advertising from honest comments, what it learns from decisions, and what it costs."""

import time
from collections.abc import Sequence

from blog.spam.classifier import CERTAIN_ALONE, SURE, TOTALS, UNSURE, Learnt, hash_sign, learnt_keys, weigh
from blog.spam.shipped import FILE, shipped_counts
from blog.spam.signs import read_signs
from tests.blog.labelled import Labelled, new_trade, read_labelled


def measure_classifier() -> None:
    """Print the tables. No comment of the sets was trained on."""
    counts = shipped_counts()
    size = FILE.stat().st_size // 1000
    print(f"\nThe classifier ({len(counts.signs)} signs, {size} KB; ours, not real traffic)")
    for title, ending in (("labelled set", ""), ("late set (written after the last change)", "_late")):
        honest, spam = (read_labelled(f"comments_{kind}{ending}.txt") for kind in ("honest", "spam"))
        _print_set(title, honest, spam)
    _print_learning()
    _print_time()


def _print_set(title: str, honest: Sequence[Labelled], spam: Sequence[Labelled]) -> None:
    of_honest, of_spam = _values(honest), _values(spam)
    print(f"  {title}: {len(honest)} honest, {len(spam)} of spam")
    for name, limit in (("doubtful or more", UNSURE), ("reads like advertising", SURE), ("spam alone", CERTAIN_ALONE)):
        wrong, right = _share(of_honest, limit), _share(of_spam, limit)
        precision = right / (right + wrong) if right else 0.0
        print(f"    {name:<24} precision {precision:6.3f}  recall {right / len(spam):6.3f}  honest ones {wrong}")
    for labelled, value in zip(honest, of_honest, strict=True):
        if value >= UNSURE:
            print(f"    honest, but {value:.2f}: {labelled.text[:90]}")


def _values(comments: Sequence[Labelled], learnt: Learnt | None = None) -> list[float]:
    return [weigh(read_signs(text, name), learnt or {}).value for name, text in comments]


def _share(values: Sequence[float], limit: float) -> int:
    return sum(value >= limit for value in values)


def _print_learning() -> None:
    decided, others, near = ([Labelled("Pat", text) for text in texts] for texts in new_trade())
    honest = read_labelled("comments_honest.txt")
    print("  a new kind of spam, after so many decisions that it is spam:")
    for decisions in (0, 10, 25, 50):
        learnt = _learn(decided[:decisions])
        found, wrong = _values(others, learnt), _values(honest, learnt) + _values(near, learnt)
        print(
            f"    {decisions:>3}: of {len(found)} others of it {_share(found, UNSURE)} doubtful or more,"
            f" {_share(found, SURE)} advertising; of {len(wrong)} honest ones {_share(wrong, UNSURE)} and"
            f" {_share(wrong, SURE)}, {_share(wrong, CERTAIN_ALONE)} spam alone"
        )


def _learn(spam: Sequence[Labelled]) -> Learnt:
    learnt: dict[int, tuple[int, int]] = {}
    for name, text in spam:
        for key in (TOTALS, *learnt_keys(read_signs(text, name))):
            learnt[key] = (0, learnt.get(key, (0, 0))[1] + 1)
    return learnt


def _print_time() -> None:
    words = [text for _, text in read_labelled("comments_honest.txt")]
    longest = " ".join(words)[:8000]
    learnt = {hash_sign("pain"): (1, 1)}
    for title, texts in ((f"{len(words)} comments, each", words), ("8,000 signs", [longest] * 10)):
        start = time.process_time()
        for text in texts:
            weigh(read_signs(text, "Joan"), learnt)
        print(f"  {title:<28} {(time.process_time() - start) / len(texts) * 1000:.2f} ms of a processor")
