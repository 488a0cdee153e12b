"""Writing to those who got a mistake: from the dispatch of an issue, or from the article that was put right."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from blog.models import ArticlePage, Correction
from newsletter.actions.correcting import issues_with, write_correction
from newsletter.errors import NotAllowed
from newsletter.models import IssuePage
from newsletter.reporting.heads import head
from newsletter.rights import may_send


@require_POST
def correct_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the mail and open it; a second press opens the same one."""
    issue = get_object_or_404(IssuePage, pk=pk)
    if not may_send(request.user) or not issue.get_parent().permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied
    key = request.POST.get("correction", "")
    told = get_object_or_404(Correction, pk=key) if key.isdecimal() else None
    try:
        draft = write_correction(issue, correction=told, by=request.user)
    except NotAllowed as error:
        messages.error(request, str(error))
        return (
            redirect("newsletter_article_corrections", told.article_id) if told else redirect("newsletter_dispatches")
        )
    if dispatch := draft.current_dispatch:
        messages.warning(request, "This correction was sent already: here is what became of it.")
        return redirect("newsletter_dispatch", dispatch.pk)
    messages.success(request, f"It goes to those alone who got {issue.label.lower()}. Publish it, then send it.")
    return redirect("wagtailadmin_pages:edit", draft.pk)


@require_safe
def list_corrections(request: HttpRequest, pk: int) -> HttpResponse:
    """The corrections of an article, and the issues in which readers got it as it was."""
    article = get_object_or_404(ArticlePage, pk=pk)
    if not may_send(request.user):
        raise PermissionDenied
    issues = issues_with(article)
    drafts = IssuePage.objects.filter(corrects__in=issues).exclude(correction=None)
    known = {(draft.corrects_id, draft.correction_id): draft for draft in drafts.prefetch_related("dispatches")}
    rows = [
        (told, [(issue, known.get((issue.pk, told.pk))) for issue in issues])
        for told in article.corrections.order_by("-corrected_on", "-pk")
    ]
    context = {**head(f"Corrections of “{article.title}”"), "article": article, "rows": rows, "issues": issues}
    return render(request, "newsletter/admin/article_corrections.html", context)
