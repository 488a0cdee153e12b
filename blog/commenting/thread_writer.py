"""Writes the comments of a page as HTML.

Here and not in a template: an article may show hundreds of comments, and including a template for each would cost more
than the rest of the page. What a person wrote is escaped here (a name, a tag, an address) or by `show_text`; all else
is a number, a date or a piece of ours.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any

from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.safestring import SafeString, mark_safe

from blog.commenting.places import thread_path
from blog.commenting.text import show_text
from blog.commenting.thread import Thread, ThreadPage
from blog.icons import draw_icon
from blog.models import AuthorPage, Comment

_REPLIES = '<div class="replies">{}</div>'
_TAKEN_AWAY = '<p class="meta notice">{}<span>A comment was taken away here.</span></p>'
_COMMENT = """
<article class="comment" id="comment-{key}">
  {portrait}
  <div>
    <header class="comment__head">
      <{level} class="comment__name">{name}</{level}>
      {tag}
      <a class="meta" href="#comment-{key}"><time datetime="{iso}">{date}</time></a>{edited}
    </header>
    {answers}<div class="comment__body">{text}</div>
    {acts}
  </div>
</article>
"""
_PORTRAIT = '<span class="comment__pic" aria-hidden="true">{}</span>'
_TAG = '<span class="tag tag--heather">{}</span>'
_EDITED = ' <span class="meta">edited</span>'
_ANSWERS = '<p class="comment__to meta">In answer to <a href="{url}">{name}</a></p>'
_ACTS = (
    '<p class="comment__acts">{reply}<button form="helpful" formaction="{helpful}">{heart}<span>Helpful{number}'
    '<span class="vh"> comment of {name}</span></span></button>'
    '<a href="{report}" rel="nofollow">Report<span class="vh"> the comment of {name}</span></a></p>'
)
_NUMBER = ' <span class="num">({})</span>'
_REPLY = '<a href="{url}" rel="nofollow">{icon}<span>Reply<span class="vh"> to {name}</span></span></a>'
_HIDDEN = '<p class="comment__acts"><a href="{url}">{icon}<span>Show the other {replies}</span></a></p>'


def write_threads(
    page: ThreadPage, *, article_url: str, can_reply: bool, draw_portrait: Callable[[AuthorPage], str]
) -> SafeString:
    """One list item a thread: its comment as h3, the replies below as h4. `draw_portrait`: of one of our people."""
    writer = _Writer(page, article_url, draw_portrait, can_reply=can_reply)
    return mark_safe("\n".join(map(writer.thread, page.threads)))


@lru_cache(maxsize=512)  # the comments of a page share a few days
def _in_words(day: date) -> str:
    return dateformat.format(day, "j F Y")


def _pattern(name: str) -> str:
    """An address with a place for the key: `reverse` for each of hundreds of comments would be dear."""
    return reverse(f"blog:{name}", args=[0]).replace("/0/", "/{}/")


class _Writer:
    """Writes the comments of one section; what is the same for all of them is looked up once."""

    def __init__(
        self, page: ThreadPage, article_url: str, draw_portrait: Callable[[AuthorPage], str], *, can_reply: bool
    ) -> None:
        self.page, self.article_url, self.can_reply = page, article_url, can_reply
        self.draw_portrait = draw_portrait
        self.zone = timezone.get_current_timezone()
        self.icons = {name: draw_icon(name, small=True) for name in ("reply", "heart", "comment")}
        self.paths = {name: _pattern(name) for name in ("helpful", "report_comment", "go_to_comment")}
        self.here = {comment.pk for thread in page.threads for comment in (thread.comment, *thread.replies) if comment}

    def thread(self, thread: Thread) -> str:
        first = self.comment(thread.comment, "h3") if thread.comment else _TAKEN_AWAY.format(draw_icon("info"))
        replies = "".join(self.comment(reply, "h4") for reply in thread.replies)
        if thread.hidden and not self.page.alone:
            replies += self.hidden(thread)
        return f"<li>{first}{_REPLIES.format(replies) if replies else ''}</li>"

    def hidden(self, thread: Thread) -> str:
        """To the page where the thread stands alone, at the last reply that is here: one reads on from there."""
        words = "reply" if thread.hidden == 1 else f"{thread.hidden} replies"
        url = thread_path(self.article_url, thread=thread.key, comment=thread.replies[-1].pk)
        return _HIDDEN.format(url=escape(url), icon=self.icons["comment"], replies=words)

    def comment(self, comment: Any, level: str) -> str:
        name, when = comment.author_name, comment.created_at.astimezone(self.zone)
        return _COMMENT.format(
            key=comment.pk,
            level=level,
            name=escape(name),
            portrait=self.draw_portrait(comment.staff) if comment.staff else _PORTRAIT.format(escape(name[:1].upper())),
            tag=_TAG.format(escape(comment.tag)) if comment.tag else "",
            iso=when.isoformat(),
            date=_in_words(when.date()),
            edited=_EDITED if comment.edited_at else "",
            answers=self.answers(comment),
            text=show_text(comment.text),
            acts=self.acts(comment),
        )

    def answers(self, comment: Any) -> str:
        """To whom a reply to a reply speaks; what answers the first comment of its thread stands below that."""
        key = comment.answers_id
        if key in {None, comment.parent_id} or comment.answers_state != Comment.State.PUBLISHED:
            return ""
        url = f"#comment-{key}" if key in self.here else self.paths["go_to_comment"].format(key)
        return _ANSWERS.format(url=url, name=escape(comment.answers_name))

    def acts(self, comment: Comment) -> str:
        name, number = escape(comment.author_name), comment.helpful_count
        return _ACTS.format(
            reply=self.reply(comment, name) if self.can_reply else "",
            helpful=self.paths["helpful"].format(comment.pk),
            report=self.paths["report_comment"].format(comment.pk),
            heart=self.icons["heart"],
            name=name,
            number=_NUMBER.format(number) if number else "",
        )

    def reply(self, comment: Comment, name: str) -> str:
        page = self.page
        url = thread_path(self.article_url, page.number, order=page.order, thread=page.alone, reply=comment.pk)
        return _REPLY.format(url=escape(url), icon=self.icons["reply"], name=name)
