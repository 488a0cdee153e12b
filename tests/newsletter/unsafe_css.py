"""What mail programs drop, change or take as a threat: our own table, from what is known of them in general.

Outlook for Windows draws with Word; Gmail drops a whole style block for one rule it cannot read; many strip scripts,
forms and anything that loads. A property whose loss harms nobody (a rounded corner, a greatest width beside a `width`
attribute) is not in it.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

# Property -> the values that are meant (None: any), and who cannot do it.
PROPERTIES: dict[str, tuple[set[str] | None, str]] = {
    "display": ({"flex", "inline-flex", "grid", "inline-grid", "contents"}, "Outlook, Yahoo, old Android"),
    "position": (None, "Gmail and Outlook take it out"),
    "float": (None, "Outlook"),
    "clear": (None, "Outlook"),
    "z-index": (None, "only with position"),
    **dict.fromkeys(("flex", "flex-direction", "gap", "grid-template-columns", "order"), (None, "as display: flex")),
    **dict.fromkeys(("object-fit", "aspect-ratio", "clip-path", "mask", "filter"), (None, "Outlook, Gmail, Yahoo")),
    **dict.fromkeys(("transform", "transition", "animation", "animation-name"), (None, "Outlook, Gmail")),
    **dict.fromkeys(("background-image", "background-size", "background-position"), (None, "Outlook without VML")),
    **dict.fromkeys(("box-shadow", "opacity", "mix-blend-mode", "backdrop-filter"), (None, "Outlook")),
    **dict.fromkeys(("margin-inline", "margin-block", "padding-inline", "padding-block", "inset"), (None, "Outlook")),
    **dict.fromkeys(("inline-size", "block-size", "max-inline-size"), (None, "Outlook, Gmail, Yahoo")),
    "content": (None, "only with ::before, which Gmail takes out"),
    "list-style-image": (None, "loads something"),
    "behavior": (None, "a threat to old programs"),
}
VALUES = {
    r"\bvar\(": "custom properties: Outlook, Gmail, Yahoo",
    r"\b(?:calc|min|max|clamp)\(": "Outlook, Yahoo",
    r"\burl\(": "loads something, and `background:` with it is dropped by Outlook",
    r"\b(?:rgba|hsla?|hwb|lab|oklch|color-mix|light-dark)\(": "Outlook",
    r"\brgb\([^,)]*\s": "the notation without commas: Outlook",
    r"\d(?:rem|vw|vh|vmin|vmax|dvh|ch|cqw)\b": "units that Outlook does not know",
    r"#[0-9a-f]{8}\b|#[0-9a-f]{4}\b": "colours with transparency: Outlook",
    r"\bexpression\(": "a threat to old programs",
    r":\s*-\d": "negative lengths: Outlook, Gmail",
}
AT_RULES = {"@import": "loads something", "@font-face": "loads something", "@layer": "Gmail", "@container": "Gmail"}
SELECTORS = {r":has\(|:is\(|:where\(|:not\(|&": "Gmail drops the whole block", r"::?(?:before|after)": "Gmail, Outlook"}
TAGS = {
    *("script", "noscript", "form", "input", "button", "select", "textarea", "label", "dialog", "details"),
    *("svg", "math", "canvas", "video", "audio", "picture", "source", "iframe", "object", "embed", "applet"),
    *("link", "base", "template", "slot"),
}
ATTRIBUTES = {"srcset", "background", "contenteditable", "autofocus", "ping", "formaction"}
# Meant for programs that do know them, beside something for all others.
ALLOWED = {("letter-spacing", "-0.5px"), ("letter-spacing", "-0.3px"), ("text-indent", "-28px"), ("opacity", "0")}


def find_unsafe(html: str) -> list[str]:
    """What some mail program cannot show, in words; empty when there is nothing."""
    page = _Page()
    page.feed(html)
    found = [*page.found, *(fault for style in page.styles for fault in _in_style(style, is_inline=True))]
    for sheet in page.sheets:
        rules = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
        found += [f"{rule}: {why}" for rule, why in AT_RULES.items() if rule in rules]
        for selector, style in re.findall(r"([^{}]*)\{([^{}]*)\}", rules):
            found += [f"{selector.strip()}: {why}" for sign, why in SELECTORS.items() if re.search(sign, selector)]
            found += _in_style(style, is_inline=False)
    return found


def _in_style(style: str, *, is_inline: bool) -> Iterator[str]:
    for declaration in filter(None, (part.strip() for part in style.split(";"))):
        name, _, value = (part.strip().lower() for part in declaration.partition(":"))
        if (name, value.removesuffix("!important").strip()) in ALLOWED or name.startswith("mso-"):
            continue
        values, why = PROPERTIES.get(name, (set(), ""))
        if values is None or value in values:
            yield f"{declaration}: {why}"
        yield from (f"{declaration}: {why}" for sign, why in VALUES.items() if re.search(sign, f":{value}"))
        if is_inline and "!important" in value:
            yield f"{declaration}: Outlook leaves out a declaration with !important in a style attribute"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found, self.styles, self.sheets = list[str](), list[str](), list[str]()
        self._in_sheet = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_sheet = tag == "style"
        self.styles += [given["style"]] if "style" in given else []
        if tag in TAGS:
            self.found.append(f"<{tag}>")
        self.found += [f"{name}= on <{tag}>" for name in given if name in ATTRIBUTES or name.startswith("on")]
        self.found += [
            f"{tag} {value[:40]}" for value in (given.get("href", ""), given.get("src", "")) if _loads(value)
        ]
        if tag == "img" and not ({"width", "height", "alt"} <= given.keys() and given["width"].isdigit()):
            self.found.append(f"a picture without width, height or alt: {given}")

    def handle_endtag(self, tag: str) -> None:
        self._in_sheet = False

    def handle_data(self, data: str) -> None:
        if self._in_sheet:
            self.sheets.append(data)


def _loads(address: str) -> bool:
    return address.strip().lower().startswith(("javascript:", "data:", "vbscript:", "file:", "cid:"))
