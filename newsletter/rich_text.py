"""An editor's rich text as paragraphs and runs: what both parts of a mail are written from."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from wagtail.rich_text import expand_db_html

BOLD, ITALIC = {"b", "strong"}, {"i", "em"}
LISTS = {"ul", "ol"}
BLOCKS = {"p", "div", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True)
class Run:
    """Words in one style. `url` is absolute, or empty; a `text` of one line feed is a line break."""

    text: str
    url: str = ""
    is_bold: bool = False
    is_italic: bool = False


@dataclass
class Paragraph:
    """One paragraph or one entry of a list; `mark` is "•" or "1." before an entry, else empty."""

    mark: str = ""
    runs: list[Run] = field(default_factory=list)

    @property
    def plain(self) -> str:
        """All its words."""
        return "".join(run.text for run in self.runs).strip()


def read_rich_text(source: str) -> list[Paragraph]:
    """The paragraphs of a rich text field's stored value. Tags that no editor can make are left out, words kept."""
    reader = _Reader()
    reader.feed(expand_db_html(str(source)))
    reader.close()
    return [paragraph for paragraph in reader.paragraphs if paragraph.plain]


def absolute_url(address: str) -> str:
    """The address as a mail needs it, on SITE_URL if it names no host; empty when a mail must not hold it."""
    found = urljoin(f"{settings.SITE_URL}/", address.strip())
    return found if urlsplit(found).scheme in SCHEMES else ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[Paragraph] = []
        self._bold = self._italic = 0
        self._urls: list[str] = []
        self._lists: list[int | None] = []  # None for bullets, else the number that was given last

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._bold += tag in BOLD
        self._italic += tag in ITALIC
        if tag == "a":
            href = dict(attrs).get("href")
            self._urls.append(absolute_url(href) if href else "")
        elif tag in LISTS:
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._begin_entry()
        elif tag == "br":
            self._add("\n")
        elif tag in BLOCKS:
            self.paragraphs.append(Paragraph())

    def handle_endtag(self, tag: str) -> None:
        self._bold -= tag in BOLD
        self._italic -= tag in ITALIC
        if tag == "a" and self._urls:
            self._urls.pop()
        elif tag in LISTS and self._lists:
            self._lists.pop()
            self.paragraphs.append(Paragraph())

    def handle_data(self, data: str) -> None:
        if data.strip() or (self.paragraphs and self.paragraphs[-1].runs):
            self._add(" ".join(data.split("\n")))

    def _begin_entry(self) -> None:
        mark = "•"
        if self._lists and self._lists[-1] is not None:
            self._lists[-1] += 1
            mark = f"{self._lists[-1]}."
        self.paragraphs.append(Paragraph(mark=mark))

    def _add(self, text: str) -> None:
        if not self.paragraphs:
            self.paragraphs.append(Paragraph())
        url = self._urls[-1] if self._urls else ""
        self.paragraphs[-1].runs.append(Run(text, url, self._bold > 0, self._italic > 0))
