"""`{% comment_section page as section %}`: the comments under an article and the form for one more."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from blog.commenting.forms import CommentForm
from blog.commenting.mark_forms import HelpfulForm
from blog.commenting.notice import closed_words
from blog.commenting.places import thread_path
from blog.commenting.rules import rules_for, takes_comments
from blog.commenting.text import plain_comment, show_comment, show_text
from blog.commenting.thread import Order, ThreadPage, read_threads
from blog.commenting.thread_writer import write_threads
from blog.models import ArticlePage, Helpline
from blog.templatetags.blog_tags import avatar
from guard.templatetags.guard_tags import guard_fields

register = template.Library()
register.filter("show_text", show_text)
register.filter("show_comment", show_comment)
register.filter("plain_comment", plain_comment)
register.simple_tag(closed_words)

_ORDERS = ((Order.OLDEST, "Oldest first"), (Order.NEWEST, "Newest first"), (Order.HELPFUL, "Most helpful first"))


@dataclass(frozen=True)
class Section(ThreadPage):
    """All that the comments section shows; `form` is None where nothing can be added. `article_url` may be empty."""

    form: CommentForm | None = None
    article_url: str = ""

    def page(self, number: int) -> str:
        """The address of another page of what is shown here."""
        return thread_path(self.article_url, number, order=self.order, thread=self.alone)

    @property
    def earlier(self) -> str:
        """The address of the page before this one, if there is one."""
        return self.page(self.number - 1) if self.number > 1 else ""

    @property
    def later(self) -> str:
        """The address of the page after this one, if there is one."""
        return self.page(self.number + 1) if self.number < self.pages else ""

    @property
    def back(self) -> str:
        """Where a thread that is shown alone stands among the others."""
        return thread_path(self.article_url) if self.alone else ""

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """(words, address, whether it is this one) of each order; nothing where there is nothing to put in order."""
        if self.alone or self.thread_count < 2:  # noqa: PLR2004 - one has no order
            return []
        return [(words, thread_path(self.article_url, order=order), order == self.order) for order, words in _ORDERS]

    @property
    def key(self) -> str:
        """What tells this page of comments from the article's other ones."""
        return f"{self.number} {self.order} {self.alone}"


@register.simple_tag(takes_context=True)
def comment_section(context: dict[str, Any], page: ArticlePage) -> Section:
    """Two queries, one more where our own people wrote, one more for the comment that `?reply=` names.

    A bound form under the name `comment_form` in the context is shown as it is. The preview of a draft shows the form
    as readers will see it.
    """
    request = context.get("request")
    asked = request.GET if request else {}
    threads = read_threads(
        page, asked.get("comments", ""), order=asked.get("order", ""), thread=asked.get("thread", "")
    )
    form = context.get("comment_form") or CommentForm(article=page, answers=asked.get("reply", ""))
    url = page.get_url(request) if page.pk else None
    is_open = rules_for(page).is_open if page.pk and getattr(request, "is_preview", False) else takes_comments(page)
    shown = form if is_open else None
    return Section(**vars(threads), form=shown, article_url=url or "")


@register.simple_tag
def all_helplines() -> QuerySet[Helpline]:
    """Whom to call, in the order that the editors chose."""
    return Helpline.objects.all()


@register.simple_tag
def helpful_form() -> SafeString:
    """The one form behind all buttons “Helpful” of a page: a form for each comment would double what it weighs."""
    return format_html('<form id="helpful" method="post" hidden>{}</form>', guard_fields(HelpfulForm()))


@register.simple_tag
def show_threads(section: Section) -> SafeString:
    """The list items of the section's page: comments as h3, the replies below each as h4."""
    return write_threads(
        section, article_url=section.article_url, can_reply=section.form is not None, draw_portrait=avatar
    )
