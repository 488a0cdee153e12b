"""The pieces an issue is built from: the same for mail and web."""

from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

TEXT_FEATURES = ["bold", "italic", "link", "ol", "ul"]


class IntroBlock(blocks.StructBlock):
    """The opening words, signed."""

    text = blocks.RichTextBlock(features=TEXT_FEATURES)
    signed_by = blocks.PageChooserBlock(page_type="blog.AuthorPage", required=False)

    class Meta:
        icon = "pilcrow"


class ArticleCardBlock(blocks.StructBlock):
    """One article; its title and deck are taken from it unless other words are given."""

    article = blocks.PageChooserBlock(page_type="blog.ArticlePage")
    words = blocks.TextBlock(required=False, help_text="Instead of the article's own deck.")

    class Meta:
        icon = "doc-full"


class TextBlock(blocks.StructBlock):
    """A short piece of its own."""

    title = blocks.CharBlock(required=False, max_length=120)
    text = blocks.RichTextBlock(features=TEXT_FEATURES)

    class Meta:
        icon = "doc-empty"


class QuestionBlock(blocks.StructBlock):
    """A reader's question and who answers it."""

    question = blocks.TextBlock()
    answer = blocks.RichTextBlock(features=TEXT_FEATURES)
    answered_by = blocks.PageChooserBlock(page_type="blog.AuthorPage", required=False)

    class Meta:
        icon = "help"


class OfferCardBlock(blocks.StructBlock):
    """One offer to subscribers; what it is, its terms and its last day are taken from it, the code is each reader's."""

    offer = SnippetChooserBlock("newsletter.Offer")
    words = blocks.TextBlock(required=False, help_text="A sentence before it.")

    class Meta:
        icon = "tag"


class IssueBody(blocks.StreamBlock):
    """The body of an issue, in reading order."""

    intro = IntroBlock()
    article = ArticleCardBlock()
    text = TextBlock()
    question = QuestionBlock()
    offer = OfferCardBlock()
    divider = blocks.StaticBlock(icon="horizontalrule", admin_text="A line between two parts.")
