"""What the classifier looks at in a comment: words, pairs of words, what links look like, form, and the name.

A sign is a short readable key. Those of form begin with `~`, those of the name with `name:`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from .hosts import read_links

CLOSING = 80  # signs at the end of a text
LONG_WORD = 24
SHOUTED_WORD = 3  # letters; shorter ones are "I", "GP"
TITLE_WORDS = 5
LENGTHS = ((3, "a few words"), (12, "one sentence"), (40, "short"), (120, "middling"))
_SPLIT = re.compile(r"[.!?;:,()\n\"“”…]|\s[-–—]\s")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SPACED = re.compile(r"\b(?:[^\W\d_][ .*_-]){4,}[^\W\d_]\b")
_MONEY = re.compile(r"[$£€]\s?\d|\d\s?(?:usd|dollars|euros?|pounds|btc|usdt)\b", re.IGNORECASE)
_DOSE = re.compile(r"\d\s?(?:mg|mcg|µg|μg|ml|mmol|units?)\b", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){8,}")
_HANDLE = re.compile(r"(?<![\w.])@\w{3,}")
_MAILBOX = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]{1,63}\.[\w.]{2,63})")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]{2,}")  # scripts that set no blanks between words
_MARKUP = re.compile(r"<\s*/?[a-z]{1,10}\b|\[/?(?:url|link|b|img)\b", re.IGNORECASE)
_DOT = re.compile(r"\b(?:dot|d0t)\s?(?:com|net|org|shop)\b|\(dot\)|\[dot\]", re.IGNORECASE)
_LOOK_ALIKE = str.maketrans("авекмнорстухіѕјԁɡ", "abekmhopctyxisjdg")
_FOR_LETTERS = str.maketrans("013457$@", "oieastsa")
_INSIDE = re.compile(r"(?<=[a-z])[013457](?=[a-z])")
_FREE_MAIL = {
    "gmail",
    "yahoo",
    "outlook",
    "hotmail",
    "mail",
    "consultant",
    "aol",
    "proton",
    "protonmail",
    "yandex",
    "gmx",
}
_SCRIPTS = {"CYRILLIC", "CJK", "ARABIC", "HANGUL", "HIRAGANA", "KATAKANA", "THAI", "HEBREW", "GREEK", "DEVANAGARI"}


def read_signs(text: str, name: str) -> dict[str, str]:
    """All signs of a comment, each with how to name it to a person; those of form and links first. Linear time."""
    without_links, links = read_links(text)
    signs = dict(_form_signs(text, without_links, links_found=len(links)))
    for link in links:
        signs.update(dict.fromkeys(link.signs, link.host))
    signs.update(_name_signs(name))
    for sign, words in _word_signs(_MAILBOX.sub(" ", without_links)):
        signs.setdefault(sign, words)
    return signs


def _form_signs(text: str, without_links: str, *, links_found: int) -> Iterator[tuple[str, str]]:
    """How it is written, whatever it says."""
    words = _WORD.findall(without_links)
    yield f"~links {min(links_found, 4)}", "no link" if not links_found else "links"
    yield f"~length {next((word for most, word in LENGTHS if len(words) <= most), 'long')}", "its length"
    for sign, pattern, title in (
        ("~money", _MONEY, "a sum of money"),
        ("~dose", _DOSE, "a dose"),
        ("~phone", _PHONE, "a long number, like a phone’s"),
        ("~handle", _HANDLE, "an @name"),
        ("~mailbox", _MAILBOX, "an email address"),
        ("~markup", _MARKUP, "markup"),
        ("~dot", _DOT, "a web address written in words"),
        ("~spaced", _SPACED, "letters set apart"),
    ):
        if found := pattern.search(without_links):
            yield sign, title if sign in {"~mailbox", "~phone", "~handle"} else found[0][:40]
    for mailbox in list(_MAILBOX.finditer(without_links))[:3]:
        host = mailbox[1].casefold().rstrip(".")
        yield f"~mailbox at {host[:40]}", "an email address"
        if host.partition(".")[0] in _FREE_MAIL:
            yield "~free mailbox", "an email address"
    last = text[-CLOSING:]
    if _MAILBOX.search(last) or _PHONE.search(last) or (links_found and read_links(last)[1]):
        yield "~contact at the end", "ends with how to reach somebody"
    yield from _loud_signs(without_links, words)
    yield from _script_signs(without_links)


def _loud_signs(text: str, words: list[str]) -> Iterator[tuple[str, str]]:
    if marks := text.count("!"):
        yield f"~exclamations {min(marks, 3)}", "exclamation marks"
    if "?" in text:
        yield "~question", "a question"
    if pictures := sum(sign > "\u02ff" and unicodedata.category(sign) == "So" for sign in text):
        yield f"~pictures {'many' if pictures > 2 else 'few'}", "emoji"  # noqa: PLR2004
    if shouted := sum(len(word) >= SHOUTED_WORD and word.isupper() for word in words):
        yield f"~shouted {'many' if shouted > max(3, len(words) // 4) else 'few'}", "capitals"
    if len(words) >= TITLE_WORDS and sum(word[:1].isupper() for word in words) > 0.6 * len(words):
        yield "~title case", "Every Word Begins Large"


def _script_signs(text: str) -> Iterator[tuple[str, str]]:
    letters = [sign for sign in text[:1000] if sign.isalpha() and sign > "\u02ff"]
    scripts = Counter(unicodedata.name(sign, "").partition(" ")[0] for sign in letters)
    for script, times in scripts.most_common(2):
        if script in _SCRIPTS and times > 5:  # noqa: PLR2004 - µ and a Greek letter or two are no script
            yield f"~script {script.lower()}", f"{script.capitalize()} letters"


def _name_signs(name: str) -> Iterator[tuple[str, str]]:
    words = _WORD.findall(name)
    for word in words[:6]:
        if len(word) > 1:
            yield f"name:{_plain(word)}", f"{word} (the name)"
    if len(words) > 3:  # noqa: PLR2004 - "Mary Ann de Vries" is rare enough
        yield "name:~many words", "a name of many words"
    if any(sign.isdigit() for sign in name):
        yield "name:~digits", "a name with numbers"
    if re.search(r"\.\w{2,}|/|@", name):
        yield "name:~address", "a name that is an address"


def _word_signs(text: str) -> Iterator[tuple[str, str]]:
    """Each word, and each word with its neighbour inside a clause."""
    for found in _SPACED.finditer(text):
        joined = re.sub(r"[ .*_-]", "", found[0])
        yield _plain(joined), found[0]
    for run in _UNSPACED.findall(text):
        for at in range(len(run) - 1):
            yield run[at : at + 2], run[at : at + 2]
    for clause in _SPLIT.split(_UNSPACED.sub(" ", text)):
        before, before_shown = "", ""
        for found in _WORD.finditer(clause):
            shown = found[0]
            word = _plain(shown)
            if word.isdigit() or len(word) > LONG_WORD:
                before = ""
                continue
            if before:
                yield f"{before} {word}", f"{before_shown} {shown}"
            yield word, shown
            before, before_shown = word, shown


def _plain(word: str) -> str:
    """One spelling: no case, no accents, no letters of another alphabet or digits made to look like letters."""
    if word.isascii() and word.isalpha():  # most are: ten times as fast
        return word.lower()
    word = unicodedata.normalize("NFKD", word).casefold().replace("’", "'")
    word = "".join(sign for sign in word if not unicodedata.combining(sign))
    if any("a" <= sign <= "z" for sign in word):
        word = word.translate(_LOOK_ALIKE)
        word = _INSIDE.sub(lambda digit: digit[0].translate(_FOR_LETTERS), word)
    return word
