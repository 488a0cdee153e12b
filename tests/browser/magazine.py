"""A small magazine with one of everything that readers meet, ordinary and extreme, for the tests in a browser."""

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect
from wagtail.images.tests.utils import get_test_image_file

from blog.blocks import ArticleBody
from blog.commenting.links import status_path
from blog.models import ArticlePage, Comment, Reference, ReusableNote
from blog.models.parts import Correction
from home.first_pages import add_first_pages
from home.models import HomePage, SiteSettings, StandardPage
from images.models import SiteImage
from newsletter.links import confirm_url, unsubscribe_url
from newsletter.models import Subscriber
from tests.factories import (
    ArticlePageFactory,
    AuthorPageFactory,
    CommentFactory,
    IssuePageFactory,
    ReviewFactory,
    SubscriberFactory,
    TopicFactory,
)
from tests.newsletter.issues import make_full_issue
from tests.newsletter.joining import make_ebook

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
CITED = "<p>Walking helps [1], and so does rest [2].</p><ul><li>A <b>little</b> at a time.</li></ul><h3>Smaller</h3>"
UNSHOWN = {"picture", "note"}  # blocks whose preview needs a row of the database


def make_magazine() -> dict[str, str]:
    """Name of each page and its path."""
    home = HomePage.objects.get()
    _add_standard_pages(home)
    make_ebook(title="A calmer day", slug="calmer")
    full, bare, extreme = _add_full_article(), _add_bare_article(), _add_extreme_article()
    IssuePageFactory(number=1, slug="one")
    make_full_issue(number=2, slug="two", picture=_picture(), picture_alt="A hill")
    TopicFactory(name="Nothing yet", slug="nothing")
    waiting = CommentFactory(article=full, state=Comment.State.HELD)
    asked = SubscriberFactory(state=Subscriber.State.PENDING, email="asked@example.org")
    people = {"author": full.authors[0].url, "author with a long name": extreme.authors[0].url, "people": "/authors/"}
    return {
        "home": "/",
        "article": full.url,
        "bare article": bare.url,
        "extreme article": extreme.url,
        "article, answering": f"{full.url}?reply={full.comments.first().pk}",
        "articles": "/articles/",
        **people,
        "topics": "/topics/",
        "topic": f"/topics/{full.topic.slug}/",
        "topic without articles": "/topics/nothing/",
        "corrections": "/corrections/",
        "search": "/search/",
        "search, found": "/search/?q=words",
        "search, nothing found": "/search/?q=zzzzzzz",
        "newsletter": "/newsletter/",
        "issue": "/newsletter/two/",
        "look in your inbox": "/newsletter/sign-up/thanks/",
        "confirm": _path(confirm_url(asked)),
        "leave": _path(unsubscribe_url(SubscriberFactory())),
        "a link that is not ours": "/newsletter/confirm/x/",
        "standard page": "/how-we-work/",
        "contact": "/contact/",
        "contact about an article": f"/contact/?about={full.pk}",
        "message sent": "/contact/thanks/",
        "comment waits": status_path(waiting),
        "missing": "/nowhere/",
    }


def show_errors(page: BrowserPage, served: str, magazine: dict[str, str], form: str) -> None:
    """Send an empty form and stay where its errors are shown. `form`: comment, contact or sign-up."""
    where, button = {
        "comment": ("article", "Send to the moderator"),
        "contact": ("contact", "Send to the editors"),
        "sign-up": ("newsletter", "Send me the e-book"),
    }[form]
    page.goto(served + magazine[where])
    page.get_by_role("button", name=button).first.click()
    expect(page).to_have_title(re.compile("^Error: "))


def _add_standard_pages(home: HomePage) -> None:
    add_first_pages(home)
    SiteSettings.objects.update(contact_email="editors@meadowsweet.example")
    for page in StandardPage.objects.all():
        page.save_revision().publish()


def _picture() -> SiteImage:
    return SiteImage.objects.create(title="Hill", file=get_test_image_file(size=(1700, 1100)), credit="Ada Moss")


def _add_full_article() -> ArticlePage:
    """Every kind of block as its preview shows it, so that a new one is tested with the others."""
    picture = _picture()
    picture.contextual_alt_text, picture.decorative = "A path", False
    note = ReusableNote.objects.create(name="999", style="emergency", title="Call now", text="<p>Call 999.</p>")
    blocks: list[tuple[str, Any]] = [
        (name, block.get_preview_value()) for name, block in ArticleBody().child_blocks.items() if name not in UNSHOWN
    ]
    blocks += [("picture", {"image": picture, "caption": "Up there"}), ("note", note), ("text", CITED)]
    blocks += [("heading", f"Part {n}") for n in range(3)]
    article: ArticlePage = ArticlePageFactory(
        title="Cold mornings and stiff joints",
        picture=picture,
        picture_alt="A hill",
        key_points="Keep warm.\nMove a little.",
        body=blocks,
        by=AuthorPageFactory(title="Hazel Marsh", photo=_picture()),
        how_made="From research.",
        interests="None that touch this article.",
    )
    for number in (1, 2):
        Reference.objects.create(
            article=article, text=f"A guideline, {number}", url="https://example.org/a", doi="10.1/a"
        )
    Correction.objects.create(article=article, grade="safety", text="It said milligrams. It says grams.")
    ReviewFactory(article=article)
    first = CommentFactory(article=article)
    CommentFactory(article=article, parent=first, text="Here too: https://example.org/")
    return article


def _add_bare_article() -> ArticlePage:
    article: ArticlePage = ArticlePageFactory(
        title="One word", deck="", comments_mode="closed", body=[("text", "<p>Yes.</p>")]
    )
    return article


def _add_extreme_article() -> ArticlePage:
    """Words that no line holds, in every place, and a review that is long overdue."""
    article: ArticlePage = ArticlePageFactory(
        title=f"What {LONG} tells us about titles",
        deck=f"{LONG} and more",
        kind="sponsored",
        sponsor=f"{LONG} & Sons",
        topic=TopicFactory(name=LONG[:50], slug="long"),
        key_points=LONG,
        body=[("text", f"<p>{LONG * 3}</p>"), ("heading", LONG)],
        by=AuthorPageFactory(title=f"Prof. Dr {LONG}", role=f"Consultant {LONG}"),
    )
    ReviewFactory(article=article, due_on=timezone.localdate() - timedelta(days=90))
    CommentFactory(article=article, author_name="W" * 80, text=f"{LONG * 4}\n\nhttps://example.org/{'a' * 200}")
    return article


def _path(address: str) -> str:
    return "/" + address.split("/", 3)[3]
