"""The rules that tell an editor what to look at before publishing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from blog.checks.findings import MATTERS, Level
from blog.checks.rules import check_article
from blog.models import ArticlePage, Reference
from blog.passages import read_passages
from images.models import SiteImage
from tests.blog.test_reading_level import HARD
from tests.factories import ArticlePageFactory, ReviewFactory

pytestmark = pytest.mark.django_db
CALM = [("text", "<p>Walk a little each day.</p>"), ("heading", "Why"), ("text", "<h3>How</h3><p>It is kind [1].</p>")]
URGENT = {"style": "urgent", "title": "Call 999", "text": "<p>Now.</p>"}


def sound(**fields: Any) -> ArticlePage:
    """An article in which nothing is found, but for what `fields` change."""
    given = {"body": CALM, "search_description": "Why a walk helps.", **fields}
    article = ArticlePageFactory(**given)
    Reference.objects.create(article=article, text="NHS. Walking.", sort_order=0)
    ReviewFactory(article=article)
    return ArticlePage.objects.get(pk=article.pk)


def codes(article: ArticlePage) -> list[str]:
    return [finding.code for finding in check_article(article)]


def test_a_sound_article_has_no_finding() -> None:
    assert check_article(sound()) == []


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("claim", {"body": [*CALM, ("quote", {"text": "This tea cures arthritis.", "source": ""})]}),
        ("bold-words", {"title": "The miracle walk"}),
        ("bold-words", {"deck": "Guaranteed to help."}),
        ("bold-words", {"key_points": "Walking prevents colds."}),
        ("bad-mark", {"body": [*CALM, ("text", "<p>It is so [4].</p>")]}),
        ("sponsor-unlabelled", {"sponsor": "Mill Foods"}),
        ("bad-mark", {"body": [*CALM, ("text", "<p>It is so [1, 4].</p>")]}),
        ("no-words-for-search", {"deck": "", "search_description": ""}),
        ("no-description", {"search_description": "  "}),
        ("long-title", {"title": "A title that goes on and on and does not know where it should come to an end"}),
        ("long-description", {"search_description": "word " * 40}),
        ("heading-order", {"body": [("text", "<h3>First</h3><p>Words [1].</p>")]}),
        ("heading-order", {"body": [*CALM, ("text", "<h2>Two</h2><h4>Four</h4>")]}),
        ("empty-heading", {"body": [*CALM, ("text", "<h3> </h3><p>Words.</p>")]}),
        ("reading-level", {"body": [*CALM, ("text", f"<p>{HARD}</p>")]}),
        ("unused-source", {"body": CALM[:2]}),
        ("link-text", {"body": [*CALM, ("text", '<p>For more <a href="https://nhs.uk/">click here</a>.</p>')]}),
        ("link-text", {"body": [*CALM, ("text", '<p><a linktype="page" id="3">Read more …</a></p>')]}),
        ("link-text", {"body": [*CALM, ("text", '<p><a href="https://nhs.uk/">https://nhs.uk/</a></p>')]}),
        (
            "many-urgent",
            {"body": [*CALM, *[("callout", {"style": "urgent", "title": "999", "text": "<p>Call</p>"})] * 2]},
        ),
    ],
)
def test_each_matter_is_found_alone(code: str, fields: dict[str, Any]) -> None:
    assert codes(sound(**fields)) == [code]


def test_a_paid_piece_must_name_who_paid() -> None:
    article = sound()
    article.kind = ArticlePage.Kind.SPONSORED
    assert codes(article) == ["no-sponsor"]


def test_marks_in_lists_and_ranges_and_key_points_name_their_sources() -> None:
    article = sound(key_points="It is so [1].", body=CALM[:2])
    assert codes(article) == []
    for text in ("Two.", "Three.", "Four."):
        Reference.objects.create(article=article, text=text, sort_order=9)
    assert codes(ArticlePage.objects.get(pk=article.pk)) == ["unused-source"] * 3
    article.body = [("text", "<p>All of them [1, 2–4].</p>")]
    article.save()
    assert "unused-source" not in codes(ArticlePage.objects.get(pk=article.pk))


def test_links_that_name_their_target_pass() -> None:
    body = [*CALM, ("text", '<p><a href="https://nhs.uk/">Read the NHS page on this</a></p>')]
    assert codes(sound(body=body)) == []


def test_pictures_need_words_or_the_word_that_they_are_decoration() -> None:
    image = SiteImage.objects.create(title="Fern", width=8, height=8, file="fern.png")
    picture = {"image": {"image": image.pk, "decorative": False, "alt_text": ""}, "caption": ""}
    bare = sound(body=[*CALM])
    bare.picture = image
    bare.body.append(("picture", bare.body.stream_block.child_blocks["picture"].to_python(picture)))
    assert [finding.where for finding in check_article(bare)] == ["picture at the top", "picture 1 of the text"]
    picture["image"]["decorative"] = True
    told = sound(picture=image, picture_alt="A fern", body=[*CALM])
    told.body.append(("picture", told.body.stream_block.child_blocks["picture"].to_python(picture)))
    assert check_article(told) == []


def test_people_are_missed_an_author_always_a_reviewer_on_guides() -> None:
    article = ArticlePageFactory(body=CALM[:2], search_description="Why.")
    article.contributions.all().delete()
    guide = ArticlePage.objects.get(pk=article.pk)
    assert codes(guide) == ["no-author", "no-review", "no-sources"]
    guide.kind = ArticlePage.Kind.STORY
    assert codes(guide) == ["no-author"]


def test_a_text_that_changed_since_its_review_and_an_overdue_review_are_named() -> None:
    article = sound()
    assert codes(article) == []
    article.reviews.update(due_on=timezone.localdate() - timedelta(days=1))
    assert codes(ArticlePage.objects.get(pk=article.pk)) == ["review-due"]
    changed = ArticlePage.objects.get(pk=article.pk)
    changed.last_published_at = timezone.now()
    changed.deck = "Something else."
    changed.save()
    assert codes(ArticlePage.objects.get(pk=article.pk)) == ["old-review"]


def test_an_article_that_was_never_saved_can_be_checked() -> None:
    unsaved = ArticlePage(title="New", deck="Guaranteed.", body=[("text", "<p>Words.</p>")])
    assert "bold-words" in codes(unsaved)


def test_red_comes_first_and_every_matter_has_its_words() -> None:
    article = sound(deck="", search_description="", title="T" * 70, body=[*CALM, ("text", "<p>Cures [7].</p>")])
    levels = [finding.level for finding in check_article(article)]
    assert levels == sorted(levels, key=lambda level: level != Level.RED)
    assert Level.AMBER in levels
    assert all(matter.title and matter.advice.endswith(".") for matter in MATTERS.values())


def test_a_finding_says_what_and_where() -> None:
    (finding,) = check_article(sound(body=[*CALM, ("text", "<p>It rained. Tea cures gout.</p>")]))
    assert str(finding) == "Claim without a source: Tea cures gout."
    assert finding.where == "text under “How”"


def test_the_address_and_the_kind_of_an_offer_are_no_words() -> None:
    offer = {"kind": "own", "title": "A class", "text": "<p>Six weeks.</p>", "address": "https://cures.example/"}
    offer |= {"link_text": "Read more about it", "about_health": False, "evidence": ""}
    article = ArticlePageFactory(body=[*CALM, ("offer", offer)])
    written = {passage.text for passage in read_passages(article.body) if passage.block == "offer"}
    assert written == {"A class", "Six weeks.", "Read more about it"}
