"""The checks that need nobody outside: each says what it found, in words, and how much it weighs."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from blog.models import Comment

from . import Outcome, Reason, Verdict
from .bans import ban_reasons
from .claims import find_claims
from .classifier import Score, find_reasons, score
from .history import Trace, network, recent_traces
from .watch_words import watched_reasons
from .words import find_words

# Weights: a hint makes a comment doubtful, two strong findings or one certain one make it spam.
HINT, STRONG, CERTAIN = 1, 2, 4

TRAP = Reason("trap", "Filled in the field that people cannot see", CERTAIN)
LINKS_ALLOWED = 2
COPIES_OF_SPAM = 3
HOUR = timedelta(hours=1)
PER_ADDRESS, PER_NETWORK = 5, 15  # comments an hour that are nothing special
SHOUTED_LETTERS, SHOUTED_SHARE = 20, 0.7

_LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_MARKUP = re.compile(r"<\s*a\b[^>]*href|\[(?:url|link)\b", re.IGNORECASE)
_RUN = re.compile(r"(\S)\1{9,}")
_WORD = re.compile(r"[^\W\d_]+")

Check = Callable[[Comment, Sequence[Trace]], Iterator[Reason]]


class LocalChecker:
    """The default `SpamChecker`: bans, text, the last day's history and what was learnt; no network."""

    def check(self, comment: Comment) -> Verdict:
        """Judge by what moderators set, by text and history, and by what was learnt."""
        weights = {"hint": HINT, "certain": CERTAIN}
        set_here = (*ban_reasons(comment, **weights), *watched_reasons(comment, **weights))
        return judge(comment, recent_traces(comment), score(comment.text, comment.author_name), set_here)


def judge(
    comment: Comment, recent: Sequence[Trace], found: Score | None = None, set_here: Sequence[Reason] = ()
) -> Verdict:
    """Pure: the same comment, history and score give the same verdict. Reads text, author_name, email, ip, reasons.

    `found` is what the classifier says, asked once a judgement; None: it was not asked. `set_here`: what this site's
    bans and word lists say.
    """
    reasons = (*set_here, *(reason for check in CHECKS for reason in check(comment, recent)))
    reasons = (*reasons, *find_reasons(found)) if found else reasons
    value = found.value if found else None
    weight = sum(reason.weight for reason in reasons)
    if weight >= CERTAIN:
        return Verdict(Outcome.SPAM, reasons, value)
    return Verdict(Outcome.UNSURE if weight else Outcome.CLEAR, reasons, value)


def fingerprint(text: str) -> str:
    """The text without what copies differ in: case, blanks, digits, punctuation."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def check_trap(comment: Comment, recent: Sequence[Trace]) -> Iterator[Reason]:
    """The form noted it when the comment came in."""
    if any(reason.get("code") == TRAP.code for reason in comment.reasons):
        yield TRAP


def check_disowned(comment: Comment, recent: Sequence[Trace]) -> Iterator[Reason]:
    """The owner of the address said so (`blog.actions.proving`): new words do not change that."""
    for reason in comment.reasons:
        if reason.get("code") == "disowned":
            yield Reason("disowned", reason["words"], HINT)


def check_links(comment: Comment, recent: Sequence[Trace]) -> Iterator[Reason]:
    """Many links, nothing but links, markup for links, a link as the name."""
    links = _LINK.findall(comment.text)
    if len(links) > LINKS_ALLOWED:
        yield Reason("links", f"Holds {len(links)} links", CERTAIN if len(links) > 2 * LINKS_ALLOWED else STRONG)
    elif links:
        yield Reason("link", "Holds a link" if len(links) == 1 else f"Holds {len(links)} links", HINT)
    if links and not _WORD.search(_LINK.sub("", comment.text)):
        yield Reason("only_links", "Says nothing besides its links", STRONG)
    if _MARKUP.search(comment.text):
        yield Reason("markup", "Holds markup for links, as advertising robots write it", STRONG)
    if _LINK.search(comment.author_name):
        yield Reason("name_link", "The name is a link", STRONG)


def check_words(comment: Comment, recent: Sequence[Trace]) -> Iterator[Reason]:
    """What advertisers write."""
    for group, found in find_words(f"{comment.author_name}\n{comment.text}"):
        words = f"Sounds like advertising ({group.title}): “{'”, “'.join(found)[:80]}”"
        yield Reason(group.code, words, STRONG if len(found) == 1 else CERTAIN)


def check_claims(comment: Comment, recent: Sequence[Trace]) -> Iterator[Reason]:
    """Advice that may harm, and promotion: one hint, however many."""
    if found := list(find_claims(comment.text)):
        words = "; ".join(f"{claim.title} (“{phrase[:80]}”)" for claim, phrase in found)
        yield Reason("claim", f"Look at what it claims: {words}", HINT)


def check_shouting(comment: Comment, recent: Sequence[Trace]) -> Iterator[Reason]:
    """Mostly capitals, or one sign many times."""
    letters = [sign for sign in comment.text if sign.isalpha()]
    capitals = sum(sign.isupper() for sign in letters)
    if len(letters) >= SHOUTED_LETTERS and capitals > SHOUTED_SHARE * len(letters):
        yield Reason("capitals", "Is written mostly in capitals", HINT)
    if _RUN.search(comment.text):
        yield Reason("run", "Repeats one sign many times", HINT)


def check_scripts(comment: Comment, recent: Sequence[Trace]) -> Iterator[Reason]:
    """Words that mix alphabets are made to slip past word lists."""
    for word in _WORD.findall(f"{comment.author_name} {comment.text}"):
        alphabets = {unicodedata.name(sign, "").split(" ")[0] for sign in word} & {"LATIN", "CYRILLIC", "GREEK"}
        # µg and similar units mix them honestly.
        if len(alphabets) > 1 and len(word) > 3:  # noqa: PLR2004
            yield Reason("scripts", f"Mixes alphabets inside a word: “{word[:40]}”", STRONG)
            return


def check_repeats(comment: Comment, recent: Sequence[Trace]) -> Iterator[Reason]:
    """The same text came before within a day."""
    mark = fingerprint(comment.text)
    copies = sum(fingerprint(trace.text) == mark for trace in recent) if mark else 0
    if copies:
        times = "once" if copies == 1 else f"{copies} times"
        weight = CERTAIN if copies >= COPIES_OF_SPAM else STRONG
        yield Reason("repeat", f"The same text came {times} before within a day", weight)


def check_rate(comment: Comment, recent: Sequence[Trace]) -> Iterator[Reason]:
    """Many comments within an hour from one address or one network."""
    last_hour = [trace for trace in recent if trace.created_at > comment.created_at - HOUR]
    same_address = sum(trace.email.casefold() == comment.email.casefold() for trace in last_hour)
    if same_address >= PER_ADDRESS:
        yield Reason("address_rate", f"Comment number {same_address + 1} from this address within an hour", HINT)
    here = network(comment.ip)
    same_network = sum(network(trace.ip) == here for trace in last_hour) if here else 0
    if same_network >= PER_NETWORK:
        yield Reason("network_rate", f"Comment number {same_network + 1} from this network within an hour", HINT)


CHECKS: tuple[Check, ...] = (
    check_trap,
    check_disowned,
    check_links,
    check_words,
    check_claims,
    check_shouting,
    check_scripts,
    check_repeats,
    check_rate,
)
