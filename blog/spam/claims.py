"""Advice that may harm, and promotion: what a health site wants a person to read first, whoever writes it.

Only ever a hint: readers tell what they were told, and warn each other in the same words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NOT = r"(?<!not )(?<!n't )(?<!n’t )(?<!never )(?<!nothing )(?<!nobody )(?<!before you )"
_MEDICINES = (
    r"(?:medic(?:ines?|ations?)|meds|tablets|pills|prescriptions?|insulin|metformin|statins?|beta blockers|steroids?"
    r"|antidepressants?|lithium|blood thinners?|warfarin|inhalers?|antibiotics|chemo\w{0,8}|thyroxine|painkillers?)\b"
)
_ILLNESSES = (
    r"(?:cancers?|tumou?rs?|leuka?emia|diabetes|autism|alzheimer\w{0,2}|dementia|hiv|aids|multiple sclerosis|arthritis"
    r"|herpes|epilepsy|parkinson\w{0,2}|asthma|heart disease|lupus|depression|crohn\w{0,2}|hepatitis|endometriosis)\b"
)
_FEW = r"(?:[\w'’]{1,20} ){0,2}"


@dataclass(frozen=True, slots=True)
class Claim:
    """A kind of claim, and phrases (regular expressions, any case) that make it."""

    title: str
    phrases: tuple[str, ...]

    def pattern(self) -> re.Pattern[str]:
        """All phrases as one expression."""
        return re.compile("|".join(self.phrases), re.IGNORECASE)


_STOP = (
    rf"{_NOT}\b(?:stop|quit|give up|throw away|ditch|come off|bin) (?:taking |using )?(?:your|all|those|these) "
    rf"{_FEW}{_MEDICINES}"
)
_IN_PLACE_OF = (
    r"\b(?:instead of|rather than|better than|safer than) (?:any |the |your )?"
    r"(?:chemo\w{0,8}|radiotherapy|radiation|insulin|statins|antidepressants|antibiotics|vaccin\w{1,6})\b"
)
_DOSE = (
    r"\b(?:you (?:should|can|must|need to|have to)|just|everyone should|simply) (?:take|try|use|swallow|inject) "
    r"(?:up to |at least )?\d[\d.,]{0,8} ?(?:mg|mcg|[µμ]g|g|grams?|ml|iu|drops|tablets|pills|capsules|units)\b"
)
_POISON = (
    r"\b(?:drink|drinking|swallow|take|taking) (?:a (?:little|spoon of) )?"
    r"(?:bleach|turpentine|borax|kerosene|hydrogen peroxide|colloidal silver|chlorine dioxide)\b"
)

CLAIMS = (
    Claim(
        "tells readers to stop a treatment",
        (
            _STOP,
            rf"\byou (?:do not|don['’]t) need (?:your|any|those|these) {_FEW}{_MEDICINES}",
            r"\b(?:do not|don['’]t|never) (?:trust|listen to) (?:your |the |any )?(?:doctors?|gps?|oncologists?)\b",
        ),
    ),
    Claim(
        "says that something cures a serious illness",
        (
            rf"{_NOT}\b(?:cures?|cured|heals?|healed|reverses?|reversed|dissolves?|kills?) {_FEW}{_ILLNESSES}",
            rf"\b(?:natural|home|herbal|secret|guaranteed|permanent) (?:cure|remedy) for {_FEW}{_ILLNESSES}",
            r"\bbig pharma (?:does not|doesn['’]t|do not|don['’]t) want you to know",
        ),
    ),
    Claim("puts something in the place of a treatment", (_IN_PLACE_OF,)),
    Claim(
        "tells readers a dose",
        (_DOSE, rf"{_NOT}\b(?:double|triple|halve|skip) your (?:doses?\b|{_MEDICINES})"),
    ),
    Claim(
        "names something poisonous as a remedy",
        (
            _POISON,
            r"\bmiracle mineral (?:solution|supplement)|\bblack salve\b|\bapricot kernels?\b",
            r"\blaetrile\b|\bvitamin b17\b|\bcoffee enemas?\b",
            r"\b(?:ivermectin|fenbendazole|baking soda|urine) (?:cures?|protocol|therapy)\b",
        ),
    ),
    Claim("speaks against vaccines", (r"\bvaccin\w{1,6} (?:causes?|gave|gives?|kills?|is poison|are poison)\b",)),
    Claim(
        "promotes something",
        (
            r"\b(?:use|with) (?:my|this|the) (?:discount |promo |voucher )?code\b|\blink in (?:my )?(?:bio|profile)\b",
            r"\b(?:dm|message|inbox|contact|email) me (?:for|if you want|to (?:order|buy|get))\b",
            r"\b(?:buy|order|join|try) my (?:supplements?|program(?:me)?|course|products?|shop|e-?book|tea|oil)\b",
        ),
    ),
)
_PATTERNS = [(claim, claim.pattern()) for claim in CLAIMS]


def find_claims(text: str) -> Iterator[tuple[Claim, str]]:
    """Each kind of claim that the text makes, with the first words that make it."""
    line = " ".join(text.split())
    for claim, pattern in _PATTERNS:
        if found := pattern.search(line):
            yield claim, found[0]
