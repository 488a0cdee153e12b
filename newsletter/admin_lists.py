"""Lists of the newsletter's snippets: columns of the class `np-wide` stand on wide screens alone."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column
from wagtail.snippets.views.snippets import IndexView

WIDE = "np-wide"


class NarrowList(IndexView):
    """A list that a phone shows as well."""

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the style sheet of the newsletter's pages."""
        context = super().get_context_data(*args, **kwargs)
        return {**context, "media": context["media"] + forms.Media(css={"all": ["css/admin-report.css"]})}


class LookingList(NarrowList):
    """One whose rows nobody does anything to in bulk: without boxes to tick."""

    @cached_property
    def columns(self) -> list[Column]:
        """What Wagtail shows, but for the boxes."""
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]
