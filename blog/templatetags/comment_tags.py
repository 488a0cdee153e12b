"""`{% comment_section page as section %}`: the comments under an article and the form for one more."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.utils import dateformat, timezone
from django.utils.safestring import SafeString, mark_safe

from blog.commenting.forms import CommentForm
from blog.commenting.links import thread_path
from blog.commenting.rules import rules_for, takes_comments
from blog.commenting.text import show_text
from blog.commenting.thread import Thread, ThreadPage, read_threads
from blog.icons import draw_icon
from blog.models import ArticlePage, Comment
from blog.templatetags.blog_tags import avatar

register = template.Library()
register.filter("show_text", show_text)


@dataclass(frozen=True)
class Section(ThreadPage):
    """All that the comments section shows; `form` is None where nothing can be added. `article_url` may be empty."""

    form: CommentForm | None = None
    article_url: str = ""

    @property
    def earlier(self) -> str:
        """The address of the page before this one, if there is one."""
        return thread_path(self.article_url, self.number - 1) if self.number > 1 else ""

    @property
    def later(self) -> str:
        """The address of the page after this one, if there is one."""
        return thread_path(self.article_url, self.number + 1) if self.number < self.pages else ""


@register.simple_tag(takes_context=True)
def comment_section(context: dict[str, Any], page: ArticlePage) -> Section:
    """Two queries, one more where our own people wrote, one more for the comment that `?reply=` names.

    A bound form under the name `comment_form` in the context is shown as it is. The preview of a draft shows the form
    as readers will see it.
    """
    request = context.get("request")
    asked = request.GET if request else {}
    threads = read_threads(page, asked.get("comments", ""))
    form = context.get("comment_form") or CommentForm(article=page, answers=asked.get("reply", ""))
    url = page.get_url(request) if page.pk else None
    is_open = rules_for(page).is_open if page.pk and getattr(request, "is_preview", False) else takes_comments(page)
    shown = form if is_open else None
    return Section(**vars(threads), form=shown, article_url=url or "")


# A thread is written here and not in a template: an article may show hundreds of comments, and including a template for
# each would cost more than the rest of the page. What a person wrote is escaped here (a name, a tag, an address) or by
# `show_text`; all else is a number, a date or a piece of ours.

_REPLIES = '<div class="replies">{}</div>'
_TAKEN_AWAY = '<p class="meta notice">{}<span>A comment was taken away here.</span></p>'
_COMMENT = """
<article class="comment" id="comment-{key}">
  {portrait}
  <div>
    <header class="comment__head">
      <{level} class="comment__name">{name}</{level}>
      {tag}
      <a class="meta" href="#comment-{key}"><time datetime="{iso}">{date}</time></a>
    </header>
    <div class="comment__body">{text}</div>
    {acts}
  </div>
</article>
"""
_PORTRAIT = '<span class="comment__pic" aria-hidden="true">{}</span>'
_TAG = '<span class="tag tag--heather">{}</span>'
_ACTS = (
    '<p class="comment__acts"><a href="{url}" rel="nofollow">{icon}'
    '<span>Reply<span class="vh"> to {name}</span></span></a></p>'
)


@register.simple_tag
def show_threads(section: Section) -> SafeString:
    """The list items of the section's page: comments as h3, the replies below each as h4."""
    writer = _Writer(section)
    return mark_safe("\n".join(map(writer.thread, section.threads)))


@lru_cache(maxsize=512)  # the comments of a page share a few days
def _in_words(day: date) -> str:
    return dateformat.format(day, "j F Y")


class _Writer:
    """Writes the comments of one section; what is the same for all of them is looked up once."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.zone = timezone.get_current_timezone()
        self.reply_icon = draw_icon("reply", small=True)

    def thread(self, thread: Thread) -> str:
        first = self.comment(thread.comment, "h3") if thread.comment else _TAKEN_AWAY.format(draw_icon("info"))
        replies = "".join(self.comment(reply, "h4") for reply in thread.replies)
        return f"<li>{first}{_REPLIES.format(replies) if replies else ''}</li>"

    def comment(self, comment: Comment, level: str) -> str:
        name, when = comment.author_name, comment.created_at.astimezone(self.zone)
        tag: str = comment.tag  # type: ignore[attr-defined]
        return _COMMENT.format(
            key=comment.pk,
            level=level,
            name=escape(name),
            portrait=avatar(comment.staff) if comment.staff else _PORTRAIT.format(escape(name[:1].upper())),
            tag=_TAG.format(escape(tag)) if tag else "",
            iso=when.isoformat(),
            date=_in_words(when.date()),
            text=show_text(comment.text),
            acts=self.acts(comment) if self.section.form else "",
        )

    def acts(self, comment: Comment) -> str:
        url = thread_path(self.section.article_url, self.section.number, reply=comment.pk)
        return _ACTS.format(url=escape(url), icon=self.reply_icon, name=escape(comment.author_name))
