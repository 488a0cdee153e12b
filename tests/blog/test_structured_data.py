"""A search engine reads what a page is."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from blog.commenting.thread import read_threads
from blog.models import ArticlePage, AuthorLink, Contribution, Correction, Credential, Reference
from blog.reading import read_article
from blog.structured_data import describe_article, to_script
from tests.blog.schema_org import faults_of, scripts_of
from tests.factories import (
    ArticlePageFactory,
    AuthorPageFactory,
    CommentFactory,
    IssuePageFactory,
    ReviewFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db
HOSTILE = '</script><script>alert("x")</script><!-- \u2028 & \\'


def data_of(client: Client, path: str) -> dict[str, dict[str, Any]]:
    """The pieces of a page by type; each is right by schema.org's own rules."""
    found = {}
    for data in scripts_of(client.get(path).content.decode()):
        assert faults_of(data) == []
        kinds = data["@type"] if isinstance(data["@type"], list) else [data["@type"]]
        found.update(dict.fromkeys(kinds, data))
    return found


def article_data(client: Client, page: Any) -> dict[str, Any]:
    return data_of(client, f"/articles/{page.slug}/")["Article"]


def test_a_reviewed_article_is_a_medical_page_with_its_reviewer(client: Client) -> None:
    review = ReviewFactory()
    article = article_data(client, review.article)
    assert article["@type"] == ["MedicalWebPage", "Article"]
    assert article["reviewedBy"]["name"] == "Dr Ada Moss"
    assert article["reviewedBy"]["description"] == "GP, MB BS"
    assert article["lastReviewed"] == review.reviewed_on.isoformat()
    assert article["url"] == f"http://testserver/articles/{review.article.slug}/"


def test_an_article_that_nobody_reviewed_claims_no_review(client: Client) -> None:
    article = article_data(client, ArticlePageFactory())
    assert article["@type"] == "Article"
    assert not {"reviewedBy", "lastReviewed", "medicalAudience", "aspect"} & set(article)


def test_the_claim_of_a_review_goes_when_the_words_change(client: Client) -> None:
    page = ReviewFactory().article
    page.deck = "Other words, which nobody has read."
    page.save_revision().publish()
    assert not {"reviewedBy", "lastReviewed", "medicalAudience"} & set(article_data(client, page))


def test_who_read_the_whole_and_who_read_the_changes_are_both_named_with_the_date_of_the_whole(client: Client) -> None:
    whole = ReviewFactory(reviewed_on=timezone.localdate() - timedelta(days=90))
    page = whole.article
    page.deck = "Other words."
    page.save_revision().publish()
    page.refresh_from_db()
    reader = AuthorPageFactory(title="Dr Ben Rue", is_reviewer=True)
    ReviewFactory(article=page, reviewer=reader, scope="changes", builds_on=whole)
    article = article_data(client, page)
    assert [person["name"] for person in article["reviewedBy"]] == ["Dr Ada Moss", "Dr Ben Rue"]
    assert article["lastReviewed"] == whole.reviewed_on.isoformat()


def test_everybody_is_named_for_what_they_did(client: Client) -> None:
    page = ArticlePageFactory(by=AuthorPageFactory(title="Ann", orcid="0000-0002-1825-0097"))
    for number, (name, role) in enumerate([("Ben", "wrote"), ("Cy", "checked"), ("Di", "edited")], start=1):
        Contribution.objects.create(article=page, author=AuthorPageFactory(title=name), role=role, sort_order=number)
    article = article_data(client, page)
    assert [author["name"] for author in article["author"]] == ["Ann", "Ben"]
    assert article["author"][0]["sameAs"] == ["https://orcid.org/0000-0002-1825-0097"]
    assert article["author"][0]["identifier"]["value"] == "0000-0002-1825-0097"
    assert [person["name"] for person in article["contributor"]] == ["Cy"]
    assert [person["name"] for person in article["editor"]] == ["Di"]


def test_sources_are_cited_as_what_they_are(client: Client) -> None:
    page = ArticlePageFactory()
    Reference.objects.create(article=page, text="A trial", doi="10.1000/182", evidence="trial", sort_order=0)
    Reference.objects.create(article=page, text="A paper", pmid="12345", sort_order=1)
    Reference.objects.create(article=page, text="A book", isbn="978-0-306-40615-7", sort_order=2)
    Reference.objects.create(article=page, text="A leaflet", url="https://nhs.example/leaflet", sort_order=3)
    Reference.objects.create(article=page, text="A guideline", doi="10.1000/183", evidence="guideline", sort_order=4)
    cited = article_data(client, page)["citation"]
    assert [source["@type"] for source in cited] == [
        "ScholarlyArticle",
        "ScholarlyArticle",
        "Book",
        "CreativeWork",
        "CreativeWork",
    ]
    assert cited[0]["url"] == "https://doi.org/10.1000/182"
    assert cited[0]["identifier"] == [{"@type": "PropertyValue", "propertyID": "DOI", "value": "10.1000/182"}]
    assert cited[2]["isbn"] == "978-0-306-40615-7"


def test_corrections_are_told(client: Client) -> None:
    page = ArticlePageFactory()
    later = timezone.localdate() + timedelta(days=2)
    Correction.objects.create(article=page, text="The dose was wrong.", grade="safety", corrected_on=later)
    article = article_data(client, page)
    (correction,) = article["correction"]
    assert (correction["@type"], correction["text"]) == ("CorrectionComment", "The dose was wrong.")
    assert article["dateModified"] == correction["datePublished"] == later.isoformat()


def test_a_sponsored_piece_says_who_paid_and_an_opinion_that_it_is_one(client: Client) -> None:
    paid = article_data(client, ArticlePageFactory(kind="sponsored", sponsor="Acme Baths"))
    assert paid["@type"] == ["Article", "AdvertiserContentArticle"]
    assert paid["sponsor"] == {"@type": "Organization", "name": "Acme Baths"}
    opinion = article_data(client, ArticlePageFactory(kind="opinion"))
    assert (opinion["@type"], opinion["genre"]) == ("Article", "Opinion")
    assert "genre" not in article_data(client, ArticlePageFactory())


def test_only_comments_that_are_shown_are_told_with_their_replies_inside(client: Client) -> None:
    page = ArticlePageFactory()
    first = CommentFactory(article=page, text="Thank you.")
    reply = CommentFactory(article=page, parent=first, staff=AuthorPageFactory(title="Ann"), author_name="Ann")
    CommentFactory(article=page, state="held", text="Not yet read")
    article = article_data(client, page)
    assert article["commentCount"] == 2
    (comment,) = article["comment"]
    assert (comment["text"], comment["author"]) == ("Thank you.", {"@type": "Person", "name": "Joan W."})
    assert comment["url"] == f"http://testserver/comments/go/{first.pk}/"
    assert [answer["url"] for answer in comment["comment"]] == [f"http://testserver/comments/go/{reply.pk}/"]
    assert comment["comment"][0]["author"]["url"].startswith("http://testserver/authors/")
    assert "Not yet read" not in json.dumps(article)


def test_questions_of_the_text_are_told_with_their_answers(client: Client) -> None:
    pairs = [{"question": "Does it hurt?", "answer": "<p>A <b>little</b>.</p>"}]
    article = article_data(client, ArticlePageFactory(body=[("questions", {"folded": True, "pairs": pairs})]))
    (question,) = article["hasPart"]
    assert (question["name"], question["acceptedAnswer"]["text"]) == ("Does it hurt?", "A little.")
    assert article["@type"] == "Article"


def test_the_path_leads_from_the_front_page_over_the_topic(client: Client) -> None:
    page = ArticlePageFactory(title="It", topic=TopicFactory(name="Pain", slug="pain"))
    steps = data_of(client, f"/articles/{page.slug}/")["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"], step["item"]) for step in steps] == [
        (1, "Home", "http://testserver/"),
        (2, "Pain", "http://testserver/topics/pain/"),
        (3, "It", f"http://testserver/articles/{page.slug}/"),
    ]


def test_the_dates_are_those_of_publishing_and_of_the_last_change(client: Client) -> None:
    page = ArticlePageFactory()
    data = article_data(client, page)
    assert data["datePublished"] == data["dateModified"] == page.first_published_at.isoformat()
    changed = timezone.now()
    page.updated_at = changed
    page.save()
    assert article_data(client, page)["dateModified"] == changed.isoformat()


def test_length_and_labels_are_told(client: Client) -> None:
    page = ArticlePageFactory(topic=TopicFactory(name="Sleep"), body=[("text", "<p>one two three</p>")])
    page.tags.add("treatment", "cold")
    page.save()
    data = article_data(client, page)
    assert (data["wordCount"], data["timeRequired"]) == (3, "PT1M")
    assert sorted(data["keywords"]) == ["cold", "treatment"]
    assert (data["articleSection"], data["about"]["name"]) == ("Sleep", "Sleep")
    assert "aspect" not in data  # said of reviewed pages alone


def test_saying_it_asks_for_nothing_that_the_page_has_not_loaded(django_assert_num_queries: Any) -> None:
    made = ReviewFactory().article
    Reference.objects.create(article=made, text="A trial", pmid="1")
    staff = AuthorPageFactory(title="Ann")
    CommentFactory(article=made, parent=CommentFactory(article=made), staff=staff)
    page = ArticlePage.objects.select_related("topic").get(pk=made.pk)
    read = read_article(page)
    threads = list(read_threads(page, "").threads)
    assert [thread.comment.staff for thread in threads] == [None]
    assert page.full_url  # the sites of the tree are known to every page
    assert all(value is not None for value in map(str, read.values()))  # drawn for readers before
    with django_assert_num_queries(0):
        data = describe_article(
            page,
            site_name="Meadowsweet",
            references=read["references"],
            corrections=read["corrections"],
            blocks=[part.block for part in read["parts"]],
            threads=threads,
            comment_count=2,
        )
    assert faults_of(data) == []
    assert len(data["comment"]) == len(data["citation"]) == 1


def test_an_authors_page_describes_the_person(client: Client) -> None:
    person = AuthorPageFactory(title="Ann Lark", role="Nurse", lead="Writes about nights.")
    Credential.objects.create(author=person, degree="RN", body="NMC", number="12X")
    AuthorLink.objects.create(author=person, label="Practice", url="https://practice.example/ann")
    about = data_of(client, f"/authors/{person.slug}/")["ProfilePage"]["mainEntity"]
    assert (about["name"], about["jobTitle"], about["description"]) == ("Ann Lark", "Nurse", "Writes about nights.")
    assert about["sameAs"] == ["https://practice.example/ann"]
    assert about["hasCredential"][0]["recognizedBy"]["name"] == "NMC"


def test_a_topics_page_is_a_collection_of_what_it_shows(client: Client) -> None:
    topic = TopicFactory(name="Pain", slug="pain", intro="On pain.")
    ArticlePageFactory(topic=topic, title="It")
    found = data_of(client, "/topics/pain/")
    assert found["CollectionPage"]["name"] == "Pain"
    assert [item["name"] for item in found["CollectionPage"]["mainEntity"]["itemListElement"]] == ["It"]
    assert [step["name"] for step in found["BreadcrumbList"]["itemListElement"]] == ["Home", "Topics", "Pain"]


def test_the_front_page_tells_the_name_of_the_site_and_how_it_is_searched(client: Client, home: Any) -> None:
    site = data_of(client, "/")["WebSite"]
    assert site["name"] == site["publisher"]["name"] == "Meadowsweet"
    assert (
        client.get(site["potentialAction"]["target"]["urlTemplate"].format(search_term_string="x")).status_code == 200
    )
    assert finders.find(site["publisher"]["logo"]["url"].removeprefix("http://testserver/static/"))


def test_an_issue_is_an_issue_of_the_newsletter_with_its_articles(client: Client) -> None:
    issue = IssuePageFactory(number=7, first_published_at=timezone.now())
    data = data_of(client, f"/newsletter/{issue.slug}/")["PublicationIssue"]
    assert data["issueNumber"] == 7
    assert data["isPartOf"]["@type"] == "Periodical"
    assert len(data["hasPart"]) == 2


def test_hostile_words_cannot_leave_the_script_element(client: Client) -> None:
    author = AuthorPageFactory(title=HOSTILE, role=HOSTILE)
    page = ArticlePageFactory(title=HOSTILE, deck=HOSTILE, by=author, topic=TopicFactory(name=HOSTILE, slug="bad"))
    CommentFactory(article=page, author_name=HOSTILE, text=HOSTILE)
    html = client.get(f"/articles/{page.slug}/").content.decode()
    assert "<script>alert" not in html
    article = article_data(client, page)
    assert article["headline"] == article["comment"][0]["text"] == HOSTILE
    assert article["author"][0]["name"] == HOSTILE


def test_what_a_script_holds_reads_back_the_same() -> None:
    script = to_script({"words": HOSTILE})
    assert script.count("<") == 2
    assert scripts_of(script) == [{"words": HOSTILE}]
