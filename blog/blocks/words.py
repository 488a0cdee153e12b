"""Words: quotations, questions with their answers."""

from typing import ClassVar

from wagtail import blocks

TEXT_FEATURES = ["bold", "italic", "link", "ol", "ul", "superscript", "subscript"]


class QuoteBlock(blocks.StructBlock):
    """Words of somebody else."""

    text = blocks.TextBlock(help_text="An empty line begins a new paragraph.")
    source = blocks.CharBlock(required=False, max_length=160, help_text="Who said it.")

    class Meta:
        icon = "openquote"
        template = "blog/blocks/quote.html"
        label_format = "{source}: {text}"
        description = "Words of somebody else, set large."
        preview_value: ClassVar = {"text": "It was the most useful hour of the lot.", "source": "Joan, reader"}


class QuestionBlock(blocks.StructBlock):
    """One question and its answer."""

    question = blocks.CharBlock(max_length=160, help_text="As a reader would ask it.")
    answer = blocks.RichTextBlock(features=TEXT_FEATURES)

    class Meta:
        icon = "help"
        label_format = "{question}"


class QuestionsBlock(blocks.StructBlock):
    """Questions that readers ask, each with its answer."""

    folded = blocks.BooleanBlock(
        required=False, label="Folded", help_text="Show the questions alone; each opens when it is pressed."
    )
    pairs = blocks.ListBlock(QuestionBlock(), min_num=1, label="Questions")

    class Meta:
        icon = "help"
        label = "Questions and answers"
        template = "blog/blocks/questions.html"
        description = "Questions that readers ask, each with its answer: open, or folded where there are many."
        preview_value: ClassVar = {
            "folded": True,
            "pairs": [
                {"question": "How long does it take?", "answer": "<p>Six weeks, for most people.</p>"},
                {"question": "Does it hurt?", "answer": "<p>A little, for a day.</p>"},
            ],
        }
