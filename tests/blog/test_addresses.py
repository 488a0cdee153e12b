"""Old addresses lead on, keep their query, never run in a circle; what was taken down says so."""

from typing import Any

import pytest
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from blog.models import ArticleIndexPage, ArticlePage, AuthorPage, Topic
from home.models import HomePage, StandardPage
from tests.factories import ArticlePageFactory, AuthorPageFactory, IssuePageFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def commits_at_once(django_capture_on_commit_callbacks: Any) -> Any:
    """Wagtail makes its redirects after the commit."""
    return django_capture_on_commit_callbacks


def rename(page: Any, slug: str, capture: Any) -> Any:
    page = page.specific_class.objects.get(pk=page.pk)
    page.slug = slug
    with capture(execute=True):
        page.save_revision().publish()
    return page.specific_class.objects.get(pk=page.pk)


def leads_to(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 301, answer.status_code
    return answer["Location"]


@pytest.mark.parametrize("factory", [ArticlePageFactory, AuthorPageFactory, IssuePageFactory])
def test_a_new_slug_leaves_a_permanent_redirect(client: Any, factory: Any, commits_at_once: Any) -> None:
    page = factory(slug="old-name") if factory is not IssuePageFactory else factory(slug="old-name", number=99)
    old = page.url
    new = rename(page, "new-name", commits_at_once).url
    assert leads_to(client, old) == new != old
    assert client.get(new).status_code == 200


def test_the_query_is_kept(client: Any, commits_at_once: Any) -> None:
    article = ArticlePageFactory(slug="old-name")
    rename(article, "new-name", commits_at_once)
    assert leads_to(client, "/articles/old-name/?page=2&ref=a%26b") == "/articles/new-name/?page=2&ref=a%26b"


def test_a_query_that_the_redirect_is_about_is_used_up(client: Any) -> None:
    article = ArticlePageFactory()
    Redirect.add_redirect("/index.php?p=123", article)
    assert leads_to(client, "/index.php?p=123") == article.url


def test_earlier_addresses_lead_to_the_last_one_in_one_step(client: Any, commits_at_once: Any) -> None:
    article = ArticlePageFactory(slug="one")
    rename(rename(article, "two", commits_at_once), "three", commits_at_once)
    assert leads_to(client, "/articles/one/") == "/articles/three/"
    assert leads_to(client, "/articles/two/") == "/articles/three/"


def test_changing_back_leaves_no_circle(client: Any, commits_at_once: Any) -> None:
    article = ArticlePageFactory(slug="one")
    back = rename(rename(article, "two", commits_at_once), "one", commits_at_once)
    assert client.get("/articles/one/").status_code == 200
    assert leads_to(client, "/articles/two/") == "/articles/one/"
    assert not Redirect.objects.filter(old_path="/articles/one").exists()
    back.unpublish()
    assert client.get("/articles/one/").status_code == 410
    assert client.get("/articles/two/").status_code == 404


def test_moving_a_page_takes_its_children_and_links_entered_by_hand_along(client: Any, home: HomePage) -> None:
    about = home.add_child(instance=StandardPage(title="About us", slug="about-us"))
    team = home.add_child(instance=StandardPage(title="Team", slug="team"))
    team.add_child(instance=StandardPage(title="Desk", slug="desk"))
    Redirect.objects.create(old_path="/people", redirect_link="/team/")
    team.refresh_from_db()
    team.move(about, pos="last-child")
    assert leads_to(client, "/team/") == "/about-us/team/"
    assert leads_to(client, "/team/desk/") == "/about-us/team/desk/"
    assert leads_to(client, "/people/") == "/about-us/team/"
    StandardPage.objects.get(pk=team.pk).move(home, pos="last-child")
    assert client.get("/team/desk/").status_code == 200
    assert leads_to(client, "/about-us/team/desk/") == "/team/desk/"
    assert not Redirect.objects.filter(old_path__startswith="/team").exists()


def test_topics_keep_their_old_addresses_too(client: Any) -> None:
    topic = TopicFactory(slug="sleep")
    for slug in ("nights", "rest"):
        topic.slug = slug
        topic.save()
    assert leads_to(client, "/topics/sleep/?tag=a") == "/topics/rest/?tag=a"
    assert leads_to(client, "/topics/nights/") == "/topics/rest/"
    assert leads_to(client, "/topics/sleep/feed/") == "/topics/rest/feed/"
    topic.slug = "sleep"
    topic.save()
    assert client.get("/topics/sleep/").status_code == 200
    assert leads_to(client, "/topics/rest/") == "/topics/sleep/"
    assert Topic.objects.filter(slug="sleep").exists()


def test_the_feed_of_a_person_moves_along(client: Any, commits_at_once: Any) -> None:
    rename(AuthorPageFactory(slug="old-name"), "new-name", commits_at_once)
    assert leads_to(client, "/authors/old-name/feed.json") == "/authors/new-name/feed.json"


def test_a_redirect_to_a_page_that_nobody_may_see_leads_nowhere(client: Any, commits_at_once: Any) -> None:
    article = rename(ArticlePageFactory(slug="one"), "two", commits_at_once)
    article.unpublish()
    assert client.get("/articles/one/").status_code == 404


def test_an_article_that_was_taken_down_is_gone_and_names_what_replaced_it(client: Any) -> None:
    article = ArticlePageFactory(slug="old-advice")
    ArticlePage.objects.get(pk=article.pk).unpublish()
    bare = client.get("/articles/old-advice/")
    assert bare.status_code == 410
    assert "has been taken down" in bare.content.decode()
    newer = ArticlePageFactory(title="Newer <advice>")
    Redirect.add_redirect("/articles/old-advice/", newer, site=Site.objects.get())
    named = client.get("/articles/old-advice/")
    assert named.status_code == 410
    assert f'<a href="{newer.url}">Newer &lt;advice&gt;</a>' in named.content.decode()


def test_a_deleted_article_with_a_redirect_leads_on_and_a_draft_is_simply_not_found(client: Any) -> None:
    newer = ArticlePageFactory()
    Redirect.add_redirect("/articles/deleted/", newer)
    assert leads_to(client, "/articles/deleted/") == newer.url
    ArticleIndexPage.objects.get().add_child(
        instance=ArticlePage(title="D", slug="draft", live=False, topic=newer.topic)
    )
    assert client.get("/articles/draft/").status_code == 404


def test_the_canonical_address_is_where_the_text_stood_first_else_its_own(client: Any) -> None:
    own, elsewhere = ArticlePageFactory(), ArticlePageFactory(canonical_url="https://first.example/text")
    assert f'<link rel="canonical" href="{own.full_url}">' in " ".join(client.get(own.url).content.decode().split())
    text = client.get(elsewhere.url).content.decode()
    assert '<link rel="canonical" href="https://first.example/text">' in text
    assert f'<meta property="og:url" content="{elsewhere.full_url}">' in text


def test_each_page_of_a_list_is_its_own_canonical_and_a_preview_has_none(client: Any, editor: Any) -> None:
    ArticlePageFactory.create_batch(13)
    assert '/articles/?page=2">' in client.get("/articles/?page=2").content.decode()
    assert '/articles/">' in client.get("/articles/?page=1&utm_source=x").content.decode()
    client.force_login(editor)
    article = ArticlePage.objects.first()
    preview = client.get(f"/admin/pages/{article.pk}/view_draft/").content.decode()
    assert 'rel="canonical"' not in preview
    assert "og:image" not in preview
    assert AuthorPage.objects.exists()
