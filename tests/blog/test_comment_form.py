"""A reader writes under an article."""

import re
import threading
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from blog.commenting.forms import CommentForm
from blog.commenting.links import make_status_token, status_path
from blog.commenting.text import show_text
from blog.models import Comment
from guard.forms import make_token
from tests.factories import ArticlePageFactory, AuthorPageFactory, CommentFactory

pytestmark = pytest.mark.django_db


class Active(HTMLParser):
    """Collects tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def typed(**changes: str) -> dict[str, str]:
    """What a browser sends."""
    words = {"text": "It helped me to walk a little every day.", "name": "Eileen M.", "email": "eileen@example.org"}
    return {**words, "website": "", "form_token": make_token("comment"), **changes}


def post(client: Client, article: Any, **changes: str) -> Any:
    return client.post(reverse("blog:post_comment", args=[article.pk]), typed(**changes))


@pytest.fixture
def article(db: None) -> Any:
    return ArticlePageFactory()


def test_a_comment_is_kept_as_pending_and_its_writer_sees_that_it_waits(client: Client, article: Any) -> None:
    answer = post(client, article)
    comment = Comment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, status_path(comment))
    assert (comment.state, comment.text, comment.author_name) == ("pending", typed()["text"], "Eileen M.")
    assert comment.ip == "127.0.0.1"
    page = client.get(answer["Location"])
    assert "Waiting for a moderator" in page.text
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]
    assert not client.cookies
    assert comment.text not in client.get(article.url).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": ""}, "Write your comment"),
        ({"text": " \n\t\u200b\u202e\u0301"}, "Write your comment"),
        ({"text": "a" * 8001}, "Shorten your comment: it has 8001 characters"),
        ({"name": "  "}, "Enter a name to show"),
        ({"name": "n" * 81}, "Shorten the name"),
        ({"email": "eileen.example.org"}, "Check the email address: it has no @ sign"),
        ({"email": "eileen@"}, "Enter an email address, such as"),
        ({"email": f"{'e' * 250}@example.org"}, "Check the email address: it is too long"),
        ({"form_token": "forged"}, "This page was open for a long time"),
        ({"parent": "99999999999999999999"}, "The comment that you were answering is gone"),
    ],
)
def test_a_mistake_is_named_and_everything_typed_is_kept(
    client: Client, article: Any, changes: dict[str, str], words: str
) -> None:
    answer = post(client, article, **changes)
    assert answer.status_code == 422
    assert answer["Cache-Control"] == "no-store"
    page = unescape(answer.text)
    assert re.search(r"<title>\s*Error: ", page)
    assert "One thing needs your attention" in page
    assert words in page
    sent = typed(**changes)
    assert sent["email"] in page
    assert sent["name"] in page
    assert sent["text"].strip() in page
    assert Comment.objects.count() == 0


def test_several_mistakes_are_listed_with_links_to_their_fields(client: Client, article: Any) -> None:
    page = post(client, article, text="", email="nobody").text
    assert "Two things need your attention" in page
    assert 'href="#comment-text"' in page
    assert 'aria-describedby="comment-email_helptext comment-email_error"' in page
    assert page.count('aria-invalid="true"') == 2


def test_the_form_sent_again_after_a_late_token_is_taken(client: Client, article: Any) -> None:
    page = post(client, article, form_token="old").text.split('id="comment-form"')[1]
    token = unescape(re.search(r'name="form_token" value="([^"]+)"', page)[1])
    assert post(client, article, form_token=token).status_code == 303


def test_a_robot_gets_the_same_answer_and_leaves_a_row(client: Client, article: Any) -> None:
    answer = post(client, article, website="https://pills.example")
    comment = Comment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, status_path(comment))
    assert [reason["code"] for reason in comment.reasons] == ["trap"]


def test_a_double_click_makes_one_comment(client: Client, article: Any) -> None:
    first, second = post(client, article), post(client, article, email="Eileen@example.org")
    assert first["Location"] == second["Location"]
    assert Comment.objects.count() == 1
    post(client, article, text="Something else.", email="third@example.org")
    post(client, article, email="other@example.org")
    assert Comment.objects.count() == 3


def test_a_closed_article_gives_the_words_back(client: Client) -> None:
    article = ArticlePageFactory(comments_mode="closed")
    answer = post(client, article)
    assert answer.status_code == 409
    assert typed()["text"] in answer.text
    assert "are closed" in answer.text
    assert Comment.objects.count() == 0


def test_an_unpublished_article_takes_no_comment_and_a_draft_is_not_betrayed(client: Client) -> None:
    gone = ArticlePageFactory(title="Once here", live=False)
    answer = post(client, gone)
    assert answer.status_code == 409
    assert "Once here" not in answer.text
    draft = ArticlePageFactory(live=False, first_published_at=None)
    assert post(client, draft).status_code == 404
    assert client.get(reverse("blog:post_comment", args=[gone.pk])).status_code == 404
    for key in (987654, 10**24):
        assert client.post(reverse("blog:post_comment", args=[key]), typed()).status_code == 404


def test_looking_at_the_form_address_leads_to_the_form(client: Client, article: Any) -> None:
    answer = client.get(reverse("blog:post_comment", args=[article.pk]))
    assert answer["Location"].endswith("#comment-form")


def test_another_site_cannot_post(client: Client, article: Any) -> None:
    address = reverse("blog:post_comment", args=[article.pk])
    answer = client.post(address, typed(), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert Comment.objects.count() == 0


def test_a_reply_to_a_reply_joins_the_same_level(client: Client, article: Any) -> None:
    first = CommentFactory(article=article)
    reply = CommentFactory(article=article, parent=first)
    assert post(client, article, parent=str(reply.pk)).status_code == 303
    assert Comment.objects.get(state="pending").parent == first


def test_only_a_visible_comment_of_the_same_article_can_be_answered(client: Client, article: Any) -> None:
    held = CommentFactory(article=article, state="held")
    elsewhere = CommentFactory()
    for parent in (held, elsewhere):
        answer = post(client, article, parent=str(parent.pk))
        assert answer.status_code == 422
        # Sent once more it is a comment of its own: the form has let go of what is gone.
        assert 'name="parent"' not in answer.text
    assert Comment.objects.filter(state="pending").count() == 0


def test_the_reply_link_names_whom_it_answers(client: Client, article: Any) -> None:
    first = CommentFactory(article=article, author_name="Dilip")
    page = client.get(f"{article.url}?reply={first.pk}").text
    assert "You are replying to <b>Dilip</b>" in page
    assert f'name="parent" value="{first.pk}"' in page
    assert "You are replying" not in client.get(f"{article.url}?reply=%00'--").text


def test_the_reply_links_lead_to_the_article_also_from_a_form_with_mistakes(client: Client, article: Any) -> None:
    first = CommentFactory(article=article)
    link = f'href="{article.url}?reply={first.pk}#comment-form"'
    assert link in client.get(article.url).text
    assert link in post(client, article, text="").text


def test_the_thread_shows_what_is_published_and_no_addresses(client: Client, article: Any) -> None:
    author = AuthorPageFactory(title="Dr Anouk Sorrel", is_reviewer=True)
    first = CommentFactory(article=article, text="One\n\nTwo\nThree", email="secret@example.org", ip="203.0.113.9")
    CommentFactory(article=article, parent=first, text="From the clinic.", staff=author, author_name="Dr Anouk Sorrel")
    taken_away = CommentFactory(article=article, state="refused", text="Never seen.")
    CommentFactory(article=article, parent=taken_away, text="An answer that stays.")
    for state in ("pending", "held", "spam", "withdrawn"):
        CommentFactory(article=article, state=state, text="Never seen.")
    page = client.get(article.url).text
    assert "<p>One</p><p>Two<br>Three</p>" in page
    assert "Reviewer" in page
    assert "An answer that stays." in page
    assert "A comment was taken away here." in page
    assert f'id="comment-{first.pk}"' in page
    assert '<span class="num">(3)</span>' in page
    for secret in ("Never seen.", "secret@example.org", "203.0.113.9"):
        assert secret not in page


def test_an_article_without_comments_says_so(client: Client, article: Any) -> None:
    assert "Nobody has written yet" in client.get(article.url).text
    closed = client.get(ArticlePageFactory(comments_mode="closed").url).text
    assert "Comments on this article are closed." in closed
    assert "comment-form" not in closed


def test_a_longer_thread_costs_no_more_queries(
    client: Client, article: Any, django_assert_max_num_queries: Any
) -> None:
    def count() -> int:
        client.get(article.url)
        with django_assert_max_num_queries(200) as queries:
            client.get(article.url)
        return len(queries)

    person = AuthorPageFactory()
    CommentFactory(article=article, staff=person)
    few = count()
    for _ in range(10):
        CommentFactory(article=article, parent=CommentFactory(article=article, staff=person))
    assert count() == few


def parse(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Active()
    parser.feed(page)
    return parser.seen


def test_a_bare_address_becomes_a_link_that_gives_no_credit() -> None:
    html = show_text("See https://nhs.example/pain_(chronic)?a=1&b=2, or (http://x.example). ftp://x.example/y")
    assert '<a href="https://nhs.example/pain_(chronic)?a=1&amp;b=2" rel="ugc nofollow noopener">' in html
    assert '<a href="http://x.example" rel="ugc nofollow noopener">http://x.example</a>).' in html
    assert html.count("<a ") == 2


@given(st.text())
@hypothesis_settings(max_examples=200, deadline=None)
def test_shown_text_holds_only_paragraphs_breaks_and_web_links(text: str) -> None:
    for tag, attrs in parse(show_text(text)):
        assert tag in {"p", "br", "a"}
        if tag == "a":
            assert re.match(r"https?://", attrs["href"] or "", re.IGNORECASE)
            assert attrs["rel"] == "ugc nofollow noopener"


@given(text=st.text(), name=st.text(), email=st.text(), parent=st.text(), website=st.text())
@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_input_breaks_the_form(article: Any, **sent: str) -> None:
    form = CommentForm({**typed(), **sent}, article=article)
    if form.is_valid():
        assert form.cleaned_data["text"].strip()
        assert "\n" not in form.cleaned_data["name"]
        assert len(form.cleaned_data["text"]) <= 8000
    else:
        assert form.error_list
        assert all(words for _, words in form.error_list)


def test_a_status_address_cannot_be_guessed(client: Client, article: Any) -> None:
    comment = CommentFactory(article=article)
    token = make_status_token(comment)
    for forged in (f"{comment.pk + 1}{token[len(str(comment.pk)) :]}", f"{comment.pk}", "x", f"{token}x", "9" * 40):
        assert client.get(reverse("blog:comment_status", args=[forged])).status_code == 404


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("pending", "Waiting for a moderator"),
        ("held", "Waiting for a moderator"),
        ("spam", "Waiting for a moderator"),
        ("published", "Your comment is published"),
        ("refused", "It gives away personal details"),
        ("withdrawn", "You took your comment back"),
    ],
)
def test_the_status_page_says_what_became_of_the_comment(client: Client, article: Any, state: str, words: str) -> None:
    comment = CommentFactory(article=article, state=state, refusal_reason="It gives away personal details.")
    page = client.get(status_path(comment)).text
    assert words in page
    assert ("personal details" in page) == (state == "refused")


def test_a_writer_takes_a_comment_back(client: Client, article: Any) -> None:
    comment = CommentFactory(article=article, text="I regret this.")
    address = reverse("blog:take_back_comment", args=[make_status_token(comment)])
    assert client.get(address).status_code == 405
    page = client.get(status_path(comment)).text
    assert page.index("<details") < page.index("Take my comment back") < page.index("Yes, take it back")
    assert client.post(address).status_code == 303
    assert client.post(address).status_code == 303
    comment.refresh_from_db()
    assert comment.state == "withdrawn"
    assert "I regret this." not in client.get(article.url).text
    page = client.get(status_path(comment)).text
    assert "<details" not in page.partition("<main")[2].partition("</main")[0]
    assert "We keep your words" in page
    assert f'href="{article.url}">Back to the article' in page


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_twenty_at_once_make_twenty_rows() -> None:
    article = ArticlePageFactory()
    codes: list[int] = []

    def write(number: int) -> None:
        try:
            codes.append(post(Client(), article, text=f"Comment {number}", email=f"r{number}@example.org").status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [303] * 20
    assert Comment.objects.filter(article=article).values("text").distinct().count() == 20
