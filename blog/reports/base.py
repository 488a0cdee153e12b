"""What the reports have in common: who sees them, how they are exported, the way to the pages."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail.admin.menu import MenuItem
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import policy_registry

from blog.models import ArticlePage

MAY_SEE = ("add", "change", "publish")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def may_see_reports(user: Any) -> bool:
    """Whether this person works on articles."""
    return bool(policy_registry.get_by_type(ArticlePage).user_has_any_permission(user, MAY_SEE))


def articles_of(user: Any) -> QuerySet[Any]:
    """The articles that this person may edit or publish."""
    policy = policy_registry.get_by_type(ArticlePage)
    return policy.instances_user_has_any_permission_for(user, {"change", "publish"})


def quote_formula(value: str) -> str:
    """A cell that a spreadsheet takes for text, whatever it begins with."""
    return f"'{value}" if value.startswith(_FORMULA) else value


class KeysFirst(WagtailPaginator):
    """Finds the keys of a page's rows, then asks for these rows: the database need not sort all that a row says."""

    def _get_page(self, object_list: Any, *args: Any, **kwargs: Any) -> Any:
        keys = list(object_list.values_list("pk", flat=True))
        rows = self.object_list.order_by().in_bulk(keys)
        return super()._get_page([rows[key] for key in keys], *args, **kwargs)


class DeskReport(ReportView):
    """A report whose exports are safe to open. Subclasses name `report`, the stem of their addresses."""

    report: ClassVar[str]
    model = ArticlePage
    any_permission_required: ClassVar[tuple[str, ...]] = MAY_SEE
    custom_value_preprocess: ClassVar[dict[Any, Any]] = {
        **ReportView.custom_value_preprocess,
        str: {ReportView.FORMAT_CSV: quote_formula, ReportView.FORMAT_XLSX: quote_formula},
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.index_url_name = self.report
        self.index_results_url_name = f"{self.report}_results"
        self.export_filename = self.report.replace("_", "-")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the style sheet of the desk."""
        context = super().get_context_data(*args, **kwargs)
        return {**context, "media": context["media"] + forms.Media(css={"all": ["css/desk.css"]})}

    @classmethod
    def addresses(cls) -> list[URLPattern]:
        """The page, and the part of it that filters draw anew."""
        where = cls.report.replace("_", "-")
        return [
            path(f"reports/{where}/", cls.as_view(), name=cls.report),
            path(f"reports/{where}/results/", cls.as_view(results_only=True), name=f"{cls.report}_results"),
        ]


class ReportMenuItem(MenuItem):
    """Shown to those who work on articles."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the report would let this person in."""
        return may_see_reports(request.user)


def edit_url(article: ArticlePage) -> str:
    """The article's page in the admin."""
    return reverse("wagtailadmin_pages:edit", args=[article.pk])
