"""What an import makes, and what it leaves alone."""

import json
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models.signals import pre_save
from django.test import Client
from PIL import Image
from wagtail.contrib.redirects.models import Redirect
from wagtail.images import get_image_model

from blog.models import ArticlePage, AuthorPage, ImportedItem, Topic
from blog.wordpress.importing import import_export
from blog.wordpress.report import Act, Outcome
from tests.blog.exports import SEED, SMALL, export_of, post_xml
from tests.blog.test_sanitiser import HOSTILE, assert_harmless
from tests.factories import ArticlePageFactory, AuthorPageFactory, TopicFactory
from users.models import User

pytestmark = pytest.mark.django_db


def run(file: Any, **options: Any) -> list[Outcome]:
    """Import an export (a path, or an open file) and give back all outcomes."""
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return list(import_export(opened, **options))
    file.seek(0)
    return list(import_export(file, **options))


def acts(outcomes: list[Outcome], kind: str = "post") -> list[str]:
    return [str(outcome.act) for outcome in outcomes if outcome.kind == kind]


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("import_wordpress", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def early_night(home: Any) -> ArticlePage:
    """The first article of the small export, imported."""
    run(SMALL)
    return ArticlePage.objects.get(slug="an-early-night")


def test_a_post_becomes_a_live_article_with_its_words(early_night: ArticlePage) -> None:
    assert early_night.live
    assert early_night.title == "An early night – and why"
    assert early_night.deck == early_night.search_description == "A small thing that costs nothing."
    assert [(block.block_type, str(block.value)) for block in early_night.body][1] == (
        "heading",
        "What to put away first",
    )
    assert [block.block_type for block in early_night.body] == ["text", "heading", "text", "quote"]


def test_its_author_has_a_profile_with_the_biography_and_no_login(early_night: ArticlePage) -> None:
    (author,) = early_night.authors
    assert (author.title, author.slug, author.live, author.user) == ("Ida Reed", "ida-reed", True, None)
    assert author.bio == "<p>Ida keeps an almanac.</p><p>She lives by the <i>river</i>.</p>"
    assert not User.objects.exists()


def test_the_first_category_is_its_topic_and_the_others_are_tags(early_night: ArticlePage) -> None:
    assert (early_night.topic.name, early_night.topic.slug) == ("Rest & quiet", "rest")
    assert early_night.topic.icon == Topic.Icon.UMBEL  # nobody chose one yet
    assert early_night.topic.intro == "Days with little in them."
    assert sorted(early_night.tags.names()) == ["Evenings", "Lamps"]


def test_the_dates_are_those_of_the_old_site(early_night: ArticlePage) -> None:
    assert early_night.first_published_at == early_night.last_published_at == datetime(2021, 5, 2, 20, tzinfo=UTC)
    assert early_night.updated_at is None  # put right on the same evening


def test_closed_comments_stay_closed(early_night: ArticlePage) -> None:
    assert early_night.comments_mode == ArticlePage.Comments.CLOSED


def test_the_old_address_leads_to_the_article(early_night: ArticlePage, client: Client) -> None:
    answer = client.get("/2021/05/an-early-night/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/articles/an-early-night/")


def test_editors_see_the_import_in_the_history(early_night: ArticlePage) -> None:
    assert early_night.latest_revision == early_night.live_revision
    assert early_night.get_latest_revision_as_object().title == early_night.title


def test_a_draft_stays_a_draft_and_gets_a_title_from_its_words(home: Any) -> None:
    run(SMALL)
    draft = ArticlePage.objects.get(live=False)
    assert draft.title.startswith("Written in the old editor.")
    assert draft.topic.slug == "articles"
    assert not Redirect.objects.filter(redirect_page=draft).exists()


@pytest.mark.parametrize(
    "fields", [{"wp_status": "private"}, {"wp_status": "pending"}, {"wp_status": "future"}, {"wp_post_password": "x"}]
)
def test_what_the_public_could_not_read_is_not_published(home: Any, fields: dict[str, str]) -> None:
    run(export_of(post_xml(1, **fields)))
    assert not ArticlePage.objects.get().live


def test_what_is_no_post_is_skipped_with_a_reason(home: Any) -> None:
    skipped = {outcome.kind: outcome.reason for outcome in run(SMALL) if outcome.act is Act.SKIPPED}
    assert set(skipped) == {"page", "attachment", "nav_menu_item"}
    assert all(skipped.values())


def test_a_second_run_makes_nothing_new(early_night: ArticlePage) -> None:
    def rows() -> list[int]:
        kept = [ArticlePage, AuthorPage, Topic, Redirect, ImportedItem]
        return [model.objects.count() for model in kept] + [early_night.revisions.count()]

    before = rows()
    assert acts(run(SMALL)) == ["unchanged", "unchanged"]
    assert rows() == before


def test_a_dry_run_tells_the_same_and_changes_nothing(home: Any) -> None:
    rehearsal = run(SMALL, dry_run=True)
    assert not ArticlePage.objects.exists()
    assert not AuthorPage.objects.exists()
    assert not ImportedItem.objects.exists()
    assert rehearsal == run(SMALL)


def test_a_post_that_changed_there_is_changed_here(home: Any) -> None:
    run(export_of(post_xml(1)))
    outcomes = run(export_of(post_xml(1, title="New title", content_encoded="<h2>New</h2>", dc_creator="joe")))
    page = ArticlePage.objects.get()
    assert acts(outcomes) == ["changed"]
    assert (page.title, page.slug, page.live, page.has_unpublished_changes) == ("New title", "post-1", True, False)
    assert [author.title for author in page.authors] == ["joe"]
    assert acts(run(export_of(post_xml(1)))) == ["changed"]


def test_a_post_that_was_edited_here_is_not_overwritten(home: Any) -> None:
    run(export_of(post_xml(1)))
    page = ArticlePage.objects.get()
    page.title = "Our own title"
    page.save_revision().publish()
    (outcome,) = run(export_of(post_xml(1, title="Their new title")))
    assert (outcome.act, "edited here" in outcome.reason) == (Act.SKIPPED, True)
    assert ArticlePage.objects.get().title == "Our own title"


def test_an_article_that_was_unpublished_here_stays_so(home: Any) -> None:
    run(export_of(post_xml(1)))
    ArticlePage.objects.get().unpublish(log_action=True)
    assert acts(run(export_of(post_xml(1, title="Their new title")))) == ["skipped"]
    assert not ArticlePage.objects.get().live


def test_an_article_that_was_deleted_here_does_not_come_back(home: Any) -> None:
    run(export_of(post_xml(1)))
    ArticlePage.objects.get().delete()
    (outcome,) = run(export_of(post_xml(1)))
    assert (outcome.act, "deleted here" in outcome.reason) == (Act.SKIPPED, True)


def test_two_posts_with_one_slug_get_two_addresses(home: Any) -> None:
    outcomes = run(export_of(post_xml(1, wp_post_name="sleep"), post_xml(2, wp_post_name="sleep")))
    assert sorted(ArticlePage.objects.values_list("slug", flat=True)) == ["sleep", "sleep-2"]
    assert "taken" in outcomes[-1].notes[-1]


def test_a_slug_that_our_own_article_has_is_left_to_it(home: Any) -> None:
    ours = ArticlePageFactory(slug="post-1", title="Ours")
    run(export_of(post_xml(1)))
    assert ArticlePage.objects.get(slug="post-1") == ours
    assert ArticlePage.objects.filter(slug="post-1-2").exists()


def test_one_number_twice_in_a_file_is_two_posts_if_their_guids_differ(home: Any) -> None:
    twice = export_of(post_xml(1), post_xml(1, guid="https://old.example/?p=9", wp_post_name="b"), post_xml(1))
    assert acts(run(twice)) == ["made", "made", "skipped"]
    assert acts(run(twice)) == ["unchanged", "unchanged", "skipped"]


def test_the_same_site_under_https_is_the_same_site(home: Any) -> None:
    run(export_of(post_xml(1)))
    moved = export_of(post_xml(1)).getvalue().replace(b"url>https://old.example", b"url>http://old.example/")
    assert acts(run(BytesIO(moved))) == ["unchanged"]


def test_an_existing_author_and_topic_of_that_name_are_used(home: Any) -> None:
    author = AuthorPageFactory(title="ida reed", bio="<p>Our words.</p>")
    topic = TopicFactory(name="rest & Quiet", slug="peace")
    run(SMALL)
    page = ArticlePage.objects.get(slug="an-early-night")
    assert (page.authors, page.topic) == ([author], topic)
    assert AuthorPage.objects.get().bio == "<p>Our words.</p>"


def test_topics_in_another_script_get_addresses_of_their_own(home: Any) -> None:
    terms = [f'<category domain="category" nicename="{name}">{name}</category>' for name in ("сон", "боль")]
    run(export_of(post_xml(1, after=terms[0]), post_xml(2, after=terms[1])))
    assert sorted(Topic.objects.values_list("name", flat=True)) == ["боль", "сон"]
    assert all(topic.slug.isascii() and topic.slug for topic in Topic.objects.all())


def test_a_later_change_is_shown_as_an_update(home: Any) -> None:
    run(export_of(post_xml(1, wp_post_modified_gmt="2022-01-01 00:00:00")))
    assert ArticlePage.objects.get().updated_at == datetime(2022, 1, 1, tzinfo=UTC)


def test_a_long_excerpt_is_cut_between_two_words(home: Any) -> None:
    run(export_of(post_xml(1, excerpt_encoded="calm evening " * 30)))
    deck = ArticlePage.objects.get().deck
    assert len(deck) <= 160
    assert deck.endswith(("calm…", "evening…"))


def test_hostile_strings_in_every_field_do_no_harm(home: Any) -> None:
    posts = []
    for number, html in enumerate(HOSTILE):
        text = html.replace("\x01", "")  # XML cannot hold it
        fields = dict.fromkeys(["title", "content_encoded", "excerpt_encoded", "dc_creator", "wp_post_name"], text)
        meta = f"<wp:meta_key>_author_bio</wp:meta_key><wp:meta_value><![CDATA[{text}]]></wp:meta_value>"
        tag = f'<category domain="post_tag" nicename="x"><![CDATA[{text}]]></category>'
        shelf = f'<category domain="category" nicename="x{number}"><![CDATA[{text}]]></category>'
        after = f"{tag}{shelf}<wp:postmeta>{meta}</wp:postmeta>"
        posts.append(post_xml(number, after=after, link=text, **fields))
    assert set(acts(run(export_of(*posts)))) == {"made", "skipped"}
    for page in ArticlePage.objects.all():
        for block in page.body:
            assert block.block_type != "text" or assert_harmless(block.value.source) is None
    for author in AuthorPage.objects.all():
        assert_harmless(author.bio)
    assert not any("<" in path for path in Redirect.objects.values_list("old_path", flat=True))


def test_what_was_imported_before_a_broken_place_is_complete_and_a_second_run_goes_on(home: Any) -> None:
    whole = export_of(post_xml(1), post_xml(2))
    cut = whole.getvalue()[: whole.getvalue().index(b"Post 2")]
    with pytest.raises(Exception, match="line 9"):
        run(BytesIO(cut))
    assert ArticlePage.objects.get().title == "Post 1"
    assert acts(run(whole)) == ["unchanged", "made"]


def test_a_fault_at_the_last_step_leaves_nothing_of_the_post(home: Any) -> None:
    def fail(instance: ImportedItem, **_: Any) -> None:
        if instance.kind == "post":
            raise KeyboardInterrupt

    pre_save.connect(fail, sender=ImportedItem)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(SMALL)
    finally:
        pre_save.disconnect(fail, sender=ImportedItem)
    for model in (ArticlePage, AuthorPage, Topic, Redirect, ImportedItem):
        assert not model.objects.exists()
    assert acts(run(SMALL)) == ["made", "made"]


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    """A copy of an uploads folder with the one picture of the small export."""
    folder = tmp_path / "uploads"
    (folder / "2021" / "05").mkdir(parents=True)
    Image.new("RGB", (40, 30), "olive").save(folder / "2021" / "05" / "lamp.png")
    return folder


def test_pictures_come_from_the_media_folder_with_their_alternative_text(home: Any, uploads: Path) -> None:
    assert acts(run(SMALL, media=uploads), "picture") == ["made"]
    picture = next(b.value for b in ArticlePage.objects.get(slug="an-early-night").body if b.block_type == "picture")
    assert picture["image"].contextual_alt_text == "A lamp with its shade turned to the wall"
    assert picture["caption"] == "The lamp in the hall."
    assert (picture["image"].width, picture["image"].height) == (40, 30)
    assert acts(run(SMALL)) == ["unchanged", "unchanged"]
    assert get_image_model().objects.count() == 1


def test_a_dry_run_stores_no_picture(home: Any, uploads: Path) -> None:
    run(SMALL, media=uploads, dry_run=True)
    assert not get_image_model().objects.exists()


@pytest.mark.parametrize(
    "src", ["../../secret.png", "/uploads/../secret.png", "/uploads/%2e%2e/secret.png", "/%00.png"]
)
def test_no_picture_is_taken_from_outside_the_media_folder(home: Any, uploads: Path, src: str) -> None:
    Image.new("RGB", (4, 4)).save(uploads.parent / "secret.png")
    outcomes = run(export_of(post_xml(1, content_encoded=f'<img src="{src}">a')), media=uploads)
    (post,) = [outcome for outcome in outcomes if outcome.kind == "post"]
    assert "was left out" in post.notes[0]
    assert not get_image_model().objects.exists()


def test_what_is_no_picture_is_left_out_and_reported(home: Any, uploads: Path) -> None:
    (uploads / "2021" / "05" / "lamp.png").write_text("<svg onload=alert(1)>")
    post = next(o for o in run(SMALL, media=uploads) if o.kind == "post")
    assert any("lamp" in note and "was left out" in note for note in post.notes)


def test_the_command_prints_what_it_read_made_and_skipped(home: Any) -> None:
    said = command(str(SMALL))
    assert "made      post “An early night – and why” (11) at /articles/an-early-night/" in said
    assert [line.split()[1:] for line in said.splitlines() if line.startswith("post ")] == [["2", "2", "0", "0", "0"]]
    assert "1 page: pages are not imported, only posts" in said
    assert "          - fill in the role, a photo and the qualifications" in said
    assert "          - fill in the summary and choose an icon" in said


def test_the_command_says_that_a_dry_run_changed_nothing(home: Any) -> None:
    assert "nothing was changed" in command(str(SMALL), "--dry-run")


def test_the_command_refuses_a_missing_file_and_a_folder(home: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        command(str(tmp_path / "none.xml"))
    with pytest.raises(CommandError, match="Is a directory"):
        command(str(tmp_path))
    with pytest.raises(CommandError, match="is no folder"):
        command(str(SMALL), "--media", str(SMALL))


def test_the_command_names_the_place_where_a_file_is_broken(home: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_bytes(SMALL.read_bytes().replace(b"</item>", b"</itam>", 1))
    with pytest.raises(CommandError, match=r"line \d+, column \d+: mismatched tag.*Nothing was imported"):
        command(str(broken))


def test_the_command_says_what_to_do_in_a_site_without_pages(db: None) -> None:
    with pytest.raises(CommandError, match="make run"):
        command(str(SMALL))


@pytest.fixture
def seed() -> Path:
    """The real export that this work began with, where it lies beside the repository."""
    if not SEED.exists():
        pytest.skip(f"the real export is not at {SEED}")
    return SEED


def test_the_real_article_is_complete(home: Any, seed: Path, client: Client) -> None:
    run(seed)
    page = ArticlePage.objects.get()
    assert (page.title, page.topic.name, list(page.tags.names())) == (
        "What Is Pain Management?",
        "Pain management",
        ["Chronic pain"],
    )
    assert [block.value for block in page.body if block.block_type == "heading"] == [
        "Pain management specialist",
        "What is pain management aimed at?",
        "What difficulties are linked to pain management?",
    ]
    stored = json.dumps([block["value"] for block in page.body.raw_data], ensure_ascii=False)
    assert stored.count("<li>") == 3
    text = (seed.parent / "page.txt").read_text().partition("About the author")[0]
    lines = [line.strip(" •\xa0") for line in text.splitlines() if line.strip()]
    assert [line for line in lines if line not in stored] == []


def test_the_real_article_has_its_author_dates_and_old_address(home: Any, seed: Path, client: Client) -> None:
    run(seed)
    page = ArticlePage.objects.get()
    (author,) = page.authors
    assert author.title == "Amelia Grant"
    assert author.bio.startswith("<p>I am Amelia Grant, journalist, and blogger.")
    assert page.first_published_at == page.last_published_at == datetime(2020, 3, 10, 9, tzinfo=UTC)
    assert page.updated_at == datetime(2020, 3, 12, 16, 30, tzinfo=UTC)
    answer = client.get("/2020/03/what-is-pain-management/")
    assert answer.headers["Location"] == "/articles/what-is-pain-management/"
    assert acts(run(seed)) == ["unchanged"]
