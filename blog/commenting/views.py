"""What a reader who comments meets: the answers of the form, and the lasting address of a comment."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from blog.actions.submitting import submit_comment
from blog.commenting.forms import CommentForm
from blog.commenting.links import status_path, thread_path
from blog.commenting.privacy import private
from blog.commenting.rules import takes_comments
from blog.commenting.thread import page_of
from blog.errors import CommentsClosedError
from blog.models import ArticlePage, Comment
from guard.client import client_address
from guard.origin import same_origin_only

UNPROCESSABLE, CONFLICT, SEE_OTHER = 422, 409, 303


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def post_comment(request: HttpRequest, article_id: int) -> HttpResponse:
    """Take a comment on an article: 303 to its state page; 422 with everything kept; 409 when it takes none."""
    once_public = ArticlePage.objects.public().filter(first_published_at__isnull=False)
    article = get_object_or_404(once_public, page_ptr__id=article_id)  # the key itself overflows on SQLite
    if request.method != "POST":
        if not article.live:
            raise Http404
        return HttpResponseRedirect(f"{article.url}#comment-form")
    form = CommentForm(request.POST, article=article)
    if not takes_comments(article):
        return private(_sorry(request, form))
    if not form.is_valid():
        return private(_ask_again(request, form))
    try:
        comment = _submit(request, form)
    except CommentsClosedError:
        return private(_sorry(request, form))
    return private(HttpResponseRedirect(status_path(comment), status=SEE_OTHER))


@require_safe
def go_to_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """The lasting address of a comment: 302 to where it stands now; 404 while nobody sees it."""
    seen = Comment.objects.published().filter(article__live=True).select_related("article")
    comment = get_object_or_404(seen, pk=pk)
    return HttpResponseRedirect(thread_path(comment.article.url, page_of(comment), comment=comment.pk))


def _submit(request: HttpRequest, form: CommentForm) -> Comment:
    return submit_comment(
        form.article,
        text=form.cleaned_data["text"],
        name=form.cleaned_data["name"],
        email=form.cleaned_data["email"],
        answers=form.reply_to,
        trapped=form.is_trapped,
        ip=client_address(request),
        user_agent=request.headers.get("User-Agent", "").replace("\0", ""),
    )


def _ask_again(request: HttpRequest, form: CommentForm) -> HttpResponse:
    """The article with the form as it was filled in and what is wrong with it."""
    context = form.article.get_context(request)
    context.update(comment_form=form, article_template=form.article.get_template(request))
    return TemplateResponse(request, "blog/comment_errors.html", context, status=UNPROCESSABLE)


def _sorry(request: HttpRequest, form: CommentForm) -> HttpResponse:
    """The article takes no comments; the words are given back."""
    context = {"article": form.article, "text": form.data.get("text", "")}
    return TemplateResponse(request, "blog/comment_sorry.html", context, status=CONFLICT)
