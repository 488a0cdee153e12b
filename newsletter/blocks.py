"""The pieces an issue is built from: the same for mail and web, unless one is for one of the two alone."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.images.blocks import ImageBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from blog.sanitiser import is_web_link, safe_link

TEXT_FEATURES = ["bold", "italic", "link", "ol", "ul"]
BOTH, MAIL, WEB = "both", "mail", "web"
FIELDS_HELP = (
    "{name|reader} is the reader's first name, {since|a while ago} the day on which they joined; what stands after | "
    "is for readers of whom we do not know it, and for the web page."
)


class ShownBlock(blocks.ChoiceBlock):
    """Where a block is shown."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(BOTH, "in the mail and on the web page"), (MAIL, "only in the mail"), (WEB, "only on the web page")]
        super().__init__(**{"choices": choices, "default": BOTH, "label": "Shown", **kwargs})


def is_shown(block: Any, where: str) -> bool:
    """Whether a block of an issue's body is part of its mail (`MAIL`) or of its web page (`WEB`)."""
    value = block.value
    shown = value.get("shown") if isinstance(value, blocks.StructValue) else None
    return (shown or BOTH) in {BOTH, where}


class IntroBlock(blocks.StructBlock):
    """The opening words, signed."""

    text = blocks.RichTextBlock(features=TEXT_FEATURES, help_text=FIELDS_HELP)
    signed_by = blocks.PageChooserBlock(page_type="blog.AuthorPage", required=False)
    shown = ShownBlock()

    class Meta:
        icon = "pilcrow"
        label = "Opening words"
        template = "newsletter/blocks/intro.html"
        label_format = "{text} ({shown})"
        description = "What the editor writes to the readers, below “Dear …”, with who signs it."
        preview_value: ClassVar = {
            "text": "<p>When we asked what you would like to read about, four in ten of you wrote one word: pain.</p>",
            "signed_by": None,
        }


class ArticleCardBlock(blocks.StructBlock):
    """One article; its title and deck are taken from it unless other words are given."""

    article = blocks.PageChooserBlock(page_type="blog.ArticlePage")
    words = blocks.TextBlock(required=False, help_text="Instead of the article's own deck.")
    shown = ShownBlock()

    class Meta:
        icon = "doc-full"
        label_format = "{article} ({shown})"
        description = "An article with its picture. The first one of an issue leads it, with a button."


class TextBlock(blocks.StructBlock):
    """A short piece of its own."""

    title = blocks.CharBlock(required=False, max_length=120)
    text = blocks.RichTextBlock(features=TEXT_FEATURES, help_text=FIELDS_HELP)
    shown = ShownBlock()

    class Meta:
        icon = "doc-empty"
        template = "newsletter/blocks/text.html"
        label_format = "{title} ({shown})"
        description = "A short piece of its own, in a quiet box."
        preview_value: ClassVar = {
            "title": "One small thing: the two-minute rule",
            "text": "<p>Before a job that usually hurts, do two minutes of it. Then decide about the next two.</p>",
        }


class PictureBlock(blocks.StructBlock):
    """A picture; Wagtail's ImageBlock asks for alternative text or "decorative"."""

    image = ImageBlock()
    caption = blocks.CharBlock(required=False, max_length=250)
    credit = blocks.CharBlock(
        required=False, max_length=200, help_text="Who made it. Empty: as it stands with the picture, if it does."
    )
    shown = ShownBlock()

    class Meta:
        icon = "image"
        template = "newsletter/blocks/picture.html"
        label_format = "{caption} ({shown})"
        description = "A picture, with words for those who cannot see it, a caption and who made it."


class QuoteBlock(blocks.StructBlock):
    """Words of somebody else."""

    text = blocks.TextBlock(help_text="Without quotation marks. An empty line begins a new paragraph.")
    said_by = blocks.CharBlock(max_length=160, help_text="Who said or wrote it: a name, a letter, a book.")
    shown = ShownBlock()

    class Meta:
        icon = "openquote"
        template = "newsletter/blocks/quote.html"
        label_format = "{said_by}: {text} ({shown})"
        description = "Words of somebody else, set large, with who said them."
        preview_value: ClassVar = {
            "text": "I nearly did not go. It was the most useful hour of my year.",
            "said_by": "Joan, a reader in Ashby",
        }


class QuestionBlock(blocks.StructBlock):
    """A reader's question and who answers it."""

    question = blocks.TextBlock()
    answer = blocks.RichTextBlock(features=TEXT_FEATURES)
    answered_by = blocks.PageChooserBlock(page_type="blog.AuthorPage", required=False)
    shown = ShownBlock()

    class Meta:
        icon = "help"
        template = "newsletter/blocks/question.html"
        label_format = "{question} ({shown})"
        description = "A reader's question, its answer, and who answers."
        preview_value: ClassVar = {
            "question": "Is it safe to take a warm bath when my back is bad, or should I use ice?",
            "answer": "<p>Either can help, and neither mends anything.</p>",
            "answered_by": None,
        }


class OfferCardBlock(blocks.StructBlock):
    """One offer to subscribers; what it is, its terms and its last day are taken from it, the code is each reader's."""

    offer = SnippetChooserBlock("newsletter.Offer")
    words = blocks.TextBlock(required=False, help_text="A sentence before it.")
    shown = ShownBlock()

    class Meta:
        icon = "tag"
        template = "newsletter/blocks/offer.html"
        label_format = "{offer} ({shown})"
        description = "What a partner gives to subscribers. In the mail each reader finds a code of their own."


class EbookCardBlock(blocks.StructBlock):
    """One of the newsletter's books; title, cover and what it is about are taken from it."""

    ebook = SnippetChooserBlock("newsletter.Ebook", label="E-book")
    words = blocks.TextBlock(required=False, help_text="Instead of the sentence that stands with the book.")
    shown = ShownBlock()

    class Meta:
        icon = "download"
        label = "E-book"
        template = "newsletter/blocks/ebook.html"
        label_format = "{ebook} ({shown})"
        description = "A book with its cover. The mail leads to each reader's own page, where it is sent to them."


class ButtonValue(blocks.StructValue):
    """A button with where it leads."""

    @property
    def target(self) -> Any:
        """The chosen page, or None."""
        return self.get("page")

    @property
    def safe_address(self) -> str:
        """The address if a mail program may follow it, else empty."""
        return read_address(self.get("address") or "")


def read_address(address: str) -> str:
    """A web or mail address that is whole, else empty."""
    link = safe_link(address) or ""
    is_whole = is_web_link(link) or urlsplit(link).scheme == "mailto"
    return link if is_whole else ""


class ButtonBlock(blocks.StructBlock):
    """A button that leads to a page of this site or to an address."""

    words = blocks.CharBlock(
        max_length=40, help_text="What follows from pressing it: “Book a place”, not “Click here”."
    )
    page = blocks.PageChooserBlock(required=False, help_text="A page of this site.")
    address = blocks.CharBlock(
        required=False, max_length=500, label="Or an address", help_text="https://… or mailto:somebody@example.org"
    )
    shown = ShownBlock()

    def clean(self, value: Any) -> Any:
        """Refuse a button that leads nowhere, or to two places; a draft may still lack its target."""
        cleaned = super().clean(value)
        wrong = {}
        if cleaned["address"] and not cleaned.safe_address:
            wrong["address"] = "Begin the address with https://, http:// or mailto:, and write it out in full."
        elif cleaned["address"] and cleaned["page"]:
            wrong["address"] = "Choose a page or write an address, not both."
        elif not cleaned["address"] and not cleaned["page"] and not self.is_deferred_validation:
            wrong["page"] = "Say where the button leads: choose a page, or write an address below."
        if wrong:
            raise blocks.StructBlockValidationError({name: ValidationError(words) for name, words in wrong.items()})
        return cleaned

    class Meta:
        icon = "link"
        template = "newsletter/blocks/button.html"
        value_class = ButtonValue
        label_format = "{words} ({shown})"
        description = "A button that leads to a page of this site, to another site or to a mail address."
        preview_value: ClassVar = {"words": "Book a place", "page": None, "address": "https://example.org/"}


class IssueBody(blocks.StreamBlock):
    """The body of an issue, in reading order."""

    intro = IntroBlock(group="Words")
    text = TextBlock(group="Words")
    quote = QuoteBlock(group="Words")
    question = QuestionBlock(group="Words")
    article = ArticleCardBlock(group="From the magazine")
    ebook = EbookCardBlock(group="From the magazine")
    offer = OfferCardBlock(group="From the magazine")
    picture = PictureBlock(group="Between")
    button = ButtonBlock(group="Between")
    divider = blocks.StaticBlock(
        group="Between",
        icon="minus",
        admin_text="A line between two parts.",
        description="A line between two parts.",
    )
