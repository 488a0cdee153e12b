"""Reading a WordPress export."""

import time
import tracemalloc
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from blog.wordpress.parse import Author, Channel, ExportFileError, Item, Part, Term, read_export
from tests.blog.exports import FOOT, HEAD, SMALL, export_of, long_export, post_xml

BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">
<!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;"><!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;">]>
<rss><channel><title>&h;</title></channel></rss>"""


def parts_of(xml: str | bytes) -> list[Part]:
    return list(read_export(BytesIO(xml.encode() if isinstance(xml, str) else xml)))


def items_in(*posts: str, version: str = "1.2") -> list[Item]:
    return [part for part in read_export(export_of(*posts, version=version)) if isinstance(part, Item)]


def test_the_parts_come_in_the_order_of_the_file() -> None:
    with SMALL.open("rb") as file:
        parts = list(read_export(file))
    assert [type(part) for part in parts] == [Channel, Author, Term, *[Item] * 5]
    assert parts[0] == Channel(source="almanac.example", title="Little Almanac", version="1.2")
    assert parts[1] == Author(login="ida", name="Ida Reed")
    assert parts[2] == Term("category", "rest", "Rest &amp; quiet", "Days with little in them.")


def test_an_item_has_all_that_an_article_needs() -> None:
    with SMALL.open("rb") as file:
        item = next(part for part in read_export(file) if isinstance(part, Item))
    assert (item.post_id, item.post_type, item.status, item.slug) == ("11", "post", "publish", "an-early-night")
    assert item.title == "An early night &#8211; and why"
    assert item.excerpt == "A small thing that costs nothing."
    assert "<h2>What to put away first</h2>" in item.content
    assert (item.creator, item.takes_comments, item.has_password, item.comments) == ("ida", False, False, 1)
    assert [(term.kind, term.slug) for term in item.terms] == [
        ("category", "rest"),
        ("category", "evenings"),
        ("post_tag", "lamps"),
    ]
    assert item.meta["_author_bio"].startswith("Ida keeps an almanac.")
    assert item.published_at == datetime(2021, 5, 2, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3", "2.0"])
def test_every_version_of_the_format_is_read(version: str) -> None:
    (item,) = items_in(post_xml(1, excerpt_encoded="Short."), version=version)
    assert (item.post_id, item.content, item.excerpt) == ("1", "<p>Some words.</p>", "Short.")


def test_the_prefixes_in_the_file_do_not_matter() -> None:
    xml = export_of(post_xml(1)).getvalue().decode().replace("xmlns:wp=", "xmlns:w9=").replace("wp:", "w9:")
    assert [part.post_id for part in parts_of(xml) if isinstance(part, Item)] == ["1"]


@pytest.mark.parametrize(
    ("in_utc", "there", "moment"),
    [
        ("2021-05-02 20:00:00", "2021-05-02 21:00:00", datetime(2021, 5, 2, 20, 0, tzinfo=UTC)),
        ("0000-00-00 00:00:00", "2021-05-02 21:00:00", datetime(2021, 5, 2, 20, 0, tzinfo=UTC)),  # London, in summer
        ("0000-00-00 00:00:00", "0000-00-00 00:00:00", None),
        ("", "yesterday", None),
        ("0001-01-01 00:00:00", "9999-12-31 23:59:59", None),
    ],
)
def test_a_moment_is_taken_from_the_first_date_that_is_one(in_utc: str, there: str, moment: datetime | None) -> None:
    (item,) = items_in(post_xml(1, wp_post_date_gmt=in_utc, wp_post_date=there))
    assert item.published_at == moment


@pytest.mark.parametrize(
    "xml",
    [
        BOMB,
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/evil.dtd"><rss><channel/></rss>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;]><rss><channel/></rss>',
        "<!DOCTYPE rss><rss><channel/></rss>",
    ],
)
def test_a_document_type_is_refused_at_once(xml: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(ExportFileError, match="DOCTYPE"):
        parts_of(xml)
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize(
    ("xml", "place"),
    [
        (HEAD.format(version="1.2") + "<item><title>One\n</item>", "line 9, column 3: mismatched tag"),
        (HEAD.format(version="1.2") + "<item>", "line 8, column 7: no element found"),
        ("", "line 1, column 1: no element found"),
        ("\x00\x01", "line 1, column 1: not well-formed"),
        ("<rss><channel><wp:x/></channel></rss>", "line 1, column 15: unbound prefix"),
        ("<rss>&nbsp;</rss>", "line 1, column 6: undefined entity"),
    ],
)
def test_broken_xml_is_refused_with_its_place(xml: str, place: str) -> None:
    with pytest.raises(ExportFileError, match=place):
        parts_of(xml)


def test_the_posts_before_the_broken_place_are_read() -> None:
    whole = export_of(post_xml(1), post_xml(2)).getvalue()
    reading = read_export(BytesIO(whole[: whole.index(b"Post 2")]))
    assert [part.post_id for _, part in zip(range(3), reading, strict=False) if isinstance(part, Item)] == ["1"]
    with pytest.raises(ExportFileError, match="line 9"):
        next(reading)


@pytest.mark.parametrize(
    "xml",
    [
        "<html><body/></html>",
        "<rss/>",
        "<rss><channel><title>News</title><item><title>One</title></item></channel></rss>",
        '<feed xmlns="http://www.w3.org/2005/Atom"/>',
    ],
)
def test_other_xml_is_no_export(xml: str) -> None:
    with pytest.raises(ExportFileError, match="no WordPress export"):
        parts_of(xml)


def test_an_unknown_encoding_is_refused_in_words() -> None:
    with pytest.raises(ExportFileError, match="encoding"):
        parts_of('<?xml version="1.0" encoding="klingon"?><rss/>')


def test_a_latin_1_file_is_read() -> None:
    xml = export_of(post_xml(1, title="Café")).getvalue().decode().replace("UTF-8", "ISO-8859-1")
    assert [part.title for part in parts_of(xml.encode("latin-1")) if isinstance(part, Item)] == ["Café"]


def test_empty_and_missing_fields_are_empty() -> None:
    xml = HEAD.format(version="1.2") + "<item><title/></item>" + FOOT
    (item,) = [part for part in parts_of(xml) if isinstance(part, Item)]
    assert (item.title, item.content, item.terms, item.meta, item.published_at) == ("", "", (), {}, None)


def test_memory_stays_flat_however_long_the_file_is() -> None:
    file = long_export(posts=400, words=2000)
    tracemalloc.start()
    try:
        items = sum(isinstance(part, Item) for part in read_export(file))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert items == 400
    assert file.size > 4_000_000
    assert peak < 1_000_000


def test_a_file_of_the_own_disk_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not read this")
    xml = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]><rss><channel><title>&x;</title></channel></rss>'
    with pytest.raises(ExportFileError) as refusal:
        parts_of(xml)
    assert "do not read this" not in str(refusal.value)
