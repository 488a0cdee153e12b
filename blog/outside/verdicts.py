"""What an answer, or none, means for a link in an article."""

from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from .asker import Allowance, Asker, Walk
from .errors import NoAnswerError, NoConnectionError, NotAskedError

SECONDS = 10.0  # in all, for one link
HEAD_SECONDS = 4.0  # a server that hangs on HEAD shall still be asked with GET
FINE = range(200, 300)
GONE = {404, 410}
PRIVATE = {401, 402, 403, 405, 406, 407, 429, 451, 999}  # somebody is there, and does not want us


class Sort(Enum):
    """The sorts of verdict."""

    FINE = "fine"
    MOVED = "moved"
    GONE = "gone"
    TROUBLE = "trouble"  # a server's own fault, which mostly passes
    SILENT = "silent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """The sort, the words for an editor, the new address if it moved; `is_ours`: our network may be the reason."""

    sort: Sort
    words: str
    moved_to: str = ""
    is_ours: bool = False


def judge_link(url: str, *, asker: Asker) -> Verdict:
    """Ask about one address, with HEAD and where that is not understood with GET. Takes SECONDS and the pauses."""
    allowance = Allowance(SECONDS)
    try:
        walk = _with_head_or_get(url, asker, allowance)
    except NotAskedError as error:
        return Verdict(Sort.UNKNOWN, str(error))
    except NoConnectionError as error:
        return Verdict(Sort.SILENT, str(error), is_ours=error.is_ours)
    except NoAnswerError as error:
        return Verdict(Sort.SILENT, str(error))
    return _judge_answer(url, walk)


def _with_head_or_get(url: str, asker: Asker, allowance: Allowance) -> Walk:
    try:
        walk = asker.walk(url, method="HEAD", allowance=allowance, most=HEAD_SECONDS)
    except NoConnectionError:
        raise
    except NoAnswerError:
        walk = None
    if walk is not None and walk.answer.status in FINE:
        return walk
    return asker.walk(url, method="GET", allowance=allowance, most=SECONDS)


def _judge_answer(url: str, walk: Walk) -> Verdict:
    status = walk.answer.status
    if status in FINE:
        return _judge_move(url, walk)
    if status in GONE:
        return Verdict(Sort.GONE, f"There is no such page any more ({status}).")
    if status in PRIVATE:
        return Verdict(Sort.UNKNOWN, f"The server is there, but does not let our check in ({status}). Look yourself.")
    if status >= 500:  # noqa: PLR2004 - server errors
        return Verdict(Sort.TROUBLE, f"The server says that it is in trouble ({status}).")
    return Verdict(Sort.GONE, f"The server refuses the address ({status}).")


def _judge_move(url: str, walk: Walk) -> Verdict:
    if not walk.moved_to:
        return Verdict(Sort.FINE, "")
    if urlsplit(walk.moved_to).path == "/" != urlsplit(url).path:
        return Verdict(Sort.MOVED, "It leads to a front page now: is what you meant still there?", walk.moved_to)
    return Verdict(Sort.MOVED, "It has a new address.", walk.moved_to)
