"""Akismet's API: one question, one answer or one reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from django.conf import settings

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Remarks:
    """What the headers of an answer say beside the answer; empty and 0 where they do not."""

    guid: str = ""
    recheck_after: int = 0
    alert_code: str = ""
    alert: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """To a check: "ham", "spam" or "discard" (blatant). `remarks.recheck_after`: seconds until it may change."""

    word: str
    remarks: Remarks


@dataclass(frozen=True, slots=True)
class Usage:
    """Of this month: the share of the plan in per cent (0: it has no limit), and whether answers are held back."""

    percentage: float
    is_throttled: bool


def check_values(values: Values) -> Answer:
    """Ask about one comment. `values` as `blog.spam.akismet_values` makes them, `blog` and `user_ip` among them.

    https://akismet.com/developers/comment-check/. Raises AkismetKeyError, AkismetSilentError.
    """
    answer: Answer = _line().check_values(values)
    return answer


def submit_values(values: Values, *, is_spam: bool) -> Remarks:
    """Tell of a mistake, with the values exactly as checked. Raises AkismetKeyError, AkismetSilentError."""
    remarks: Remarks = _line().submit_values(values, is_spam=is_spam)
    return remarks


def verify_key() -> tuple[bool, Remarks]:
    """Whether Akismet takes the key for this site. Raises AkismetSilentError."""
    found: tuple[bool, Remarks] = _line().verify_key()
    return found


def read_usage() -> Usage:
    """How much of the plan is used. Raises AkismetSilentError, AkismetKeyError."""
    usage: Usage = _line().read_usage()
    return usage


def without_key(words: str) -> str:
    """Words from outside, which may repeat the key to us."""
    key = settings.AKISMET_API_KEY
    return words.replace(key, "[key]") if key else words


def _line() -> ModuleType:
    """Loaded at the first question: with all that it needs it takes 20 MB, and most sites have no key."""
    from blog.spam import akismet_line  # noqa: PLC0415 - see above

    return akismet_line
