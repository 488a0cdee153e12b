"""The pages that a new installation needs before readers come, with words to begin from."""

from pathlib import Path

from wagtail.models import Site

from home.models import ContactPage, HomePage, SiteSettings, StandardPage

DRAFTS = Path(__file__).parent / "drafts"


def add_first_pages(home: HomePage) -> None:
    """A contact page that is live, “How we work” and “Privacy” as drafts; the site's settings name all three."""
    contact = ContactPage(
        title="Contact",
        slug="contact",
        intro="A mistake, a question, a suggestion: your message goes straight to the editors.",
    )
    how = StandardPage(title="How we work", slug="how-we-work", body=_draft("how-we-work"), live=False)
    privacy = StandardPage(title="Privacy", slug="privacy", body=_draft("privacy"), live=False)
    for page in (contact, how, privacy):
        home.add_child(instance=page)
    SiteSettings.objects.update_or_create(
        site=Site.objects.get(is_default_site=True),
        defaults={"contact_page": contact, "how_we_work_page": how, "privacy_page": privacy},
    )


def _draft(name: str) -> str:
    return (DRAFTS / f"{name}.html").read_text(encoding="utf-8").replace("\n", "")
