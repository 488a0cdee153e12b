"""The comments under an article: one page of threads, read by two queries however many there are.

A thread shows its first replies. The others stand on pages of their own, where the thread is shown alone; so no page
grows with what readers write.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from django.db.models import Count, F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.functional import SimpleLazyObject

from blog.commenting.places import thread_path
from blog.models import ArticlePage, AuthorPage, Comment
from blog.models.comments import CommentQuerySet

PAGE_SIZE = 50  # threads of an article, or replies in a thread that is shown alone
FOLDED = 10  # replies of each thread that are shown among the others

# A thread is named by the key of the comment that began it, also where that one was taken away.
_ROOT = Coalesce(F("parent_id"), F("pk"))
_COLUMNS = (
    *("article_id", "parent_id", "answers_id", "author_name", "text", "staff_id", "state", "created_at"),
    *("edited_at", "helpful_count"),
)


class Order(StrEnum):
    """Of threads; the replies in one are always as they came."""

    OLDEST = ""
    NEWEST = "newest"
    HELPFUL = "helpful"


_ORDERS = {
    Order.OLDEST: ("began", "root"),
    Order.NEWEST: ("-began", "-root"),
    Order.HELPFUL: ("-helped", "began", "root"),
}


@dataclass
class Thread:
    """A comment that answers the article, and the replies to it. `comment` is None where it was taken away.

    `key` names it; `hidden` replies are not on this page.
    """

    comment: Comment | None
    replies: list[Comment] = field(default_factory=list)
    key: int = 0
    hidden: int = 0


@dataclass(frozen=True)
class ThreadPage:
    """Page `number` of `pages`, in that order. `count` is of all comments that readers see.

    `alone` is the key of the one thread that it shows, if it shows one with its replies by the page.
    """

    threads: list[Thread]
    count: int = 0
    number: int = 1
    pages: int = 1
    order: Order = Order.OLDEST
    alone: int | None = None
    thread_count: int = 0


def read_threads(article: ArticlePage, asked_for: str = "", *, order: str = "", thread: str = "") -> ThreadPage:
    """The page that the address asks for; the nearest one if there is no such page, order or thread.

    `threads` are read when they are first asked for: a page whose thread is kept needs the numbers alone.
    """
    if article.pk is None:  # the preview of a page that was never saved
        return ThreadPage([])
    shown = Comment.objects.published().filter(article=article.pk)
    alone = _whole(thread)
    counts = shown.aggregate(
        comments=Count("pk"),
        threads=Count(_ROOT, distinct=True),
        of_it=Count("pk", filter=Q(pk=alone) | Q(parent=alone)),
        replies=Count("pk", filter=Q(parent=alone)),
    )
    is_alone = bool(counts["of_it"])
    pages = max(1, -(-counts["replies" if is_alone else "threads"] // PAGE_SIZE))
    number = min(pages, _whole(asked_for) or 1)
    chosen = Order.NEWEST if order == Order.NEWEST else Order.HELPFUL if order == Order.HELPFUL else Order.OLDEST
    chosen = Order.OLDEST if is_alone else chosen
    rows = _of_thread(shown, alone, number) if is_alone else _of_page(shown, chosen, number)
    threads = SimpleLazyObject(lambda: _read(rows, article, chosen) if counts["comments"] else [])
    return ThreadPage(
        cast("list[Thread]", threads),
        counts["comments"],
        number,
        pages,
        chosen,
        alone if is_alone else None,
        counts["threads"],
    )


def path_to(comment: Comment) -> str:
    """Where readers find it now: among the others, or where its thread stands alone. Three short queries."""
    article_url = comment.article.url or ""
    shown = Comment.objects.published().filter(article=comment.article_id)
    if comment.parent_id:
        before = shown.filter(_before(comment.created_at, comment.pk, "created_at", "pk"), parent=comment.parent_id)
        place = before.count()
        if place >= FOLDED:
            number = place // PAGE_SIZE + 1
            return thread_path(article_url, number, thread=comment.parent_id, comment=comment.pk)
    return thread_path(article_url, _page_of(shown, comment.parent_id or comment.pk), comment=comment.pk)


def _page_of(shown: CommentQuerySet, root: int) -> int:
    began = shown.filter(Q(pk=root) | Q(parent=root)).aggregate(began=Min("created_at"))["began"]
    earlier = _roots(shown).filter(_before(began, root, "began", "root"))
    return earlier.count() // PAGE_SIZE + 1


def _before(moment: Any, key: int, moments: str, keys: str) -> Q:
    return Q(**{f"{moments}__lt": moment}) | Q(**{moments: moment, f"{keys}__lt": key})


def _roots(shown: CommentQuerySet) -> QuerySet[Any, Any]:
    """One row a thread: its key, when what is first shown of it was written, whom its first comment helped."""
    helped = Coalesce(Max("helpful_count", filter=Q(parent=None)), 0)
    return shown.order_by().values(root=_ROOT).annotate(began=Min("created_at"), helped=helped)


def _of_page(shown: CommentQuerySet, order: Order, number: int) -> CommentQuerySet:
    """The first comments of the page's threads, and the first replies to each."""
    in_order = _roots(shown).order_by(*_ORDERS[order]).values_list("root", flat=True)
    roots = in_order[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    rows = shown.annotate(root=_ROOT).filter(root__in=roots)
    siblings = F("parent_id")
    return rows.annotate(
        place=Window(RowNumber(), partition_by=siblings, order_by=("created_at", "pk")),
        siblings=Window(Count("pk"), partition_by=siblings),
    ).filter(Q(parent=None) | Q(place__lte=FOLDED))


def _of_thread(shown: CommentQuerySet, root: int, number: int) -> CommentQuerySet:
    """The first comment of one thread, which stands on each of its pages, and the replies of this page."""
    replies = shown.filter(parent=root)[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return shown.filter(Q(pk=root) | Q(pk__in=replies.values("pk")))


def _read(rows: CommentQuerySet, article: ArticlePage, order: Order) -> list[Thread]:
    """With whom each comment answers, by a join: there may be hundreds."""
    told = rows.only(*_COLUMNS).annotate(answers_name=F("answers__author_name"), answers_state=F("answers__state"))
    comments: list[Any] = list(told)
    _name_staff(comments, article)
    return _in_order(_gather(comments), order)


def _in_order(threads: list[Thread], order: Order) -> list[Thread]:
    if order == Order.NEWEST:
        return threads[::-1]
    if order == Order.HELPFUL:
        return sorted(threads, key=lambda thread: -thread.comment.helpful_count if thread.comment else 0)
    return threads


def _whole(number: str) -> int:
    return int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0  # noqa: PLR2004


def _gather(comments: list[Any]) -> list[Thread]:
    """Threads in the order in which they began; replies stay when the comment that they answer was taken away."""
    threads: dict[int, Thread] = {}
    for comment in comments:
        key = comment.parent_id or comment.pk
        thread = threads.setdefault(key, Thread(None, key=key))
        if comment.parent_id is None:
            thread.comment = comment
        else:
            thread.replies.append(comment)
            thread.hidden = max(0, getattr(comment, "siblings", 0) - len(thread.replies))
    return list(threads.values())


def _name_staff(comments: list[Any], article: ArticlePage) -> None:
    """Give each comment `tag` (its writer's part, or nothing) and those by our own people their `staff`, at once."""
    keys = {comment.staff_id for comment in comments if comment.staff_id}
    people = AuthorPage.objects.filter(pk__in=keys).select_related("photo").in_bulk() if keys else {}
    authors = {author.pk for author in article.authors} if keys else set()
    for comment in comments:
        comment.staff = people.get(comment.staff_id) if comment.staff_id else None
        comment.tag = _tag(comment.staff, authors)


def _tag(person: AuthorPage | None, authors: set[int]) -> str:
    if person is None:
        return ""
    if person.pk in authors:
        return "Author"
    return "Reviewer" if person.is_reviewer else "Editor"
