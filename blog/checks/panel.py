"""The checks in Wagtail's editor: our findings beside those of axe, and a word after publishing."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin import messages
from wagtail.admin.userbar import ContentCheckerItem

from blog.checks.findings import Level
from blog.checks.rules import check_article
from blog.models import ArticlePage

_OPEN = "before-you-publish"
_NAMED = 3  # findings that a message spells out


class ArticleChecker(ContentCheckerItem):
    """Wagtail's checker with more of axe's rules, and one that counts our findings on the toggle of the panel.

    What needs the words of the article is decided on the server (`blog.checks.rules`); axe sees the finished page.
    """

    axe_run_only = (
        *ContentCheckerItem.axe_run_only,
        "image-alt",
        "image-redundant-alt",
        "page-has-heading-one",
        "list",
        "listitem",
        "td-headers-attr",
        "scope-attr-valid",
        "table-duplicate-name",
        _OPEN,
    )
    axe_custom_rules = (
        *ContentCheckerItem.axe_custom_rules,
        {
            "id": _OPEN,
            "impact": "moderate",
            "selector": "body[data-findings]",
            "tags": ["best-practice"],
            "any": ["nothing-found"],
            "enabled": True,
        },
    )
    # axe's own function asks for an attribute that is never there: the mark alone is the finding.
    axe_custom_checks = (
        *ContentCheckerItem.axe_custom_checks,
        {
            "id": "nothing-found",
            "evaluate": "attr-non-space-content-evaluate",
            "options": {"attribute": "data-nothing-found"},
        },
    )
    axe_messages = {  # noqa: RUF012 - Wagtail's own way
        **ContentCheckerItem.axe_messages,
        _OPEN: {
            "error_name": "Points before you publish",
            "help_text": "They are listed above, and in the preview “Before you publish”",
        },
        "image-alt": {"error_name": "Picture without words", "help_text": "Say what it shows, or tick “decorative”"},
        "image-redundant-alt": {
            "error_name": "Words of a picture said twice",
            "help_text": "A screen reader reads both; make the picture decorative",
        },
        "page-has-heading-one": {"error_name": "The page has no title", "help_text": "Fill in the title"},
        "table-duplicate-name": {
            "error_name": "Caption and summary of a table are the same",
            "help_text": "Let each say something of its own",
        },
    }

    def get_axe_exclude(self, request: Any) -> list[Any]:
        """All of the page is checked but the editors' bar."""
        return [*self.axe_exclude, *self._axe_default_exclude]


def use_article_checker(_request: HttpRequest, items: list[Any], _page: Any) -> None:
    """Put our checker in the place of Wagtail's, in the bar and in the editor's panel alike."""
    for number, item in enumerate(items):
        if isinstance(item, ContentCheckerItem):
            items[number] = ArticleChecker(in_editor=item.in_editor)


def load_script() -> SafeString:
    """The script that keeps the list of findings in step with what is written."""
    return format_html('<script src="{}"></script>', static("js/article-checks.js"))


def say_what_was_found(request: HttpRequest, page: Any) -> None:
    """After publishing: what readers may stumble over. It stopped nobody; editors know what no rule knows."""
    if not isinstance(page, ArticlePage):
        return
    article = ArticlePage.objects.get(pk=page.pk)
    standing = article.standing
    if article.live and standing.review and standing.state == "changed":
        read = f"{standing.review.reviewer.title} read on {standing.review.reviewed_on:%d %B %Y}"
        messages.warning(
            request,
            f"The words that readers see now are not those that {read}. They are told that the text has changed since "
            "it was reviewed. Submit it to the workflow again to have the changes read.",
        )
    _name_red(request, article)


def say_what_a_reviewer_gets(request: HttpRequest, page: Any) -> None:
    """Handed in for review: the writer hears now what is red, not after somebody has read it all."""
    if isinstance(page, ArticlePage) and "action-submit" in request.POST:
        _name_red(request, page.get_latest_revision_as_object())


def _name_red(request: HttpRequest, article: ArticlePage) -> None:
    red = [finding for finding in check_article(article) if finding.level == Level.RED]
    if red:
        more = f"; and {len(red) - _NAMED} more" if len(red) > _NAMED else ""
        messages.warning(request, f"Look at this again: {'; '.join(map(str, red[:_NAMED]))}{more}.")


def say_after_approval(request: HttpRequest, page: Any) -> None:
    """The last approval in the editor publishes as well, and Wagtail calls no hook for it but that of an edit."""
    published = ArticlePage.objects.live().filter(pk=page.pk, has_unpublished_changes=False)
    if "action-workflow-action" in request.POST and published.exists():
        say_what_was_found(request, page)


HOOKS = (
    ("construct_wagtail_userbar", use_article_checker),
    ("insert_editor_js", load_script),
    ("after_publish_page", say_what_was_found),
    ("after_edit_page", say_after_approval),
    ("after_edit_page", say_what_a_reviewer_gets),
    ("after_create_page", say_what_a_reviewer_gets),
)
