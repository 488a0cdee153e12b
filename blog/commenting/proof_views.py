"""The links of the letters: proving an address, and getting no more letters. Opening one changes nothing."""

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from blog.actions.commenters import ask_for_my_comments, ask_for_proof, resume_letters, stop_letters, stop_reply_letters
from blog.actions.proving import disown_comment, prove_address
from blog.commenting.links import OwnLink, Purpose, status_path
from blog.commenting.privacy import private
from blog.commenting.proof_cookie import forget_device, proven_commenter, remember_device
from blog.commenting.token_pages import is_read, read_link, token_page
from blog.models import Comment
from guard.origin import same_origin_only

SEE_OTHER, GONE = 303, 410
_ACT = re.compile(rb'act"?[=\s]+(this|resume|mine)\b')  # as a form sends it, in one part or in many


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def prove_address_page(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the owner of a mailbox wrote a comment; each button says what it does. 410 for a late link."""
    link = read_link(Purpose.PROVE, token)
    comment = Comment.objects.filter(pk=link.comment).select_related("article", "commenter").first()
    if comment is None:
        raise Http404
    asked = "" if is_read(request) else request.POST.get("act", "")
    if comment.commenter_id != link.commenter.pk:
        return _after_disowning(request, link, asked)
    if link.is_late and not comment.proven_at:
        return _too_late(request, comment, asked)
    if asked == "disown" and not comment.proven_at:
        disown_comment(comment, commenter=link.commenter)
        return _to(request.path)
    if asked == "prove":
        prove_address(comment, commenter=link.commenter)
        return _to(request.path)
    if asked == "remember" and comment.proven_at and not link.is_late:
        response = _to(request.path)
        remember_device(response, link.commenter)
        return response
    return _prove_page(request, link, comment)


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def stop_letters_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks; POST acts at once, whoever sends it and however often. A mail program gets a plain answer."""
    link = read_link(Purpose.STOP, token)
    comment = link.commenter.comments.filter(pk=link.comment).select_related("article").first()
    if is_read(request):
        return _stop_page(request, link, comment)
    # The raw body: any content type will do, and a broken one must not keep anybody from having no letters.
    body = request.body.lower()
    if b"list-unsubscribe" in body and b"one-click" in body:
        stop_letters(link.commenter)
        return HttpResponse("You get no more letters about comments.\n", content_type="text/plain; charset=utf-8")
    act = _ACT.search(body)
    if act and act[1] == b"mine" and link.commenter.mailbox:
        ask_for_my_comments(link.commenter.mailbox, by_owner=True)
        return _to(reverse("blog:my_comments_sent"))
    if act and act[1] == b"resume":
        resume_letters(link.commenter)
    elif act and act[1] == b"this" and comment:
        stop_reply_letters(link.commenter, comment=comment.pk)
    else:
        stop_letters(link.commenter)
    return _to(request.path)


@same_origin_only
@require_POST
def forget_this_device(request: HttpRequest) -> HttpResponse:
    """Whoever sits at this device is known here no more."""
    response = TemplateResponse(request, "blog/device_forgotten.html")
    forget_device(response)
    return private(response)


def _prove_page(request: HttpRequest, link: OwnLink, comment: Comment) -> HttpResponse:
    known = proven_commenter(request)
    context = {
        "comment": comment,
        "status_path": status_path(comment),
        "is_known_here": known is not None and known.pk == link.commenter.pk,
        "may_be_remembered": not link.is_late,
        "email": comment.email,
    }
    return TemplateResponse(request, "blog/prove_address.html", context)


def _after_disowning(request: HttpRequest, link: OwnLink, asked: str) -> HttpResponse:
    if asked == "stop":
        stop_letters(link.commenter)
    if asked:
        return _to(request.path)
    context = {"email": link.commenter.mailbox, "is_stopped": link.commenter.stopped_at is not None}
    return TemplateResponse(request, "blog/comment_disowned.html", context)


def _too_late(request: HttpRequest, comment: Comment, asked: str) -> HttpResponse:
    is_sent = ask_for_proof(comment) if asked == "again" else None
    context = {"comment": comment, "is_sent": is_sent}
    return TemplateResponse(request, "blog/prove_late.html", context, status=GONE if is_sent is None else 200)


def _stop_page(request: HttpRequest, link: OwnLink, comment: Comment | None) -> HttpResponse:
    context = {
        "email": link.commenter.mailbox,
        "comment": comment,
        "is_stopped": link.commenter.stopped_at is not None,
    }
    return TemplateResponse(request, "blog/stop_letters.html", context)


def _to(path: str) -> HttpResponse:
    return HttpResponseRedirect(path, status=SEE_OTHER)
