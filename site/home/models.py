"""The front page, standard pages and what an editor sets for the whole site."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField
from wagtail.models import Page

from home.contact_forms import ContactForm
from home.housekeeping import LETTER_DAYS
from home.process import count_process
from home.search.words import SearchWord as SearchWord  # noqa: PLC0414 - a model of this app
from home.standard_text import lay_out_text
from newsletter.models import NewsletterPage
from pagecache.keeping import lazily

FRONT_PAGE = ("lead", "newest", "slow_reads", "topics", "checked_again", "latest_issue", "words_to_try")


class HomePage(Page):
    """The front page: a lead article, the newest three, topics, two slow reads, what was checked again."""

    headline = models.CharField(max_length=120, default="Health, explained with care.")
    intro = models.CharField(max_length=250, blank=True)
    lead_article = models.ForeignKey(
        "blog.ArticlePage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The large card. Empty: the newest article.",
    )

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("intro"),
        FieldPanel("lead_article"),
    ]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    max_count = 1
    template = "home/home_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what `home.front_page.read_front_page` gives, read when the page first asks for any of it."""
        from home.front_page import read_front_page  # noqa: PLC0415 - the front page reads this one

        front = lazily(lambda: read_front_page(self), *FRONT_PAGE)
        return {**super().get_context(request, *args, **kwargs), **front}


class StandardPage(Page):
    """A page of plain text: about, how we work, privacy. “Show in menus” puts it in the footer."""

    intro = models.CharField(max_length=250, blank=True)
    body = RichTextField(blank=True, features=["h2", "h3", "bold", "italic", "link", "ol", "ul"])

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.StandardPage"]
    template = "home/standard_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `text` (HTML), `headings`; on the page that says how we work also `process`, which is counted."""
        text, headings = lay_out_text(self.body)
        is_how_we_work = SiteSettings.for_request(request).how_we_work_page_id == self.pk is not None
        return {
            **super().get_context(request, *args, **kwargs),
            "text": text,
            "headings": headings,
            "process": count_process() if is_how_we_work else None,
        }


class ContactPage(Page):
    """A form that mails the editors; nothing of it is kept here longer than its letter."""

    intro = models.CharField(max_length=250, blank=True)
    body = RichTextField(blank=True, features=["h2", "h3", "bold", "italic", "link", "ol", "ul"])
    thanks = models.CharField(
        max_length=250, default="Your message is with the editors. They read everything and answer most of it."
    )

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("body"),
        FieldPanel("thanks"),
    ]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count = 1
    template = "home/contact_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `form`, `postal_address` and `letter_days`; `?about=` of the address names the article in question."""
        return {
            **super().get_context(request, *args, **kwargs),
            "form": ContactForm(about=request.GET.get("about", "")),
            "postal_address": NewsletterPage.objects.values_list("postal_address", flat=True).first(),
            "letter_days": LETTER_DAYS,
        }


@register_setting(icon="cog")
class SiteSettings(BaseSiteSetting):
    """What stands on every page."""

    select_related: ClassVar[list[str]] = ["privacy_page", "how_we_work_page", "contact_page"]

    site_name = models.CharField(max_length=60, default="Meadowsweet")
    tagline = models.CharField(max_length=250, blank=True, help_text="Beside the name, in the footer.")
    disclaimer = models.TextField(
        default="This page cannot take your history into account. Please speak to a doctor, nurse or pharmacist "
        "before you change a treatment.",
        help_text="After every article's sources.",
    )
    contact_email = models.EmailField(blank=True, help_text="Where reports of mistakes go.")
    privacy_page = models.ForeignKey(
        "wagtailcore.Page", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    how_we_work_page = models.ForeignKey(
        "wagtailcore.Page", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    contact_page = models.ForeignKey(
        "wagtailcore.Page", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("site_name"),
        FieldPanel("tagline"),
        FieldPanel("disclaimer"),
        FieldPanel("contact_email"),
        MultiFieldPanel(
            [FieldPanel("privacy_page"), FieldPanel("how_we_work_page"), FieldPanel("contact_page")],
            heading="Pages in the footer",
        ),
    ]
