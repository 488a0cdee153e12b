"""Which digits are somebody's: the only file that asks the libraries which know number plans and check digits."""

import re

import phonenumbers
from phonenumbers import PhoneNumberType
from stdnum import iban, luhn
from stdnum.gb import nhs
from stdnum.us import ssn

REGIONS = ("GB", "IE", "DE")  # whose readers write numbers as they dial them at home, with a 0 in front
CARD_SIGNS = range(13, 20)
LONGEST_IBAN = 34
# Lines of firms, charities and helplines: they belong to no reader.
_PUBLIC_TYPES = {
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.UAN,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.VOICEMAIL,
}
_HARMONISED = re.compile(r"116\d{3}")  # numbers of social value in Europe: 116 123, 116 117, 116 000
_BERLIN = re.compile(r"\(?030\D")  # in Britain 0300 to 0309 are lines of firms and charities


def digits_of(words: str) -> str:
    """The digits 0 to 9 alone."""
    return "".join(sign for sign in words if "0" <= sign <= "9")


def is_phone(words: str, region: str | None = None) -> bool:
    """Whether a phone of the region (None: of any country, with its code in front) could have this number."""
    number = _parse(f"+{words.strip()[2:]}" if region is None and words.strip().startswith("00") else words, region)
    # Possible, not valid: a number plan changes faster than a library, and numbers kept for fiction must be found too.
    return number is not None and phonenumbers.is_possible_number(number)


def is_public_line(words: str) -> bool:
    """Whether it is a helpline's or a firm's number rather than a person's."""
    digits = digits_of(words)
    if _HARMONISED.fullmatch(digits):
        return True
    if _BERLIN.match(words):
        return False
    international = words.lstrip().startswith(("+", "00"))
    tries = [(f"+{digits.removeprefix('00')}", None)] if international else [(digits, at) for at in (*REGIONS, "US")]
    return any(_type_of(number, region) in _PUBLIC_TYPES for number, region in tries)


def is_nhs_number(digits: str) -> bool:
    """Ten digits whose last fits the others (modulus 11)."""
    return bool(nhs.is_valid(digits))


def is_social_security(words: str) -> bool:
    """A United States number of a range that was given out."""
    return bool(ssn.is_valid(words))


def is_iban(words: str) -> bool:
    """A bank account with its country, whose check digits fit (modulus 97) and whose length is that of the country."""
    plain = words.replace(" ", "").upper()
    if not plain.isascii() or not plain.isalnum() or len(plain) > LONGEST_IBAN:
        return False
    # Cheap, and refuses all but one in 97 of what a hostile text could hold.
    value = int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4]))
    return value % 97 == 1 and bool(iban.is_valid(plain, check_country=False))


def is_card(digits: str) -> bool:
    """A number as cards have it (Luhn), by a first digit that banks use."""
    return len(digits) in CARD_SIGNS and digits[0] in "3456" and bool(luhn.is_valid(digits))


def is_german_pension_number(words: str) -> bool:
    """Area, birth date, letter, serial, check digit: `65 170839 J 003`. Source: SGB VI § 147, VKVV § 2."""
    plain = words.replace(" ", "").upper()
    figures = f"{plain[:8]}{ord(plain[8]) - ord('A') + 1:02d}{plain[9:11]}"
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    products = (int(figure) * weight for figure, weight in zip(figures, weights, strict=True))
    return sum(sum(divmod(product, 10)) for product in products) % 10 == int(plain[11])


def _parse(words: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(words, region)
    except phonenumbers.NumberParseException:
        return None


def _type_of(digits: str, region: str | None) -> int:
    number = _parse(digits, region)
    return PhoneNumberType.UNKNOWN if number is None else phonenumbers.number_type(number)
