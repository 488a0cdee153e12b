"""What readers write is shown with a little formatting, and as nothing else."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from blog.commenting.text import BLANK, clean_line, clean_text, plain_comment, show_text
from blog.sanitiser import clean_comment, is_web_link

ALLOWED = {
    **{tag: set() for tag in ("p", "br", "em", "strong", "ul", "li")},
    "ol": {"start"},
    "span": {"class"},
    "a": {"href", "rel"},
}
MARKS = ["*", "**", "[", "](", ")", "- ", "1. ", "\n", "\n\n", "  ", "http://", "https://x.example/", "javascript:"]
MARKS += ["<b>", "&lt;", '"', "'", "\\", "@", BLANK, "a", "word", "é", "\u202e", "😀", "!["]
marked_up = st.lists(st.sampled_from(MARKS), max_size=40).map("".join)


class Tags(HTMLParser):
    """Collects the tags of a piece of HTML, and sees whether each is closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.still_open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "br":
            self.still_open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.still_open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def check_harmless(html: str) -> None:
    tags = Tags(html)
    assert not tags.still_open
    for tag, attrs in tags.seen:
        assert set(attrs) <= ALLOWED[tag]
        if "href" in attrs:
            assert re.match(r"https?://[^@/]+(/|\?|#|$)", attrs["href"] or "", re.IGNORECASE)
            assert attrs["rel"] == "ugc nofollow noopener"
        assert attrs.get("class", "blanked") == "blanked"
        assert re.fullmatch(r"[0-9]{1,3}", attrs.get("start") or "1")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("One\n\nTwo\nThree", "<p>One</p><p>Two<br>Three</p>"),
        ("It is *not* harmful, **really**", "<p>It is <em>not</em> harmful, <strong>really</strong></p>"),
        ("- tea\n- toast", "<ul><li>tea</li><li>toast</li></ul>"),
        ("Mine:\n1. tea\n2) toast", '<p>Mine:</p><ol><li>tea</li></ol><ol start="2"><li>toast</li></ol>'),
        ("3. yes", '<ol start="3"><li>yes</li></ol>'),
        ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("**[z](https://x.example/)**", '<p><strong><a href="https://x.example/" REL>z (x.example)</a></strong></p>'),
        ("*https://x.example/a*b*", '<p><em><a href="https://x.example/a*b" REL>https://x.example/a*b</a></em></p>'),
    ],
)
def test_the_formatting_that_the_hint_names_works(typed: str, shown: str) -> None:
    assert show_text(typed) == shown.replace("REL", 'rel="ugc nofollow noopener"')


@pytest.mark.parametrize(
    "typed",
    [
        "2*3*4 is 24, and 5 * 3 * 2 is 30",
        "f*ck",
        "see * below",
        "5*",
        "snake_case and _so_ on",
        "# not a title",
        "2019. That was the year",
        "+44 20 7946 0000",
        "`code`, ~~struck~~ and ---",
        "***",
        r"C:\temp and \_",
        "![a picture]",
        "[words](javascript:alert(1))",
        "[words](data:text/html,x)",
        "[words](//x.example)",
        "[words]()",
        "[words][1]",
        "[words](http://bank.example@x.example/)",
        "http://bank.example@x.example/",
        "mailto:a@x.example www.x.example ftp://x.example",
        "http://[::1",
        "xhttp://x.example",
    ],
)
def test_whatever_else_is_typed_stays_as_it_was_typed(typed: str) -> None:
    html = show_text(typed)
    assert {tag for tag, _ in Tags(html).seen} == {"p"}
    assert "".join(Tags(html).words) == typed
    assert plain_comment(typed) == typed


def test_a_line_of_dashes_or_quotes_makes_no_block() -> None:
    assert show_text("a\n---\n> b\n    c") == "<p>a<br>---<br>&gt; b<br>c</p>"


def test_a_link_with_words_says_where_it_leads() -> None:
    assert "https://bank.example (x.example)</a>" in show_text("[https://bank.example](https://x.example/login)")
    assert "(xn--bnk-6cd.example)</a>" in show_text("[my bank](https://b\u0430nk.example/)")
    assert "(x.example)</a> said" in show_text("[a *b*](https://x.example/a_(b)) said")


def test_what_a_moderator_blanked_is_named_and_cuts_no_address_short() -> None:
    html = show_text(f"Call {BLANK} or https://x.example/{BLANK} now")
    assert html.count('<span class="blanked">[removed by a moderator]</span>') == 2
    assert "<a " not in html
    assert plain_comment(f"Call {BLANK} now") == "Call […] now"


def test_nobody_can_type_the_sign_of_blanking() -> None:
    assert BLANK not in clean_text(f"a{BLANK}b") + clean_line(f"a{BLANK}b")
    assert "<span" not in show_text('<span class="blanked">x</span>')


def test_plain_words_keep_paragraphs_lists_and_addresses() -> None:
    typed = "It is *not* bad:\n\n1. tea\n2. **toast**\n   - [jam](https://x.example/jam)\n\nAnd <rest> & sleep\nlong"
    assert plain_comment(typed) == (
        "It is not bad:\n1. tea\n2. toast\n  - jam (https://x.example/jam)\n\nAnd <rest> & sleep\nlong"
    )


@given(st.one_of(st.text(), marked_up))
@hypothesis_settings(max_examples=600, deadline=None)
def test_no_text_becomes_more_than_its_formatting(text: str) -> None:
    check_harmless(show_text(text))
    assert BLANK not in plain_comment(text) + show_text(text)


@given(st.one_of(st.text(), st.lists(st.sampled_from([*MARKS, "<a href='", "<span class=x>", "<ol start=9999>"]))))
@hypothesis_settings(max_examples=300, deadline=None)
def test_the_sanitiser_alone_would_be_enough(html: str | list[str]) -> None:
    check_harmless(clean_comment("".join(html)))


def test_the_sanitiser_takes_away_every_other_tag_and_attribute() -> None:
    hostile = (
        '<p onclick="x" style="x"><img src=x onerror=x><a href="javascript:x" target="_blank">a</a>'
        '<a href="https://u:p@x.example">b</a><span class="btn">c</span><ol start="99999"><li>d</li></ol>'
        "<script>e</script><svg/onload=x><h2>f</h2><ol start='-1'></ol></p>"
    )
    html = clean_comment(hostile)
    check_harmless(html)
    assert "href" not in html
    assert "class" not in html
    assert "start" not in html


@pytest.mark.parametrize(
    "address",
    ["javascript:x", "//x.example", "https:x", "https://", "http://a@b.c", "http://[", "", "https://x\u202ey"],
)
def test_only_a_host_of_the_web_makes_a_link(address: str) -> None:
    assert not is_web_link(address)
    assert is_web_link("HTTPS://X.example/?a=1#b")


COSTLY = [
    *("*", "*a ", "a**", "**a *b ", "a*", "- ", "- a\n", "1. ", "1. - ", "a\n\n", "<", BLANK, "😀*"),
    *("[", "[a", "[]", "[a](", "[a](https://", "[*a*](https://x.example) "),
    *("http://", "http://a.b ", "http://a.b/)))", "://", "http:("),
]


@pytest.mark.parametrize("piece", COSTLY)
def test_the_costliest_text_costs_a_moment(piece: str) -> None:
    """Four times as long a text takes about four times as long; a cost that grows with its square takes sixteen."""
    short, long = (_cost_of((piece * length)[:length]) for length in (2000, 8000))
    assert long < 9 * short


def _cost_of(text: str) -> float:
    """CPU seconds, the least of five: other work on the machine only ever adds to it."""
    costs = []
    for _ in range(5):
        start = time.process_time()
        show_text(text)
        plain_comment(text)
        costs.append(time.process_time() - start)
    return min(costs)
