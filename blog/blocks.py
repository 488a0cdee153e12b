"""The pieces an article is built from."""

from typing import ClassVar

from wagtail import blocks
from wagtail.images.blocks import ImageBlock

TEXT_FEATURES = ["bold", "italic", "link", "ol", "ul", "superscript", "subscript"]


class CalloutBlock(blocks.StructBlock):
    """A box that stands out. Colour is never alone: each style has its icon and a worded title."""

    style = blocks.ChoiceBlock(
        choices=[
            ("note", "Note: explains a word"),
            ("tip", "Tip: something to try"),
            ("caution", "Caution: could do harm"),
            ("urgent", "Urgent: whom to call, one per article"),
            ("reviewer", "Reviewer's note, signed"),
        ],
        default="note",
    )
    title = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=TEXT_FEATURES)

    class Meta:
        icon = "info-circle"
        template = "blog/blocks/callout.html"
        label_format = "{style}: {title}"


class QuoteBlock(blocks.StructBlock):
    """Words of somebody else."""

    text = blocks.TextBlock()
    source = blocks.CharBlock(required=False, max_length=160)

    class Meta:
        icon = "openquote"
        template = "blog/blocks/quote.html"


class PictureBlock(blocks.StructBlock):
    """A picture with its caption; Wagtail's ImageBlock asks for alternative text or "decorative"."""

    image = ImageBlock()
    caption = blocks.CharBlock(required=False, max_length=250)

    class Meta:
        icon = "image"
        template = "blog/blocks/picture.html"


class ArticleBody(blocks.StreamBlock):
    """The body of an article. `[2]` in any text points at the second of its sources."""

    heading = blocks.CharBlock(
        max_length=120, icon="title", template="blog/blocks/heading.html", help_text="Goes into the contents list."
    )
    text = blocks.RichTextBlock(features=[*TEXT_FEATURES, "h3"], template="blog/blocks/text.html")
    callout = CalloutBlock()
    picture = PictureBlock()
    quote = QuoteBlock()

    class Meta:
        block_counts: ClassVar[dict[str, dict[str, int]]] = {}
