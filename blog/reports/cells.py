"""Cells that several reports show."""

from wagtail.admin.ui.tables import TitleColumn


class ArticleColumn(TitleColumn):
    """The title as the way to edit it, the topic and the kind. Rows carry `topic_name` and `kind_words`."""

    cell_template_name = "blog/admin/article_cell.html"
