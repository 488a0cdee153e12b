"""Finds postal addresses and postcodes as they are written in Britain, Ireland, the United States and Germany."""

import re
from collections.abc import Iterator

from .findings import Finding, cut

# The letters that begin a British postcode: "B12 6" and "T4 1" of a laboratory must not look like one.
_AREAS = (
    "AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|"
    "GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|"
    "OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|"
    "WF|WN|WR|WS|WV|YO|ZE"
)
# The last two letters are never C, I, K, M, O or V: "12 5MG" and "6 2ML" are doses.
_UK_POSTCODE = rf"(?=[A-Z]{{1,2}}\d)(?:{_AREAS})\d[\dA-HJKMNP-Y]? ?\d[ABD-HJLNP-UW-Z]{{2}}"
# The routing key and four signs, of which one is a figure and one a letter: "D04 F2P8".
_EIRCODE = r"(?:[AC-FHKNPRTV-Y]\d{2}|D6W) ?(?=[AC-FHKNPRTV-Y\d]{0,3}\d)(?=\d{0,3}[A-Z])[AC-FHKNPRTV-Y\d]{4}"
_STATE = (
    "A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY]|"
    "Alabama|Alaska|Arizona|California|Colorado|Florida|Georgia|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Maine|"
    "Maryland|Michigan|Minnesota|Montana|Nevada|New York|Ohio|Oregon|Texas|Utah|Vermont|Virginia|Washington|Wisconsin"
)
_ZIP = rf"(?:{_STATE}),? \d{{5}}(?:-\d{{4}})?"
_NAME = r"[A-ZÄÖÜ][\w’'-]{1,24}"
_STREET_TYPE = (
    "Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Close|Drive|Dr|Court|Ct|Crescent|Cres|Gardens|Gdns|Grove|Terrace|Place|Square|"
    "Sq|Boulevard|Blvd|Mews|Parade|Rise|Row|Walk|Way|Hill|Park|Green|View|Parkway|Highway|Circle"
)
_STREET = rf"(?:[A-Z\d][\w’'.-]{{0,24}} ){{1,3}}(?:{_STREET_TYPE})\b\.?"
_NUMBER = r"\d{1,4}[a-zA-Z]?"
# A house with a name, a flat, and what stands behind the street: town, county, postcode.
_BEFORE = rf"(?:(?:(?:Flat|Apartment|Apt|Unit|Room) \w{{1,4}}|The (?:{_NAME} ?){{1,3}}),? ){{0,2}}"
_TOWN = rf"{_NAME}(?:(?: |-| ?-?(?:on|upon|by|in|le|under)-? ?){_NAME}){{0,2}}(?: \d{{1,2}})?"
_UNIT = r",? (?:Apt|Apartment|Unit|Suite|Flat|#) ?\w{1,5}"
_AFTER = rf"(?:{_UNIT})?(?:,? ?(?:{_TOWN},? ?)?(?:{_UK_POSTCODE}|{_EIRCODE}|{_ZIP})\b)?"
# "The 8 Mile Walk", "2 Park Runs": what follows the number makes no street.
_NO_STREET = r"(?!Mile|Day|Park (?:Run|Walk)|Hill (?:Run|Walk))"
_GERMAN_STREET = (
    r"(?:[A-ZÄÖÜ][\wäöüß-]{1,24}(?:straße|strasse|str\.|weg|allee|platz|gasse|ufer|damm)"
    rf"|(?:Am|An der|Im) {_NAME})"
)
_PATTERNS = (
    rf"\b{_BEFORE}{_NUMBER},? {_NO_STREET}{_STREET}(?:, {_NAME}(?=, {_NAME}))?{_AFTER}",
    rf"\bFlat \w{{1,4}},? (?:{_NAME} ){{1,2}}(?:House|Court|Lodge|Mansions),? (?:{_TOWN},? )?(?:{_UK_POSTCODE})\b",
    rf"\b{_NUMBER},? The {_NAME}(?:, |\s){_TOWN},? (?:{_UK_POSTCODE})\b",
    rf"\bP\.? ?O\.? Box \d{{1,6}}(?:,? {_TOWN})?(?:,? (?:{_ZIP}|{_UK_POSTCODE}))?",
    # Hauptstraße 12, 10115 Berlin; a street alone when its number follows, a town alone never.
    rf"\b{_GERMAN_STREET} \d{{1,3}} ?[a-z]?\b(?:,? \d{{5}} {_NAME})?",
    rf"\b(?:{_UK_POSTCODE})\b",
    rf"\b(?:{_EIRCODE})\b",
)
_ADDRESSES = [re.compile(pattern) for pattern in _PATTERNS]
_TAIL = re.compile(r"[\s,.]+\Z")


def find_addresses(text: str) -> Iterator[Finding]:
    """Houses with their street, boxes, postcodes; a street or a town alone is nobody's address."""
    for pattern in _ADDRESSES:
        for match in pattern.finditer(text):
            start, end = match.span()
            tail = _TAIL.search(text, start, end)
            yield cut("address", text, start, tail.start() if tail else end)
