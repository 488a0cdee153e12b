"""A reader opens an article."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from blog.models import ArticlePage, Contribution, Credential, Reference
from blog.reading import lay_out, related_to
from tests.factories import ArticlePageFactory, AuthorPageFactory, ReviewFactory, TopicFactory

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert("x")</script>"&'


def read(client: Client, article: ArticlePage) -> str:
    response = client.get(f"/articles/{article.slug}/")
    assert response.status_code == 200
    return response.content.decode()


def test_an_article_shows_its_title_deck_words_and_author(client: Client) -> None:
    html = read(client, ArticlePageFactory(title="Cold mornings", by=AuthorPageFactory(title="Ann Lark")))
    assert "<h1>Cold mornings</h1>" in html
    assert "What it is about." in html
    assert '<p class="first">First words.</p>' in html
    assert "More words." in html
    assert "<p>Writes about ordinary days.</p>" in html
    assert "Ann Lark" in html


def test_only_the_opening_paragraph_is_set_large(client: Client) -> None:
    assert read(client, ArticlePageFactory()).count('class="first"') == 1


def test_hostile_words_are_shown_as_words(client: Client) -> None:
    author = AuthorPageFactory(title=HOSTILE, role=HOSTILE)
    body = [("heading", HOSTILE), ("callout", {"style": "tip", "title": HOSTILE, "text": "<p>Fine.</p>"})]
    body += [("quote", {"text": HOSTILE, "source": HOSTILE})]
    article = ArticlePageFactory(title=HOSTILE, deck=HOSTILE, key_points=HOSTILE, by=author, body=body)
    Reference.objects.create(article=article, text=HOSTILE)
    html = read(client, article)
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;") >= 8


def test_an_article_without_a_review_says_so_and_names_no_reviewer(client: Client) -> None:
    html = read(client, ArticlePageFactory())
    assert "Not medically reviewed" in html
    assert "Medically reviewed by" not in html


def test_a_reviewed_article_names_the_reviewer_the_day_and_the_next_one(client: Client) -> None:
    review = ReviewFactory()
    html = read(client, review.article)
    assert "Dr Ada Moss" in html
    assert review.credential in html
    assert f"Due again by {review.due_on:%B %Y}" in html
    assert "Not medically reviewed" not in html
    assert "waiting to be checked again" not in html


def test_the_newest_review_counts(client: Client) -> None:
    article = ArticlePageFactory()
    old = timezone.localdate() - timedelta(days=800)
    ReviewFactory(article=article, reviewed_on=old, due_on=old + timedelta(days=365))
    ReviewFactory(article=article, reviewer=AuthorPageFactory(title="Dr Bell", is_reviewer=True))
    html = read(client, article)
    assert "Dr Bell" in html
    assert "Dr Ada Moss" not in html
    assert "waiting to be checked again" not in html


def test_an_overdue_review_is_admitted_under_the_deck(client: Client) -> None:
    day = timezone.localdate() - timedelta(days=400)
    html = read(client, ReviewFactory(reviewed_on=day, due_on=day + timedelta(days=365)).article)
    assert "This article is waiting to be checked again" in html
    assert html.index("waiting to be checked again") < html.index('<dl class="record">')
    assert "Was due again by" in html


def test_several_authors_and_helpers_are_all_named(client: Client) -> None:
    article = ArticlePageFactory(by=AuthorPageFactory(title="Ann Lark"))
    second, checker, editor = (AuthorPageFactory(title=name) for name in ("Ben Rook", "Cy Wren", "Di Teal"))
    for order, (person, role) in enumerate([(second, "wrote"), (checker, "checked"), (editor, "edited")], start=1):
        Contribution.objects.create(article=article, author=person, role=role, sort_order=order)
    html = read(client, article)
    assert 'id="author"' in html
    assert 'id="author-2"' in html
    assert 'href="#author-2">Ben Rook' in html
    assert re.search(r"Facts checked by</dt>\s*<dd><a [^>]*>Cy Wren", html)
    assert re.search(r"Edited by</dt>\s*<dd><a [^>]*>Di Teal", html)
    assert html.count("About the author: ") == 2


def test_a_mark_becomes_a_link_only_where_the_source_exists(client: Client) -> None:
    body = [("text", '<p>So it is [2], they say.[7] <a href="https://example.org/?a[1]=b">see [1]</a></p>')]
    article = ArticlePageFactory(body=body)
    Reference.objects.create(article=article, text="One", url="https://example.org/one", sort_order=1)
    Reference.objects.create(article=article, text="Two", pmid="123", sort_order=2)
    html = read(client, article)
    assert (
        'So it is<sup><a class="ref" id="cite-2-1" href="#ref-2" aria-label="Source 2">2</a></sup>, they say.[7]'
        in html
    )
    assert 'href="https://example.org/?a[1]=b">see [1]</a>' in html
    assert re.search(r'<li id="ref-2">\s*<span>Two <a href="https://pubmed.ncbi.nlm.nih.gov/123/">', html)
    assert 'id="ref-3"' not in html


def test_contents_appear_from_three_headings_on(client: Client) -> None:
    three = [("heading", title) for title in ("One", "Two", "Three")]
    assert "On this page" in read(client, ArticlePageFactory(body=three))
    assert "On this page" not in read(client, ArticlePageFactory(body=three[:2]))


def test_every_heading_has_an_id_of_its_own() -> None:
    titles = ("Sources", "Pain", "Pain", "???", "ref-1", "main")
    article = ArticlePageFactory.build(body=[("heading", title) for title in titles])
    anchors = [part.anchor for part in lay_out(article.body)]
    assert anchors[1:4] == ["pain", "pain-2", "part"]
    assert len(set(anchors)) == len(titles)
    assert not {"sources", "main", "ref-1"} & set(anchors)


def test_no_id_stands_twice_on_a_page(client: Client) -> None:
    body = [("heading", title) for title in ("Comments", "Comments", "Author", "Sources", "Key")]
    article = ArticlePageFactory(body=body, key_points="One.\nTwo.")
    Reference.objects.create(article=article, text="One")
    ids = re.findall(r'\bid="([^"]+)"', read(client, article))
    assert sorted(ids) == sorted(set(ids))


def test_reading_time_is_words_by_180_rounded_up() -> None:
    def minutes(words: int) -> int:
        return ArticlePageFactory.build(body=[("text", f"<p>{'word ' * words}</p>")]).reading_minutes

    assert [minutes(0), minutes(180), minutes(181), minutes(900)] == [1, 1, 2, 5]


def test_read_next_prefers_the_topic_and_then_shared_tags() -> None:
    article, far, tagged, same = (ArticlePageFactory(title=title) for title in ("It", "Far", "Tagged", "Same"))
    for page in (article, tagged):
        page.tags.add("balance")
        page.save()
    ArticlePage.objects.filter(pk=same.pk).update(topic=article.topic)
    found = list(related_to(article))
    assert found == [same, tagged]
    assert far not in found


def test_an_article_that_was_never_published_is_not_found_and_not_related(client: Client) -> None:
    topic = TopicFactory()
    article = ArticlePageFactory(topic=topic)
    draft = ArticlePageFactory(topic=topic, live=False, title="Not yet", first_published_at=None)
    assert client.get(f"/articles/{draft.slug}/").status_code == 404
    assert "Not yet" not in read(client, article)


def test_the_list_of_all_articles_shows_the_dates_it_is_ordered_by(client: Client) -> None:
    day = timezone.localdate() - timedelta(days=40)
    article = ReviewFactory(reviewed_on=day, due_on=day + timedelta(days=365)).article
    html = client.get("/articles/").content.decode()
    assert article.title in html
    assert f'Published <time datetime="{timezone.localdate(article.first_published_at)}">' in html
    assert "Reviewed <time" not in html


def test_an_author_page_says_what_interests_are_declared_or_that_nobody_stated_any(client: Client) -> None:
    quiet, busy = AuthorPageFactory(), AuthorPageFactory(interests="Paid by Acme in 2025", is_reviewer=True)
    Credential.objects.create(author=busy, degree="MB BS", body="A register", number="123", year=1999)
    assert "Not stated" in client.get(f"/authors/{quiet.slug}/").content.decode()
    html = client.get(f"/authors/{busy.slug}/").content.decode()
    assert "Paid by Acme in 2025" in html
    assert "Not stated" not in html
    assert "MB BS, 1999. A register, number 123" in html


def test_an_author_page_lists_what_the_person_wrote_and_not_what_was_only_checked(client: Client) -> None:
    person = AuthorPageFactory()
    wrote, checked = ArticlePageFactory(title="Written", by=person), ArticlePageFactory(title="Only checked")
    Contribution.objects.create(article=checked, author=person, role="checked")
    html = client.get(f"/authors/{person.slug}/").content.decode()
    assert wrote.title in html
    assert checked.title not in html


def test_an_article_asks_few_queries_however_much_hangs_on_it(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    article = ReviewFactory(article=ArticlePageFactory()).article
    for number in range(6):
        Contribution.objects.create(article=article, author=AuthorPageFactory(), sort_order=number + 1)
        Reference.objects.create(article=article, text=f"Source {number}")
        ReviewFactory(article=ArticlePageFactory(topic=article.topic))
    read(client, article)  # content types and site roots are remembered from now on
    with django_assert_max_num_queries(26):
        read(client, article)


def test_a_page_that_was_never_saved_can_be_previewed(client: Client, editor: Any) -> None:
    page = ArticlePage(title="Draft", slug="draft", body=[("text", "<p>Words.</p>")])
    response = page.make_preview_request()
    assert response.status_code == 200
    assert "Words." in response.render().content.decode()
