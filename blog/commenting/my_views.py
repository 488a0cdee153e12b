"""Everything from one mailbox, for whoever reads its letters: asked for, listed, taken along, erased."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from blog.actions.commenters import ask_for_my_comments, forget_devices
from blog.actions.own_comments import erase_commenter, export_commenter
from blog.actions.proving import prove_address
from blog.commenting.links import OwnLink, Purpose, own_url, status_path
from blog.commenting.own_forms import MyCommentsForm
from blog.commenting.privacy import private
from blog.commenting.proof_cookie import forget_device
from blog.commenting.token_pages import is_read, read_link, token_page
from blog.models import Comment
from guard.client import client_address
from guard.limits import take_network_turn
from guard.origin import same_origin_only

SEE_OTHER, GONE, UNPROCESSABLE, TOO_MANY = 303, 410, 422, 429


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def my_comments(request: HttpRequest) -> HttpResponse:
    """The form for an address. The answer is the same for every one: 303 to the page that says to look for a letter."""
    if is_read(request):
        return _form_page(request, MyCommentsForm(purpose="my-comments"))
    form = MyCommentsForm(request.POST, purpose="my-comments")
    if not form.is_valid():
        return _form_page(request, form, status=UNPROCESSABLE)
    if not form.is_trapped:
        if not take_network_turn(client_address(request) or "", kind="my comments"):
            return _form_page(request, form, status=TOO_MANY)
        ask_for_my_comments(form.cleaned_data["email"])
    return private(HttpResponseRedirect(reverse("blog:my_comments_sent"), status=SEE_OTHER))


@require_safe
def my_comments_sent(request: HttpRequest) -> HttpResponse:
    """Now look in your inbox."""
    return TemplateResponse(request, "blog/my_comments_sent.html")


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def list_my_comments(request: HttpRequest, token: str) -> HttpResponse:
    """All comments from one mailbox, and what can be done with them. POST: "yes, I wrote this"."""
    link = read_link(Purpose.MINE, token)
    if link.is_late:
        return _too_late(request)
    own = link.commenter.comments
    if not is_read(request):
        key = request.POST.get("prove", "")
        comment = own.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None  # noqa: PLR2004 - what a database key can be
        if comment:
            prove_address(comment, commenter=link.commenter)
        return HttpResponseRedirect(request.path, status=SEE_OTHER)
    rows = [(comment, status_path(comment)) for comment in own.select_related("article").order_by("-created_at")]
    context = {
        "email": link.commenter.mailbox,
        "rows": rows,
        "token": token,
        "stop_url": own_url(Purpose.STOP, link.commenter),
        "is_stopped": link.commenter.stopped_at is not None,
    }
    return TemplateResponse(request, "blog/my_comments_list.html", context)


@token_page
@require_safe
def download_my_comments(request: HttpRequest, token: str) -> HttpResponse:
    """Everything that is kept, as a JSON file."""
    link = read_link(Purpose.MINE, token)
    if link.is_late:
        return _too_late(request)
    response = JsonResponse(export_commenter(link.commenter), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="my-comments-{timezone.localdate():%Y-%m-%d}.json"'
    return response


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def erase_my_comments(request: HttpRequest, token: str) -> HttpResponse:
    """GET says what would happen; POST erases everything from that mailbox."""
    link = read_link(Purpose.MINE, token)
    if link.is_late:
        return _too_late(request)
    if is_read(request):
        return TemplateResponse(request, "blog/erase_my_comments.html", _what_there_is(link, token))
    count = erase_commenter(link.commenter)
    response = TemplateResponse(request, "blog/my_comments_erased.html", {"count": count})
    forget_device(response)
    return response


@token_page
@require_POST
def forget_my_devices(request: HttpRequest, token: str) -> HttpResponse:
    """All devices and links that stood for that mailbox are worth nothing from now on."""
    link = read_link(Purpose.MINE, token)
    if link.is_late:
        return _too_late(request)
    forget_devices(link.commenter)
    response = TemplateResponse(request, "blog/device_forgotten.html", {"all": True})
    forget_device(response)
    return response


def _form_page(request: HttpRequest, form: MyCommentsForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "is_too_many": status == TOO_MANY}
    return private(TemplateResponse(request, "blog/my_comments.html", context, status=status))


def _too_late(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "blog/my_comments_late.html", status=GONE)


def _what_there_is(link: OwnLink, token: str) -> dict[str, object]:
    answered = Comment.objects.filter(parent__commenter=link.commenter).exclude(commenter=link.commenter)
    return {
        "email": link.commenter.mailbox,
        "count": link.commenter.comments.count(),
        "answered": answered.values("parent").distinct().count(),
        "token": token,
    }
