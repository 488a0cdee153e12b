"""The comments under an article: one page of threads, read by two queries however many there are."""

from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Count, F, Min, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import SimpleLazyObject

from blog.models import ArticlePage, AuthorPage, Comment
from blog.models.comments import CommentQuerySet

PAGE_SIZE = 50  # threads

# A thread is named by the key of the comment that began it, also where that one was taken away.
_ROOT = Coalesce(F("parent_id"), F("pk"))
_COLUMNS = ("article_id", "parent_id", "author_name", "text", "staff_id", "state", "created_at")


@dataclass
class Thread:
    """A comment that answers the article, and the replies to it. `comment` is None where it was taken away."""

    comment: Comment | None
    replies: list[Comment] = field(default_factory=list)


@dataclass(frozen=True)
class ThreadPage:
    """Page `number` of `pages`, in the order in which threads began. `count` is of all comments that readers see."""

    threads: list[Thread]
    count: int = 0
    number: int = 1
    pages: int = 1


def read_threads(article: ArticlePage, asked_for: str = "") -> ThreadPage:
    """The page that the address asks for; the nearest one if there is no such page.

    `threads` are read when they are first asked for: a page whose thread is kept needs the numbers alone.
    """
    if article.pk is None:  # the preview of a page that was never saved
        return ThreadPage([])
    shown = Comment.objects.published().filter(article=article.pk)
    counts = shown.aggregate(comments=Count("pk"), threads=Count(_ROOT, distinct=True))
    pages = max(1, -(-counts["threads"] // PAGE_SIZE))
    number = min(pages, _whole(asked_for))
    on_page = shown if pages == 1 else _of_page(shown, number)
    threads = SimpleLazyObject(lambda: _read(on_page, article) if counts["threads"] else [])
    return ThreadPage(cast("list[Thread]", threads), counts["comments"], number, pages)


def _of_page(shown: CommentQuerySet, number: int) -> CommentQuerySet:
    roots = _in_order(shown)[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return shown.annotate(root=_ROOT).filter(root__in=roots)


def _read(on_page: CommentQuerySet, article: ArticlePage) -> list[Thread]:
    comments: list[Any] = list(on_page.only(*_COLUMNS))
    _name_staff(comments, article)
    return _gather(comments)


def page_of(comment: Comment) -> int:
    """On which page of its article's comments readers find it."""
    root = comment.parent_id or comment.pk
    roots = list(_in_order(Comment.objects.published().filter(article=comment.article_id)))
    return roots.index(root) // PAGE_SIZE + 1 if root in roots else 1


def _in_order(shown: CommentQuerySet) -> QuerySet[Any, Any]:
    """The keys of threads, in the order of what is first shown of each."""
    began = shown.order_by().values(root=_ROOT).annotate(began=Min("created_at"))
    return began.order_by("began", "root").values_list("root", flat=True)


def _whole(number: str) -> int:
    return max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else 1  # noqa: PLR2004


def _gather(comments: list[Comment]) -> list[Thread]:
    """Threads in the order in which they began; replies stay when the comment that they answer was taken away."""
    threads: dict[int, Thread] = {}
    for comment in comments:
        if comment.parent_id is None:
            threads.setdefault(comment.pk, Thread(None)).comment = comment
        else:
            threads.setdefault(comment.parent_id, Thread(None)).replies.append(comment)
    return list(threads.values())


def _name_staff(comments: list[Comment], article: ArticlePage) -> None:
    """Give each comment `tag` (its writer's part, or nothing) and those by our own people their `staff`, at once."""
    keys = {comment.staff_id for comment in comments if comment.staff_id}
    people = AuthorPage.objects.filter(pk__in=keys).select_related("photo").in_bulk() if keys else {}
    authors = {author.pk for author in article.authors} if keys else set()
    for comment in comments:
        comment.staff = people.get(comment.staff_id) if comment.staff_id else None
        comment.tag = _tag(comment.staff, authors)  # type: ignore[attr-defined]


def _tag(person: AuthorPage | None, authors: set[int]) -> str:
    if person is None:
        return ""
    if person.pk in authors:
        return "Author"
    return "Reviewer" if person.is_reviewer else "Editor"
