"""What a reader who comments meets: the answers of the form, and the lasting address of a comment."""

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from blog.actions.submitting import submit_comment
from blog.commenting.danger import sounds_like_danger
from blog.commenting.forms import CommentForm
from blog.commenting.links import status_path
from blog.commenting.notice import closed_words
from blog.commenting.privacy import private
from blog.commenting.proof_cookie import is_proven
from blog.commenting.rules import takes_comments
from blog.errors import AnsweredIsGoneError, CommentsClosedError, PersonalDataError, TooManyCommentsError
from blog.models import ArticlePage, Comment
from guard.client import client_address
from guard.origin import same_origin_only

OK, CONFLICT, TOO_LARGE, UNPROCESSABLE, TOO_MANY, SEE_OTHER = 200, 409, 413, 422, 429, 303


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def post_comment(request: HttpRequest, article_id: int) -> HttpResponse:
    """Take a comment on an article: 303 to its state page; or the article with everything kept in the form.

    200: the preview that was asked for. 422: what is wrong, or a question about personal data. 429: too many lately.
    Where the article takes none, 409 with the words.
    """
    once_public = ArticlePage.objects.public().filter(first_published_at__isnull=False)
    article = get_object_or_404(once_public, page_ptr__id=article_id)  # the key itself overflows on SQLite
    if request.method != "POST":
        if not article.live:
            raise Http404
        return HttpResponseRedirect(f"{article.url}#comment-form")
    try:
        form = CommentForm(request.POST, article=article)
    except RequestDataTooBig:
        return private(TemplateResponse(request, "blog/comment_too_large.html", {"article": article}, status=TOO_LARGE))
    if not takes_comments(article):
        return _sorry(request, form)
    return _preview(request, form) if "preview" in request.POST else _take(request, form)


def _preview(request: HttpRequest, form: CommentForm) -> HttpResponse:
    """Nothing is kept of it here."""
    form.show_preview()
    if form.preview is None:
        return _show(request, form, "blog/comment_errors.html", UNPROCESSABLE)
    return _show(request, form, "blog/comment_preview.html", OK)


def _take(request: HttpRequest, form: CommentForm) -> HttpResponse:
    if not form.is_valid():
        return _show(request, form, "blog/comment_errors.html", UNPROCESSABLE)
    try:
        comment = _submit(request, form)
    except PersonalDataError as error:
        form.ask_about(error.found)  # no success, since nothing was kept: a program must not take it for one
        return _show(request, form, "blog/comment_question.html", UNPROCESSABLE)
    except TooManyCommentsError as error:
        form.add_error(None, str(error))
        answer = _show(request, form, "blog/comment_too_many.html", TOO_MANY)
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    except CommentsClosedError:
        return _sorry(request, form)
    except AnsweredIsGoneError as error:  # in this moment
        form.reply_to = None
        form.add_error(None, str(error))
        return _show(request, form, "blog/comment_errors.html", UNPROCESSABLE)
    return private(HttpResponseRedirect(status_path(comment), status=SEE_OTHER))


def _submit(request: HttpRequest, form: CommentForm) -> Comment:
    return submit_comment(
        form.article,
        text=form.cleaned_data["text"],
        name=form.cleaned_data["name"],
        email=form.cleaned_data["email"],
        answers=form.reply_to,
        wants_replies=form.cleaned_data["wants_replies"],
        is_proven=is_proven(request, form.cleaned_data["email"]),
        trapped=form.is_trapped,
        asks_first="keep" not in request.POST and not form.is_trapped,
        ip=client_address(request),
        user_agent=request.headers.get("User-Agent", "").replace("\0", ""),
    )


def _show(request: HttpRequest, form: CommentForm, template: str, status: int) -> HttpResponse:
    """The article with the form as it was filled in."""
    context = form.article.get_context(request)
    context.update(comment_form=form, article_template=form.article.get_template(request))
    return _for_the_writer(TemplateResponse(request, template, context, status=status))


def _sorry(request: HttpRequest, form: CommentForm) -> HttpResponse:
    """The article takes no comments; the words are given back."""
    text = form.data.get("text", "")
    context = {"article": form.article, "text": text, "why": closed_words(form.article)}
    context["sounds_like_danger"] = sounds_like_danger(text)
    return _for_the_writer(TemplateResponse(request, "blog/comment_sorry.html", context, status=CONFLICT))


def _for_the_writer(response: HttpResponse) -> HttpResponse:
    """As private, but a form that is sent from here must say so: without a referrer older browsers send no origin."""
    response = private(response)
    response.headers["Referrer-Policy"] = "same-origin"
    return response
