"""The pages of the demo that are neither article nor issue, and what stands on every page."""

from datetime import datetime

from wagtail.models import Page, Site

from blog.models import ArticleIndexPage, ArticlePage, AuthorIndexPage
from home.demo.publishing import add_published, morning_before, republish
from home.demo.texts import read_file, read_folder, to_page_html
from home.models import ContactPage, HomePage, SiteSettings, StandardPage
from newsletter.models import NewsletterPage
from users.models import User

OPENED = 424  # days before the demo is loaded
TAGLINE = (
    "Named after the meadow flower that gave aspirin its name. We publish general health information. "
    "It does not replace advice from someone who knows you and your history."
)


def add_standard_pages(home: HomePage, *, now: datetime, by: User) -> dict[str, Page]:
    """About, how we work, privacy, accessibility, house rules and contact, by slug."""
    pages: dict[str, Page] = {
        slug: StandardPage(
            slug=slug,
            title=record.one("title"),
            intro=record.one("intro"),
            body=to_page_html(record.body),
            search_description=record.one("intro"),
            show_in_menus=record.one("menu") == "yes",
        )
        for slug, record in read_folder("pages").items()
    }
    record = read_file("contact.md")
    pages["contact"] = ContactPage(
        slug="contact",
        title=record.one("title"),
        intro=record.one("intro"),
        thanks=record.one("thanks"),
        body=to_page_html(record.body),
        search_description=record.one("intro"),
    )
    home.get_children().filter(slug__in=pages).delete()  # the drafts of a new installation
    home.refresh_from_db()  # the tree counts its children
    for page in pages.values():
        add_published(home, page, at=morning_before(now, OPENED), by=by)
    return pages


def write_settings(pages: dict[str, Page]) -> None:
    """Name, words and links that stand on every page."""
    site = Site.objects.get(is_default_site=True)
    SiteSettings.objects.update_or_create(
        site=site,
        defaults={
            "site_name": "Meadowsweet",
            "tagline": TAGLINE,
            "contact_email": "editors@meadowsweet.example",
            "privacy_page": pages["privacy"],
            "how_we_work_page": pages["how-we-work"],
            "contact_page": pages["contact"],
        },
    )


def write_front_pages(home: HomePage, *, lead: ArticlePage, now: datetime, by: User) -> None:
    """The words on the front page and at the head of the three lists."""
    home.headline = "Health, explained with care."
    home.intro = "Articles in plain words, each with a named author, and looked at again every year."
    home.lead_article = lead
    home.search_description = "A calm health magazine: articles in plain words, and a letter each month."
    articles, people, newsletter = (
        model.objects.get() for model in (ArticleIndexPage, AuthorIndexPage, NewsletterPage)
    )
    articles.intro = "Everything we have published, the newest first."
    people.intro = "Who writes for Meadowsweet, who checks what they write, and what interests they declare."
    newsletter.headline = "One calm letter a month, and a book to begin with."
    newsletter.intro = (
        "<p>Join and we send you “A calmer day with pain”: forty-eight small, practical ideas "
        "from the people who write this magazine.</p>"
    )
    for page in (home, articles, people, newsletter):
        page.first_published_at = morning_before(now, OPENED)
        republish(page, at=morning_before(now, 1), by=by)
