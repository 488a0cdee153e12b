"""Tables that can be read aloud: every column has a heading, and the whole has a caption."""

from typing import Any, ClassVar

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock, TypedTableBlockValidationError

MAX_COLUMNS = 8  # more cannot be read on a phone, however it scrolls
_PREVIEW = {
    "caption": "Salt in 100 g",
    "columns": [{"type": "text", "heading": "Food"}, {"type": "number", "heading": "Salt"}],
    "rows": [{"values": ["<p>White bread</p>", "1.0 g"]}, {"values": ["<p>Soy sauce</p>", "14.5 g"]}],
}


class CaptionedTable(TypedTableBlock):
    """Cells are rich text or figures; a table without caption or headings is refused."""

    text = blocks.RichTextBlock(
        required=False, label="Words", features=["bold", "italic", "link", "superscript", "subscript"]
    )
    number = blocks.CharBlock(required=False, label="Figures", max_length=60)

    def clean(self, table: TypedTable) -> TypedTable:
        """Ask for what a screen reader reads out first; a draft may still lack it."""
        cleaned = super().clean(table)
        if self.is_deferred_validation:
            return cleaned
        wrong = []
        if not cleaned.caption.strip():
            wrong.append("Give the table a caption: it says in a few words what the table shows.")
        if not cleaned.columns or not cleaned.row_data:
            wrong.append("Give the table at least one column and one row.")
        if len(cleaned.columns) > MAX_COLUMNS:
            wrong.append(f"Take at most {MAX_COLUMNS} columns; a wider table cannot be read on a phone.")
        # The corner above the names of the rows may stay empty.
        if not all(column["heading"].strip() for column in cleaned.columns[1:]):
            wrong.append("Give every column a heading.")
        if wrong:
            raise TypedTableBlockValidationError(non_block_errors=wrong)
        return cleaned


class TableBlock(blocks.StructBlock):
    """A table; it scrolls inside itself where it is wider than the page."""

    table = CaptionedTable()
    rows_named = blocks.BooleanBlock(
        required=False,
        default=True,
        label="The first column names the rows",
        help_text="It is then read out with each cell.",
    )
    remark = blocks.CharBlock(required=False, max_length=250, help_text="Small, under the table: what a sign means.")

    class Meta:
        icon = "table"
        template = "blog/blocks/table.html"
        label_format = "Table"
        description = "Rows and columns with a caption; on a phone it scrolls inside itself."
        preview_value: ClassVar[dict[str, Any]] = {"table": _PREVIEW, "rows_named": True, "remark": ""}
