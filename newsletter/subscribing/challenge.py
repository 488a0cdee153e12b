"""One question more while the forms are flooded: type a word. No script, no picture, no third party.

It stops programs that send a form without a look at the answer. One that is written for this site passes; against those
stand the limits of each mailbox and network, which the question does not loosen.
"""

import secrets
import time
from dataclasses import dataclass

from django.core import signing

from guard.addresses import fingerprint, normalise

WORDS = ("apple", "bread", "candle", "garden", "kettle", "meadow", "pillow", "river", "spoon", "window")
LEAST, MOST = 2, 3600  # seconds between the question and the answer; nobody else's page is the same, so it can be known
_SALT = "newsletter.challenge"


@dataclass(frozen=True)
class Question:
    """The word to type, and the mark that comes back with it."""

    word: str
    mark: str


def ask(email: str) -> Question:
    """A question for whoever typed this address. Raises InvalidAddressError."""
    word = secrets.choice(WORDS)
    return Question(word, signing.Signer(salt=_SALT).sign(f"{int(time.time())}:{word}:{_owner(email)}"))


def is_answered(mark: str, answer: str, email: str) -> bool:
    """Whether the answer is right, for this address, and neither too quick for a person nor too late."""
    try:
        asked_at, word, owner = signing.Signer(salt=_SALT).unsign(mark).split(":")
    except (signing.BadSignature, ValueError):
        return False
    is_timely = LEAST <= time.time() - int(asked_at) <= MOST
    return is_timely and owner == _owner(email) and answer.strip(" .“”\"'").casefold() == word


def _owner(email: str) -> str:
    return fingerprint(normalise(email))
