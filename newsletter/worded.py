"""Writing a letter from editable words: subject, text and HTML part say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html_join

from letters.headers import one_line
from newsletter.followed import FollowedItem
from newsletter.letter_kinds import LETTER_KINDS
from newsletter.merge_fields import fill_in_fields
from newsletter.models import LetterText, WelcomeStep
from newsletter.models.offers import OwnOffer
from newsletter.plain_text import wrap, write_paragraphs
from newsletter.rich_text import Paragraph, read_rich_text


@dataclass(frozen=True)
class Words:
    """Words with their fields still in them; `before` and `after` are rich text as Wagtail stores it."""

    subject: str
    preview_line: str
    heading: str
    before: str
    after: str = ""
    button: str = ""
    foot: str = ""
    has_articles: bool = False  # a list of what is new stands between them


@dataclass(frozen=True)
class WrittenLetter:
    """What goes into the outbox."""

    subject: str
    text: str
    html: str


def words_of(kind: str) -> Words:
    """The editors' words for a kind of letter, the default where there are none. One query."""
    return own_words(LetterText.objects.filter(kind=kind).first() or LetterText(kind=kind))


def own_words(text: LetterText) -> Words:
    """The same for a row, saved or not."""
    own = {name: getattr(text, name) for name in LetterText.WORDS if getattr(text, name)}
    return replace(default_words(text.kind), **own)


def words_of_step(step: WelcomeStep) -> Words:
    """The words of one letter of the welcome series."""
    return Words(step.subject, step.preview_line, step.heading, step.body, button=step.button)


def default_words(kind: str) -> Words:
    """The words that come with Wellpress. Raises KeyError for a kind that is not in the table."""
    about = LETTER_KINDS[kind]
    return Words(
        subject=about.subject,
        preview_line=about.preview_line,
        heading=about.heading,
        before=_as_rich_text(about.before),
        after=_as_rich_text(about.after),
        button=about.button,
        foot=about.foot,
        has_articles=about.has_articles,
    )


def write_letter(
    words: Words,
    values: Mapping[str, str],
    *,
    button_url: str = "",
    unsubscribe_url: str = "",
    own_url: str = "",
    postal_address: str = "",
    offers: Sequence[OwnOffer] = (),
    followed: Sequence[FollowedItem] = (),
) -> WrittenLetter:
    """Fill in the fields and write both parts. Addresses must be absolute; `button_url` empty: no button.

    `offers` stand below the words, `followed` between them.
    """
    before, after = (_fill_paragraphs(source, values) for source in (words.before, words.after))
    subject, preview_line, heading = (
        one_line(fill_in_fields(line, values)) for line in (words.subject, words.preview_line, words.heading)
    )
    context: dict[str, Any] = {
        "subject": subject,
        "preview_line": preview_line,
        "heading": heading,
        "before": before,
        "after": after,
        "button": words.button,
        "button_url": button_url,
        "foot": words.foot,
        "unsubscribe_url": unsubscribe_url,
        "own_url": own_url,
        "postal_address": postal_address,
        "offers": offers,
        "followed": followed,
        "site_url": settings.SITE_URL,
    }
    as_text = {
        "heading": wrap(heading.upper()),
        "before": write_paragraphs(before),
        "after": write_paragraphs(after),
        "foot": wrap(words.foot),
    }
    text = render_to_string("letters/words.text", {**context, **as_text})
    return WrittenLetter(subject, text, render_to_string("letters/words.html", context))


def _as_rich_text(paragraphs: str) -> str:
    return format_html_join("", "<p>{}</p>", ((part,) for part in paragraphs.split("\n\n") if part))


def _fill_paragraphs(source: str, values: Mapping[str, str]) -> list[Paragraph]:
    paragraphs = read_rich_text(source)
    for paragraph in paragraphs:
        paragraph.runs = [replace(run, text=fill_in_fields(run.text, values)) for run in paragraph.runs]
    return [paragraph for paragraph in paragraphs if paragraph.plain]
