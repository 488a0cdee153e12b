"""The demo magazine: what a newcomer finds after one command, and that its texts keep what the site promises."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.models import ModelLogEntry, Page, Revision, Site, TaskState

from blog.checks.findings import Level
from blog.checks.rules import check_article
from blog.citations import read_mark
from blog.models import ArticlePage, AuthorPage, Comment, Commenter, ReusableNote, Review, Topic
from blog.moderation.tabs import count_tabs
from guard.addresses import fingerprint, normalise
from home.demo import texts
from home.demo.articles import article_blocks
from home.demo.issues import first_thursdays
from home.models import HomePage, SiteSettings, StandardPage
from images.models import SiteImage
from newsletter.models import Consent, Delivery, Dispatch, Ebook, IssuePage, Offer, Subscriber, Suppression
from newsletter.report import count_deliveries
from tests.blog.feed_rules import read_json, read_rss
from tests.blog.schema_org import faults_of, scripts_of
from users.models import User

REFERENCE = re.compile(r"\[(\d[\d, ]*)\]")
PLACEHOLDERS = ("lorem", "ipsum", "todo", "tbd", "xxx", "—", "!", "click here", "sufferer")
State = Comment.State


def load() -> str:
    said = StringIO()
    call_command("load_demo", stdout=said)
    return said.getvalue()


def bodies() -> dict[str, str]:
    return {slug: record.body for slug, record in texts.read_folder("articles").items()}


def rows() -> dict[str, int]:
    models = (Page, Revision, Topic, Review, Comment, Subscriber, Consent, Delivery, Ebook, SiteImage, User)
    return {model.__name__: model.objects.count() for model in models}


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Loaded once for the tests of this file, and taken back after them."""
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
        load()
        yield
        transaction.set_rollback(True)
        block.__exit__(None, None, None)
        Site.clear_site_root_paths_cache()


@pytest.fixture
def demo(loaded: None, db: None) -> None:
    """The magazine as it stands after the load; what a test changes is taken back."""


def test_a_newcomer_finds_a_whole_magazine(demo: None) -> None:
    assert ArticlePage.objects.live().count() >= 12
    assert Topic.objects.with_articles().count() == Topic.objects.count() == 5
    assert AuthorPage.objects.filter(contributions__role="wrote").distinct().count() == 4
    assert AuthorPage.objects.filter(is_reviewer=True).count() == 2
    assert set(StandardPage.objects.live().values_list("slug", flat=True)) == {
        "about",
        "accessibility",
        "house-rules",
        "how-we-work",
        "privacy",
    }


def test_a_second_load_changes_nothing(demo: None) -> None:
    before, newest = rows(), Revision.objects.latest("pk")
    assert "nothing to load" in load()
    assert rows() == before
    assert Revision.objects.latest("pk") == newest


def test_every_article_is_long_enough_to_be_of_use(demo: None) -> None:
    for slug, body in bodies().items():
        assert len(strip_tags(body).split()) >= 600, slug


def test_every_article_has_what_its_page_shows(demo: None) -> None:
    for article in ArticlePage.objects.all():
        assert article.authors, article
        assert article.topic, article
        assert article.picture, article
        assert article.picture_alt, article
        assert 2 <= len(article.key_point_list) <= 4, article
        assert 0 < len(article.deck) <= 160, article
        assert article.search_description, article
        kinds = [block.block_type for block in article.body]
        assert kinds.count("heading") >= 3, article
        article.full_clean()


def test_every_article_says_once_whom_to_call(demo: None) -> None:
    for article in ArticlePage.objects.all():
        boxes = [block.value for block in article.body if block.block_type in {"callout", "note"}]
        styles = [box.look if isinstance(box, ReusableNote) else box["style"] for box in boxes]
        assert styles.count("urgent") == 1, article


def test_every_number_in_the_text_has_its_source_and_every_source_its_number(demo: None) -> None:
    for article in ArticlePage.objects.all():
        count = article.references.count()
        numbers = {number for mark in REFERENCE.findall(bodies()[article.slug]) for number in read_mark(mark, count)}
        assert numbers == set(range(1, count + 1)), article


def test_every_article_says_that_nobody_looked_its_sources_up(demo: None) -> None:
    for article in ArticlePage.objects.all():
        assert "named from memory: nobody looked them up" in article.how_made, article
        assert not article.references.exclude(read_on=None).exists(), article


def test_no_article_holds_what_the_rules_call_red(demo: None) -> None:
    for article in ArticlePage.objects.live():
        assert [str(finding) for finding in check_article(article) if finding.level == Level.RED] == []


def test_an_editor_finds_every_kind_of_piece_and_block_in_use(demo: None) -> None:
    articles = list(ArticlePage.objects.all())
    assert {article.kind for article in articles} >= {"guide", "opinion", "story"}
    used = {block.block_type for article in articles for block in article.body}
    assert used >= {"heading", "text", "quote", "callout", "table", "questions", "note", "offer"}
    sources = [source for article in articles for source in article.references.all()]
    assert all(any(getattr(source, name) for source in sources) for name in ("doi", "pmid", "evidence"))
    assert {correction.grade for article in articles for correction in article.corrections.all()} >= {
        "clarity",
        "safety",
    }


def test_every_block_of_the_demo_passes_the_checks_of_the_editor(demo: None) -> None:
    for article in ArticlePage.objects.all():
        article.body.stream_block.clean(article.body)


def test_no_text_holds_a_placeholder_or_shouts() -> None:
    for path in sorted(texts.FOLDER.rglob("*.md")):
        # Comments are written by readers, some of whom do shout.
        words = "" if path.name == "comments.md" else path.read_text(encoding="utf-8").casefold()
        assert not [sign for sign in PLACEHOLDERS if sign in words], path


def test_one_review_is_overdue_and_one_article_was_never_reviewed(demo: None) -> None:
    newest = [article.standing.review for article in ArticlePage.objects.all()]
    assert newest.count(None) == 1
    assert sum(review.is_overdue for review in newest if review) == 1
    assert all(review.reviewer.is_reviewer and review.revision for review in newest if review)


def test_all_that_happened_lies_in_the_last_fourteen_months(demo: None) -> None:
    now = timezone.now()
    for article in ArticlePage.objects.all():
        assert now - timedelta(days=430) < article.first_published_at <= article.last_published_at <= now
        assert article.latest_revision.created_at == article.last_published_at
        days = [review.reviewed_on for review in article.reviews.all()]
        assert all(day <= timezone.localdate() for day in days), article
        for comment in article.comments.all():
            assert article.first_published_at < comment.created_at <= now, comment
            assert comment.parent is None or comment.parent.created_at < comment.created_at, comment


def test_every_person_has_a_full_profile(demo: None) -> None:
    for person in AuthorPage.objects.all():
        assert all((person.role, person.lead, person.bio, person.photo, person.writes_about)), person
        assert person.credentials.exists(), person


def test_comments_are_in_every_state_a_moderator_meets(demo: None) -> None:
    states = Counter(Comment.objects.values_list("state", flat=True))
    assert states.total() >= 20
    assert set(states) == set(State) - {State.PENDING}
    assert Comment.objects.published().filter(parent__isnull=False, staff__isnull=False).exists()
    assert all(comment.refusal_reason for comment in Comment.objects.filter(state=State.REFUSED))
    assert all(comment.reasons for comment in Comment.objects.filter(state=State.SPAM))
    assert not Comment.objects.exclude(parent__parent=None).exists()


def test_the_queue_has_something_of_every_kind_and_every_writer_a_history(demo: None) -> None:
    counts = count_tabs()
    assert all(counts[tab] for tab in ("waiting", "clear", "unsure", "personal", "reported", "spam"))
    assert counts["danger"] == 0  # a newcomer is not met by an alarm
    assert Comment.objects.published().filter(personal_data=True).count() == 0
    readers = Comment.objects.filter(staff=None)
    assert not readers.filter(commenter=None).exists()
    assert Commenter.objects.get(mailbox="joan-w@example.com").comments.count() >= 3
    decided = readers.exclude(decided_by=None)
    logged = ModelLogEntry.objects.filter(action__in=("comment.approve", "comment.refuse", "comment.spam"))
    assert set(logged.values_list("object_id", "timestamp")) >= {(str(c.pk), c.decided_at) for c in decided}


def test_the_subscribers_are_in_every_state_and_nobody_real(demo: None) -> None:
    states = Counter(Subscriber.objects.values_list("state", flat=True))
    assert states == {"confirmed": 180, "pending": 12, "left": 8}
    for person in Subscriber.objects.all():
        assert person.mailbox == normalise(person.email)
        assert person.mailbox.endswith(("@example.com", "@example.org", "@example.net"))
        assert person.created_at <= timezone.now()


def test_consent_is_on_record_for_each_and_who_left_is_suppressed(demo: None) -> None:
    acts = Counter(Consent.objects.values_list("act", flat=True))
    assert acts == {"asked": 200, "confirmed": 188, "left": 8}
    assert not Consent.objects.filter(act="asked", wording=None).exists()
    left = {fingerprint(person.mailbox) for person in Subscriber.objects.filter(state="left")}
    assert set(Suppression.objects.values_list("fingerprint", flat=True)) == left


def test_two_issues_went_out_and_their_reports_add_up(demo: None) -> None:
    assert IssuePage.objects.live().count() == 2
    for dispatch in Dispatch.objects.all():
        counts = count_deliveries(dispatch)
        assert dispatch.state == Dispatch.State.DONE
        assert counts.candidates == dispatch.deliveries.count() > 100
        assert (counts.open, counts.share) == (0, 100)
        assert counts.handed_over + counts.refused == counts.candidates
        assert dispatch.issue.title in dispatch.html
        assert dispatch.issue.first_published_at < dispatch.launched_at < dispatch.finished_at < timezone.now()


def test_the_draft_is_ready_to_be_sent_and_was_not(demo: None) -> None:
    draft = IssuePage.objects.get(live=False)
    assert draft.latest_revision is not None
    assert not draft.dispatches.exists()
    assert len(draft.body) >= 3


def test_the_ebook_is_a_real_pdf_of_a_size_that_can_be_mailed_about(demo: None) -> None:
    book, short = Ebook.objects.offered()
    with short.newest_edition.file.open() as file:
        assert file.read().startswith(b"%PDF-")
    with book.newest_edition.file.open() as file:
        content = file.read()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 8
    assert len(content) < 600_000
    assert book.cover
    assert book.cover_alt


def test_everybody_on_the_list_has_a_code_and_some_were_used(demo: None) -> None:
    offer = Offer.objects.current().get()
    assert offer.codes.count() == Subscriber.objects.confirmed().count()
    used = offer.codes.filter(state="redeemed").count()
    assert used == offer.redemptions.count() == offer.redeemed == 9


def test_readers_can_open_its_pages(demo: None, client: Any) -> None:
    person = AuthorPage.objects.first()
    article = ArticlePage.objects.get(slug="standing-on-one-leg")
    for page in (HomePage.objects.get(), article, person, StandardPage.objects.first()):
        answer = client.get(page.url)
        assert answer.status_code == 200, page
        assert page.title in answer.content.decode(), page


def test_the_settings_name_the_magazine_and_its_pages(demo: None) -> None:
    settings = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    assert settings.privacy_page.live
    assert settings.how_we_work_page.live
    assert settings.contact_page.live
    assert settings.contact_email.endswith(".example")


def test_nothing_of_the_demo_stands_in_the_way_of_the_imported_article(demo: None) -> None:
    assert not Page.objects.filter(slug__in=["what-is-pain-management", "amelia-grant"]).exists()
    assert not Topic.objects.filter(slug="pain-management").exists()


def test_an_issue_goes_out_on_the_first_thursday_of_a_month() -> None:
    now = timezone.now()
    latest, before = first_thursdays(now)
    assert before < latest < now
    assert all(day.weekday() == 3 and day.day <= 7 for day in map(timezone.localtime, (latest, before)))


def test_an_article_with_an_unknown_box_is_refused() -> None:
    with pytest.raises(ValueError, match="advert"):
        list(article_blocks("::advert Buy\nthis\n::"))


def test_search_engines_read_every_page_by_the_rules_of_schema_org(demo: None, client: Any) -> None:
    told: Counter[str] = Counter()
    for path in _public_paths(client):
        for data in scripts_of(client.get(path).content.decode()):
            assert faults_of(data) == [], path
            told.update([data["@type"]] if isinstance(data["@type"], str) else data["@type"])
    assert told["Article"] == ArticlePage.objects.published().count()
    assert told["ProfilePage"] == AuthorPage.objects.live().count()
    assert told["PublicationIssue"] == IssuePage.objects.live().count()
    assert 0 < told["MedicalWebPage"] < told["Article"]
    assert told["WebSite"] == 1
    assert told["CollectionPage"] >= Topic.objects.with_articles().count()


def test_every_feed_of_the_demo_reads_well(demo: None, client: Any) -> None:
    paths = ["/", "/newsletter/", *(path for path in _public_paths(client) if re.match(r"/(topics|authors)/.", path))]
    for path in paths:
        entries = read_rss(client.get(f"{path}feed/").content).findall("item")
        assert len(entries) == len(read_json(client.get(f"{path}feed.json").json())), path


def _public_paths(client: Any) -> list[str]:
    return re.findall(r"<loc>http://testserver(.*?)</loc>", client.get("/sitemap.xml").content.decode())


def test_an_article_waits_for_the_reviewer_who_can_log_in(demo: None) -> None:
    reviewer = User.objects.get(username="reviewer")
    (state,) = TaskState.objects.reviewable_by(reviewer)
    assert state.task.specific.reader_for(state.workflow_state.content_object, reviewer).is_reviewer
