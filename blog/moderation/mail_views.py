"""Pages that a moderator reaches from a mail: look, press one button, done; without a log-in."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from blog.actions.alerts import RIGHT
from blog.actions.comments import WAITING, Seen, hold_comment
from blog.commenting.privacy import private
from blog.errors import BlogError
from blog.models import Comment
from guard.origin import same_origin_only

from .decisions import DECISIONS
from .forms import RefusalForm
from .mail_links import DECISIONS as BY_MAIL
from .mail_links import LateLinkError, MailLink, decision_path, read_link

# The question above the comment, and the button.
WORDS = {
    "approve": ("Publish this comment?", "Publish it"),
    "refuse": ("Refuse this comment?", "Refuse it"),
    "spam": ("Is this comment spam?", "It is spam"),
}
GONE, FORBIDDEN, CONFLICT, UNPROCESSABLE = 410, 403, 409, 422


@dataclass
class Visit:
    """One request: the link, the person that it belongs to and the comment."""

    request: HttpRequest
    link: MailLink
    person: AbstractUser
    comment: Comment

    @property
    def is_changed(self) -> bool:
        """Whether the words are others than those in the mail."""
        return self.comment.version != self.link.version

    @property
    def is_own_decision(self) -> bool:
        """Whether this person has decided as the link says, so that it can be taken back here."""
        target = DECISIONS[self.link.decision].target
        return self.comment.state == target and self.comment.decided_by_id == self.person.pk


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def decide_from_mail(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the comment and a button and changes nothing; POST decides as the person whom the mail went to."""
    try:
        link = read_link(token)
    except LateLinkError as error:
        return _say(request, str(error), status=GONE)
    if link is None:
        raise Http404
    person = get_user_model()._default_manager.filter(pk=link.user, is_active=True).first()  # noqa: SLF001
    if person is None or not person.has_perm(RIGHT):
        return _say(
            request, "The account that this mail went to may not decide on comments any more.", status=FORBIDDEN
        )
    found = Comment.objects.select_related("article", "answers", "decided_by").filter(pk=link.comment).first()
    if found is None:
        return _say(request, "This comment has been deleted meanwhile.", status=GONE)
    visit = Visit(request, link, person, found)
    return _take(visit) if request.method == "POST" else _show(visit)


def _take(visit: Visit) -> HttpResponse:
    if "undo" in visit.request.POST:
        return _undo(visit)
    more: dict[str, Any] = {}
    if DECISIONS[visit.link.decision].asks_why:
        form = RefusalForm(visit.request.POST)
        if not form.is_valid():
            return _show(visit, form=form, status=UNPROCESSABLE)
        more = form.decision
    seen = Seen(Comment.State.HELD, visit.link.version, place="mail")
    try:
        DECISIONS[visit.link.decision].act(visit.comment, by=visit.person, seen=seen, **more)
    except BlogError as error:
        visit.comment.refresh_from_db()
        return _show(visit, words=str(error), status=CONFLICT)
    return _show(visit)


def _undo(visit: Visit) -> HttpResponse:
    if visit.is_own_decision:
        seen = Seen(visit.comment.state, visit.comment.version, place="mail")
        try:
            hold_comment(visit.comment, by=visit.person, seen=seen)
        except BlogError as error:
            visit.comment.refresh_from_db()
            return _show(visit, words=str(error), status=CONFLICT)
    return _show(visit)


def _show(visit: Visit, *, form: forms.Form | None = None, words: str = "", status: int = 200) -> HttpResponse:
    """The comment, what may be done with it, and the other ways."""
    comment = visit.comment
    decision = DECISIONS[visit.link.decision]
    mailed_at = visit.link.mailed_at
    paths = {name: decision_path(comment, user=visit.person.pk, decision=name, mailed_at=mailed_at) for name in BY_MAIL}
    question, press = WORDS[decision.name]
    context = {
        "comment": comment,
        "decision": decision,
        "words": words,
        "waits": comment.state in WAITING,
        "is_changed": visit.is_changed,
        "can_undo": visit.is_own_decision,
        "form": (form or RefusalForm()) if decision.asks_why else None,
        "question": question,
        "press": press,
        "again": paths[decision.name],
        "others": [(DECISIONS[name].label, path) for name, path in paths.items() if name != decision.name],
    }
    return private(TemplateResponse(visit.request, "blog/moderate/decide.html", context, status=status))


def _say(request: HttpRequest, words: str, *, status: int) -> HttpResponse:
    return private(TemplateResponse(request, "blog/moderate/no_more.html", {"words": words}, status=status))
