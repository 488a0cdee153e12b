"""The small formatting that readers may use: paragraphs, lists, *stress*, **more stress**, web addresses.

A choice of CommonMark (https://spec.commonmark.org/0.31.2/) with fewer surprises: what is not named here stays as it
was typed. So `2*3*4` is a sum, `_` and `#` are signs, and a backslash is one.
"""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from blog.sanitiser import is_web_link

BLANK = (
    "\ue000"  # stands where a moderator blanked a part; nobody can type it, since what is private-use is cleaned away
)
DEEPEST = 8  # lists in lists; what is deeper is shown as text

_ADDRESS = re.compile(rf"""https?://[^\s<>"'\\`{{}}|^{BLANK}]+""", re.IGNORECASE)
_TARGET = re.compile(rf"""https?://[^\s<>"'\\`{{}}|^\[\]{BLANK}]+""", re.IGNORECASE)
_LABEL = re.compile(r"\[([^\[\]\n]+)\]\((?=https?://)", re.IGNORECASE)
_ITEM = re.compile(r"(?:[-*]|[0-9]{1,3}[.)])\s")  # "2019. That was the year" begins no list
_SCHEME = re.compile(r"(?:^|[^a-z0-9.+-])(https?)$", re.IGNORECASE)
_TRAILING = ".,:;!?…*"
_PAIRS = {")": "(", "]": "["}


def read_markup(text: str) -> list[Token]:
    """The blocks of `text`; those of the type `inline` have what stands in them as `children`."""
    return _PARSER.parse(text)


def write_html(tokens: Sequence[Token]) -> str:
    """HTML of `p ul ol li em strong a br` alone, every word escaped. To be cleaned all the same."""
    pieces: list[str] = []
    for token in tokens:
        if token.type == "inline":
            pieces.append(write_html(token.children or []))
        elif token.type in {"text", "place"}:
            pieces.append(escape(token.content))
        elif token.type in {"softbreak", "hardbreak"}:
            pieces.append("<br>")
        elif not token.hidden:
            pieces.append(_tag(token))
    return "".join(pieces)


def write_plain(tokens: Sequence[Token]) -> str:
    """The words without the signs of formatting; lists keep theirs, and a link is followed by its address."""
    blocks: list[str] = []
    numbers: list[int | None] = []
    lead, gap = "", "\n\n"
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            numbers.append(int(token.attrs.get("start", 1)) if token.tag == "ol" else None)
        elif token.nesting < 0 and token.tag in {"ul", "ol"}:
            numbers.pop()
            lead = "  " * len(numbers)
        elif token.type == "list_item_open":
            lead = _mark(numbers)
        elif token.type == "paragraph_open":
            gap = "\n" if token.hidden else "\n\n"
        elif token.type == "inline":
            blocks += [gap, lead, _words(token.children or [])]
            lead = "  " * len(numbers)
    return "".join(blocks).strip()


def _tag(token: Token) -> str:
    attributes = "".join(f' {name}="{escape(str(value))}"' for name, value in token.attrs.items())
    return f"</{token.tag}>" if token.nesting < 0 else f"<{token.tag}{attributes}>"


def _mark(numbers: list[int | None]) -> str:
    """Of the next item of the innermost list."""
    number = numbers[-1]
    if number is not None:
        numbers[-1] = number + 1
    return "  " * (len(numbers) - 1) + ("- " if number is None else f"{number}. ")


def _words(tokens: Sequence[Token]) -> str:
    """Of one paragraph. The address of a link with words of its own follows in brackets, in place of its host."""
    pieces: list[str] = []
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            pieces.append("\n")
        elif token.type in {"text", "place"}:
            pieces.append(token.info or token.content)
    return "".join(pieces)


def _find_stress(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - called so by the parser
    """Asterisks around words; not inside of one, and not where they stand alone."""
    if silent or state.src[state.pos] != "*":
        return False
    run = state.scanDelims(state.pos, False)
    for _ in range(run.length):
        state.push("text", "", 0).content = "*"
        state.delimiters.append(Delimiter(ord("*"), run.length, len(state.tokens) - 1, -1, run.can_open, run.can_close))
    state.pos += run.length
    return True


def _find_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """A bare web address. The parser stops at its colon, when the scheme is already taken for words."""
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending[-6:])
    if not scheme:
        return False
    start = state.pos - len(scheme[1])
    match = _ADDRESS.match(state.src, start, state.posMax)
    if not match or state.src[match.end() : match.end() + 1] == BLANK:  # half an address leads somewhere else
        return False
    address = _trim(match[0])
    if not is_web_link(address):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[1])]
        state.push("link_open", "a", 1).attrs = {"href": address}
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos = start + len(address)
    return True


def _find_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """`[words](https://…)`, shown with the host, so that no words can promise another place."""
    label = _LABEL.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "[" else None
    match = _TARGET.match(state.src, label.end(), state.posMax) if label and not state.linkLevel else None
    if not label or not match:
        return False
    address = _up_to_bracket(match[0])
    host = _host(address)
    if not host or not state.src.startswith(")", label.end() + len(address)):
        return False
    end, edge = label.end() + len(address) + 1, state.posMax
    if not silent:
        state.push("link_open", "a", 1).attrs = {"href": address}
        state.pos, state.posMax, state.linkLevel = label.start(1), label.end(1), state.linkLevel + 1
        state.md.inline.tokenize(state)
        place = state.push("place", "", 0)
        place.content, place.info = f" ({host})", f" ({address})"
        state.push("link_close", "a", -1)
        state.posMax, state.linkLevel = edge, state.linkLevel - 1
    state.pos = end
    return True


def _find_list(state: StateBlock, line: int, last: int, silent: bool) -> bool:  # noqa: FBT001
    start = state.bMarks[line] + state.tShift[line]
    if not _ITEM.match(state.src, start, state.eMarks[line] + 1) or state.level > 2 * DEEPEST:
        return False
    return list_block(state, line, last, silent)


def _up_to_bracket(address: str) -> str:
    """Without what follows the bracket that ends `[words](address)`; brackets in pairs belong to it."""
    still_open = 0
    for place, sign in enumerate(address):
        still_open += (sign == "(") - (sign == ")")
        if still_open < 0:
            return address[:place]
    return address


def _host(address: str) -> str:
    """Of a good address, as it is asked for: a name that only looks like another shows itself as `xn--…`."""
    if not is_web_link(address):
        return ""
    try:
        return (urlsplit(address).hostname or "").encode("idna").decode()
    except UnicodeError:
        return ""


def _trim(address: str) -> str:
    """Without the punctuation of the sentence around it."""
    while address:
        last = address[-1]
        opening = _PAIRS.get(last)
        unbalanced = opening is not None and address.count(opening) < address.count(last)
        if last not in _TRAILING and not unbalanced:
            break
        address = address[:-1]
    return address


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"maxNesting": 2 * DEEPEST + 4})
    parser.enable(["list", "newline", "emphasis", "balance_pairs", "fragments_join", "text_join"], ignoreInvalid=True)
    parser.block.ruler.at("list", _find_list, {"alt": ["paragraph"]})
    parser.inline.ruler.at("emphasis", _find_stress)
    parser.inline.ruler.before("emphasis", "address", _find_address)
    parser.inline.ruler.before("emphasis", "named_link", _find_link)
    return parser


_PARSER = _make_parser()
