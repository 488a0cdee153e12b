"""Phrases that advertisers leave under articles, with what to tell the moderator about each group."""

import re
from dataclasses import dataclass

# This is a health site and readers name medicines: a phrase must sell, not mention. One makes a comment doubtful only.
_MEDICINES = r"viagra|cialis|levitra|xanax|tramadol|ambien|oxycodone|modafinil|ozempic|semaglutide|kamagra|pills|meds"


@dataclass(frozen=True, slots=True)
class Group:
    """Phrases (regular expressions, any case) of one trade."""

    code: str
    title: str
    phrases: tuple[str, ...]

    def pattern(self) -> re.Pattern[str]:
        """All phrases as one expression."""
        return re.compile("|".join(self.phrases), re.IGNORECASE)


GROUPS = (
    Group(
        "selling",
        "medicines for sale",
        (
            rf"(?:buy|order|cheap(?:est)?|discount(?:ed)?|generic)\s+(?:\w+\s+){{0,2}}(?:{_MEDICINES})",
            r"no prescription (?:needed|required)",
            r"(?:online|canadian) pharmacy",
        ),
    ),
    Group(
        "gambling",
        "gambling",
        (
            r"(?:online|crypto|best) casino",
            r"casino bonus|free spins|sports? betting|poker online",
            r"slot (?:machine|online|gacor)",
        ),
    ),
    Group(
        "money",
        "quick money",
        (
            r"(?:earn|make|made) \$?\d[\d,.]* ?(?:\$|usd|dollars|pounds|euros)?\s*(?:a|per|every) (?:day|week|month)",
            r"work from home and earn|payday loans?|instant loan",
            r"forex (?:trading|signals)|binary options|(?:bitcoin|crypto) (?:invest|recovery|trader)",
            r"recover(?:ed)? (?:my|your) (?:lost|stolen) (?:funds|bitcoin|money)",
        ),
    ),
    Group(
        "seo",
        "search engine tricks",
        (
            r"seo (?:services?|experts?|agency|packages?)|back ?links?|guest post|domain authority",
            r"rank (?:higher|first|#?1) (?:on|in) google|increase your (?:traffic|ranking)|followers for sale",
        ),
    ),
    Group(
        "cure",
        "miracle cures",
        (
            r"herbal (?:doctor|healer|home)|spell caster|miracle (?:cure|supplement)|100 ?% (?:natural )?cure",
            r"\bdr\.? \w+ (?:cured|healed) (?:me|my)",
            r"doctors (?:hate|do not want you)",
        ),
    ),
    Group(
        "messenger",
        "asks to be called on a messenger",
        (r"(?:whats ?app|telegram|viber)\s*(?:me|us|him|her|at|on|number|:|@|\+)+\s*[+@\d(]", r"\b(?:t|wa)\.me/"),
    ),
    Group("adult", "sex", (r"\b(?:escorts?|porn\w*|xxx|sex cams?|onlyfans)\b", r"hot (?:girls|singles) (?:in|near)")),
    Group(
        "praise",
        "empty praise",
        (
            r"i (?:have )?bookmarked (?:this|your) (?:site|page|blog)|keep up the (?:great|good) writing",
            r"your (?:blog|web ?site|site) is (?:very|really|so) (?:informative|great|nice)",
            r"(?:visit|check out) (?:my|our) (?:web ?site|web ?page|blog|site|homepage)",
        ),
    ),
)
_PATTERNS = [(group, group.pattern()) for group in GROUPS]


def find_words(text: str) -> list[tuple[Group, list[str]]]:
    """Each group that occurs, with the different phrases found."""
    found = ((group, list(dict.fromkeys(hit[0] for hit in pattern.finditer(text)))) for group, pattern in _PATTERNS)
    return [(group, phrases) for group, phrases in found if phrases]
