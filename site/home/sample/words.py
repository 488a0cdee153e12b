"""Invented sentences: enough variety for search and layout, the same for the same seed."""

import random

WHO = (
    "A short walk",
    "The evening",
    "A warm room",
    "One quiet hour",
    "The first week",
    "A steady pace",
    "Cold weather",
)
DOES = ("helps", "tires", "calms", "surprises", "steadies", "wakes", "slows")
WHOM = ("most people", "some of us", "a stiff back", "the hands", "a restless mind", "older knees", "the whole house")
WHEN = ("in the morning", "after a meal", "before sleep", "on long days", "at the start", "once a week", "in winter")
SUBJECTS = (
    "walking",
    "sleep",
    "warmth",
    "breathing",
    "pacing",
    "stretching",
    "company",
    "quiet",
    "appointments",
    "rest",
)


def sentence(chance: random.Random) -> str:
    """One sentence of seven to ten words."""
    return f"{chance.choice(WHO)} {chance.choice(DOES)} {chance.choice(WHOM)} {chance.choice(WHEN)}."


def paragraph(chance: random.Random, *, sentences: int = 6) -> str:
    """So many sentences."""
    return " ".join(sentence(chance) for _ in range(sentences))


def title(number: int) -> str:
    """The title of the sample's article `number`, from 1."""
    subject, other = SUBJECTS[number % len(SUBJECTS)], SUBJECTS[number // len(SUBJECTS) % len(SUBJECTS)]
    return f"Notes on {subject} and {other}, {number}"
