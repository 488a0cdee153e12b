"""How Akismet does, for whoever keeps the rules of the comments: what is known, and two buttons."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from blog.actions.akismet_status import FAULTS_OPEN, forget_trouble, read_status, trouble
from blog.models import AkismetCheck, AkismetFeedback, AkismetStatus, CommentSettings

RIGHT = "blog.change_commentsettings"
COUNTED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AkismetReport:
    """What the page and the panel in the settings show. `sites`: those whose comments are shown to Akismet."""

    has_key: bool
    trouble: str | None
    status: AkismetStatus
    sites: list[str]
    is_paused: bool
    counts: dict[str, int]

    @property
    def key_in_words(self) -> str:
        """As a sentence."""
        if not self.has_key:
            return "There is no key on this server (AKISMET_API_KEY), so nothing is sent to anybody."
        words = {"valid": "Akismet takes the key.", "invalid": "Akismet refuses the key."}
        return words.get(self.status.key_state, "There is a key; Akismet has not been asked yet whether it is good.")


def read_report() -> AkismetReport:
    """Read everything anew; nobody is asked."""
    status = read_status()
    sites = CommentSettings.objects.filter(use_akismet=True).select_related("site")
    is_paused = status.faults_in_a_row >= FAULTS_OPEN and status.paused_until is not None
    return AkismetReport(
        has_key=bool(settings.AKISMET_API_KEY),
        trouble=trouble(),
        status=status,
        sites=[str(one.site) for one in sites],
        is_paused=is_paused,
        counts=_count(),
    )


def may_look(user: Any) -> bool:
    """Whether this person keeps the rules of the comments."""
    return bool(user.has_perm(RIGHT))


@require_http_methods(["GET", "HEAD", "POST"])
def akismet_page(request: HttpRequest) -> HttpResponse:
    """GET shows; POST with `do` = "verify" or "again" rings a worker, which asks. Raises PermissionDenied."""
    if not may_look(request.user):
        raise PermissionDenied
    if request.method == "POST":
        _ring(request)
        return HttpResponseRedirect(reverse("akismet_status"))
    context = {
        "page_title": "Akismet",
        "header_icon": "comment",
        "breadcrumbs_items": [],
        "report": read_report(),
        "may_ask": bool(settings.AKISMET_API_KEY),
    }
    return TemplateResponse(request, "blog/admin/akismet.html", context)


def addresses() -> list[URLPattern]:
    """Below /admin/."""
    return [path("akismet/", akismet_page, name="akismet_status")]


def _ring(request: HttpRequest) -> None:
    from blog.tasks import sweep_akismet, verify_akismet_key  # noqa: PLC0415 - the worker's own imports

    if not settings.AKISMET_API_KEY:
        messages.error(request, "There is no key on this server: set AKISMET_API_KEY first.")
        return
    bells = [verify_akismet_key]
    if request.POST.get("do") == "again":
        forget_trouble()
        bells.append(sweep_akismet)
    for bell in bells:
        transaction.on_commit(bell.delay, robust=True)
    messages.success(request, "A worker asks Akismet now. Look at this page again in a moment.")


def _count() -> dict[str, int]:
    since = timezone.now() - COUNTED
    answered = Q(state=AkismetCheck.State.ANSWERED, answered_at__gt=since)
    Answer = AkismetCheck.Answer  # noqa: N806 - a class
    counts: dict[str, int] = AkismetCheck.objects.aggregate(
        waiting=Count("pk", filter=Q(state=AkismetCheck.State.WAITING)),
        ham=Count("pk", filter=answered & Q(answer=Answer.HAM)),
        spam=Count("pk", filter=answered & Q(answer__in=[Answer.SPAM, Answer.DISCARD])),
        given_up=Count("pk", filter=Q(state=AkismetCheck.State.GIVEN_UP, created_at__gt=since)),
    )
    told = AkismetFeedback.objects.filter(state=AkismetFeedback.State.DONE, created_at__gt=since)
    return {**counts, "told": told.count()}
