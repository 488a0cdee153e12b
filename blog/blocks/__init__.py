"""The pieces an article is built from."""

from typing import ClassVar

from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from .boxes import CalloutBlock, OfferBlock
from .media import PictureBlock, VideoBlock
from .tables import TableBlock
from .words import TEXT_FEATURES, QuestionsBlock, QuoteBlock

__all__ = ["TEXT_FEATURES", "ArticleBody"]


class ArticleBody(blocks.StreamBlock):
    """The body of an article. `[2]` in any text points at the second of its sources."""

    heading = blocks.CharBlock(
        max_length=120,
        group="Text",
        icon="title",
        template="blog/blocks/heading.html",
        description="Begins a part of the article and goes into the contents list.",
        help_text="Goes into the contents list.",
        preview_value="When to get help quickly",
    )
    text = blocks.RichTextBlock(
        features=[*TEXT_FEATURES, "h3"],
        group="Text",
        icon="pilcrow",
        template="blog/blocks/text.html",
        description="Paragraphs, lists and small headings. [2] names the second source, [1, 3] two of them.",
        preview_value="<p>Pain that lasts for three months is called chronic.</p><ul><li>It is real.</li></ul>",
    )
    quote = QuoteBlock(group="Text")
    questions = QuestionsBlock(group="Text")
    table = TableBlock(group="Text")
    callout = CalloutBlock(group="Boxes")
    note = SnippetChooserBlock(
        "blog.ReusableNote",
        label="Reusable note",
        group="Boxes",
        icon="copy",
        template="blog/blocks/note.html",
        description="A disclaimer, an emergency line or an evidence box that is written once for many articles.",
        help_text="A change to the note shows at once in every article that holds it.",
    )
    offer = OfferBlock(group="Boxes")
    picture = PictureBlock(group="Pictures and video")
    video = VideoBlock(group="Pictures and video")

    class Meta:
        block_counts: ClassVar[dict[str, dict[str, int]]] = {}
