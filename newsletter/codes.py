"""Codes that people read out, write down and type: short, without look-alikes, with a check digit.

Eight random characters of 24 and one to check: 24^8 = 1.1e11 codes. With 100,000 of them open, one guess that passes
the check is right with a chance of 1 in 1.1 million. `newsletter.actions.redeeming` lets a practice's link, which is
secret itself, be wrong 100 times a day: somebody who has stolen it finds one code in 30 years.
"""

import secrets

from stdnum import luhn

# No vowels, so that no code is a word; of each pair that looks alike on paper one only (5 S, 2 Z, 8 B, 6 G).
ALPHABET = "23456789CDFHJKMNPQRTVWXY"
RANDOM = 8  # characters, then the check digit (Luhn modulo 24: every single slip, nearly every swap of neighbours)
_GROUP = 4
_MEANT = str.maketrans("SZBG", "5286")


def make_code() -> str:
    """A new code as it is stored: nine characters."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return body + str(luhn.calc_check_digit(body, ALPHABET))


def show_code(code: str) -> str:
    """The code as people see it: K7QF-M2XR-9."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read_code(typed: str) -> str:
    """What somebody typed, as a code is stored: small letters, blanks, hyphens and look-alikes are understood."""
    return "".join(c for c in typed.upper() if c.isalnum())[:40].translate(_MEANT)


def is_well_formed(code: str) -> bool:
    """Whether the characters, their number and the check digit are those of a code. Says nothing of who has it."""
    return len(code) == RANDOM + 1 and luhn.is_valid(code, ALPHABET)
