"""Whether a person or a program pressed a counting link: a few plain rules, each with its reason in words.

Mail scanners open every link of a mail within moments of its arrival, many at once, some by HEAD, and find what no
person sees. A verdict for "a person" is never certain: a scanner that waits, picks one link and calls itself a browser
passes. docs/reading-the-report.md gives the errors on a labelled sample.
"""

import re
from datetime import datetime, timedelta

QUICK = timedelta(seconds=5)  # after the hand-over nobody has opened, read and pressed yet
AT_ONCE = timedelta(seconds=2)  # within so long no person presses two different links of one mail
NEAR_TRAP = timedelta(seconds=60)  # whoever followed the trap did the rest of that round as well

BY_HEAD = "asked without reading (HEAD)"
TRAP = "followed a link that nobody can see"
TOO_SOON = "within seconds of the hand-over"
MANY_AT_ONCE = "several links of the mail within two seconds"
NO_NAME = "a program without a name"

# Parts of the User-Agent of link checkers, fetchers for previews, libraries and headless browsers.
_PROGRAMS = re.compile(
    r"bot\b|bot/|crawl|spider|scan|preview|monitor|check|fetch|proxy|python|curl|wget|java/|okhttp|go-http|libwww|perl|ruby|"
    r"axios|node|httpclient|headless|phantom|barracuda|proofpoint|mimecast|safelinks|symantec|trend ?micro|cloudmark|"
    r"fireeye|forcepoint|sophos|cisco|ironport|messagelabs|google-safety|yahoo! slurp|facebookexternalhit|slackbot|"
    r"skypeuripreview|whatsapp|bitlybot|microsoft office|ms-office",
    re.IGNORECASE,
)
_LONGEST = 40  # of the name that is told


def judge_request(*, method: str, agent: str, is_trap: bool, since_hand_over: timedelta | None) -> str:
    """Why a request is a program's, from itself alone; empty for a person's. None: no hand-over is written down."""
    if is_trap:
        return TRAP
    if method == "HEAD":
        return BY_HEAD
    if not agent.strip():
        return NO_NAME
    if found := _PROGRAMS.search(agent):
        return f"calls itself a program: {found[0].lower()[:_LONGEST]}"
    return TOO_SOON if since_hand_over is None or since_hand_over < QUICK else ""


def is_at_once(one: datetime, other: datetime) -> bool:
    """Whether two presses of different links are too close for a person."""
    return abs(one - other) <= AT_ONCE
