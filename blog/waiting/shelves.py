"""What waits for a person, one shelf a kind: how much, the first few, and where the rest is. Constant queries each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from wagtail.models import Page, Revision, TaskState, WorkflowState, get_default_page_content_type
from wagtail.permissions import policy_registry

from blog.actions.akismet_status import trouble
from blog.colleagues import name_of
from blog.due import articles_due
from blog.models import ArticlePage, Comment, OutwardLink
from blog.moderation.akismet_page import may_look
from blog.moderation.decisions import may_decide
from blog.reports.base import articles_of, edit_url, may_see_reports

SHOWN = 4


@dataclass(frozen=True)
class Thing:
    """One line: what it is, where to go, why it waits."""

    title: str
    url: str
    words: str = ""


@dataclass(frozen=True)
class Shelf:
    """A heading that says how many, the first few, and the way to all of them."""

    heading: str
    things: list[Thing]
    url: str = ""
    label: str = ""
    words: str = ""


def find_waiting(user: Any) -> list[Shelf]:
    """The shelves that hold something for this person, the most pressing first."""
    found = [look(user) for look in SHELVES]
    return [shelf for shelf in found if shelf is not None]


def may_have_something(user: Any) -> bool:
    """Whether this person has any right by which something could wait."""
    return may_decide(user) or may_see_reports(user) or hasattr(user, "author_page")


def to_review(user: Any) -> Shelf | None:
    """What was handed in and this person may decide on: medical reviews, and every other task of a workflow."""
    states = TaskState.objects.reviewable_by(user).order_by("started_at")
    number = states.count()
    if not number:
        return None
    first = states.select_related("workflow_state__requested_by", "revision")[:SHOWN]
    things = []
    pages = _pages([state.revision.object_id for state in first])
    for state in first:
        if page := pages.get(state.revision.object_id):
            by = name_of(state.workflow_state.requested_by)
            words = f"handed in {_ago(state.started_at)}{f' by {by}' if by else ''}"
            things.append(Thing(page.get_admin_display_title(), edit_url(page), words))
    return Shelf(_count(number, "article waits", "articles wait", "for your review"), things)


def sent_back(user: Any) -> Shelf | None:
    """What this person handed in or made, and a reviewer wants changed."""
    made = Page.objects.filter(owner=user).values_list("pk", flat=True)
    mine = Q(requested_by=user) | Q(object_id__in=[str(key) for key in made]) if made else Q(requested_by=user)
    states = WorkflowState.objects.filter(
        mine, status=WorkflowState.STATUS_NEEDS_CHANGES, base_content_type=get_default_page_content_type()
    ).select_related("current_task_state__finished_by")
    number = states.count()
    if not number:
        return None
    first = states.order_by("-created_at")[:SHOWN]
    pages = _pages([state.object_id for state in first])
    things = [
        Thing(page.get_admin_display_title(), edit_url(page), _why(state.current_task_state))
        for state in first
        if (page := pages.get(state.object_id))
    ]
    return Shelf(_count(number, "draft was", "drafts were", "sent back to you"), things)


def reviews_due(user: Any) -> Shelf | None:
    """Articles to be read again, those first for which this person is responsible."""
    if not may_see_reports(user):
        return None
    own = Q(responsible=user) | Q(deputy=user) | Q(responsible=None, owner=user)
    mine = Case(When(own, then=Value(0)), default=Value(1), output_field=IntegerField())
    articles = articles_due().filter(pk__in=articles_of(user).values("pk"))
    number = articles.count()
    if not number:
        return None
    today = timezone.localdate()
    things = []
    for article in articles.annotate(whose=mine).order_by("whose", "due_on", "pk")[:SHOWN]:
        word = "was due" if article.due_on < today else "due"
        yours = ", yours" if article.whose == 0 else ""
        things.append(Thing(article.title, edit_url(article), f"{word} on {_day(article.due_on)}{yours}"))
    heading = _count(number, "article waits", "articles wait", "to be read again")
    return Shelf(heading, things, reverse("review_due_report"), "All that is due")


def links_in_trouble(user: Any) -> Shelf | None:
    """Links that are gone or have moved for good, on live articles of this person."""
    if not may_see_reports(user):
        return None
    mine = ArticlePage.objects.live().filter(pk__in=articles_of(user).values("pk"))
    links = OutwardLink.objects.in_trouble().filter(articles__in=mine).distinct()
    number = links.count()
    if not number:
        return None
    gone_first = links.order_by("state", "url")[:SHOWN]  # "dead" before "moved"
    things = [
        Thing(link.url, f"{reverse('link_report')}?state={link.state}", link.get_state_display()) for link in gone_first
    ]
    heading = _count(number, "outward link is", "outward links are", "gone or moved")
    return Shelf(heading, things, reverse("link_report"), "All links in trouble")


def comments_held(user: Any) -> Shelf | None:
    """Comments that nobody has decided on."""
    if not may_decide(user):
        return None
    waiting = Comment.objects.undecided()
    number = waiting.count()
    if not number:
        return None
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True)[0]
    which = "It came in" if number == 1 else "The oldest came in"
    heading = _count(number, "comment waits", "comments wait", "for a decision")
    return Shelf(heading, [], reverse("comments:list"), "Read what waits", words=f"{which} {_ago(oldest)}.")


def akismet_in_trouble(user: Any) -> Shelf | None:
    """What is wrong with the second opinion on comments."""
    words = trouble() if may_decide(user) else None
    if words is None:
        return None
    way = (reverse("akismet_status"), "How Akismet does") if may_look(user) else ("", "")
    return Shelf("Akismet needs a look", [], *way, words=words)


def scheduled(user: Any) -> Shelf | None:
    """Pages that will go live by themselves, the soonest first; nothing has to be done."""
    policy = policy_registry.get_by_type(Page)
    pages = policy.instances_user_has_permission_for(user, "publish")
    if not policy.user_has_permission(user, "publish"):
        return None
    revisions = Revision.page_revisions.filter(approved_go_live_at__gt=timezone.now())
    found = list(revisions.order_by("approved_go_live_at").values_list("object_id", "approved_go_live_at"))
    allowed = _pages([key for key, _ in found], pages)
    coming = [(allowed[key], at) for key, at in found if key in allowed]
    if not coming:
        return None
    things = [
        Thing(page.get_admin_display_title(), edit_url(page), f"on {date_format(timezone.localtime(at), 'l j F, H:i')}")
        for page, at in coming[:SHOWN]
    ]
    return Shelf(_count(len(coming), "page is", "pages are", "scheduled"), things)


def _pages(keys: list[str], pages: QuerySet[Any] | None = None) -> dict[str, Any]:
    chosen = Page.objects.all() if pages is None else pages
    return {str(page.pk): page for page in chosen.filter(pk__in=keys)}


def _why(task_state: Any) -> str:
    if task_state is None:
        return ""
    by = name_of(task_state.finished_by)
    return " ".join(filter(None, [f"by {by}:" if by else "", task_state.comment[:120]])).strip()


def _count(number: int, one: str, many: str, rest: str) -> str:
    return f"{'One' if number == 1 else number} {one if number == 1 else many} {rest}"


def _ago(moment: Any) -> str:
    return f"{timesince(moment)} ago"


def _day(day: Any) -> str:
    return date_format(day, "j F Y")


SHELVES: tuple[Callable[[Any], Shelf | None], ...] = (
    to_review,
    sent_back,
    reviews_due,
    comments_held,
    akismet_in_trouble,
    links_in_trouble,
    scheduled,
)
