"""The newsletter's page and its monthly issues."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from newsletter.blocks import IssueBody
from newsletter.issue_fields import fill_in_words
from newsletter.models.subject_tests import PageWithTwoSubjects
from newsletter.newsletter_form import NewsletterForm
from newsletter.wall_clock import site_zone

SENDS_WITH = [("", "this site’s own mail server or provider"), ("mailchimp", "Mailchimp")]


class NewsletterPage(Page):
    """Sign-up and archive, at /newsletter/; holds what is the same for every issue."""

    headline = models.CharField(max_length=160, blank=True, help_text="The large line above the form.")
    intro = RichTextField(blank=True, features=["bold", "italic", "link"])
    sender_name = models.CharField(max_length=80, default="The editors")
    sender_email = models.EmailField(default="letters@example.org")
    reply_to = models.EmailField(blank=True)
    postal_address = models.CharField(max_length=250, help_text="The law asks for it at the foot of every issue.")
    per_hour = models.PositiveIntegerField(
        default=0,
        verbose_name="messages an hour, at most",
        help_text="What your mail provider allows. 0: as many as the mail server takes.",
    )
    late_minutes = models.PositiveIntegerField(
        default=120,
        verbose_name="minutes after which it is too late",
        help_text="If the site was down at the moment you chose, an issue this much late asks you before it goes out.",
    )
    sends_from = models.TimeField(null=True, blank=True, verbose_name="not before", help_text="Empty: at any hour.")
    sends_until = models.TimeField(
        null=True,
        blank=True,
        verbose_name="not after",
        help_text="Earlier than the first hour: until the next morning. What is not sent by then goes on by itself.",
    )
    sends_on = models.CharField(max_length=7, default="1234567", verbose_name="on these days")
    sends_in_zone = models.CharField(max_length=64, default=site_zone, verbose_name="time zone")

    sends_with = models.CharField(
        max_length=10,
        blank=True,
        choices=SENDS_WITH,
        default="",
        verbose_name="issues go out by",
        help_text="Mailchimp: as a campaign to the audience that is connected under Settings, Mailchimp.",
    )
    needs_approval = models.BooleanField(
        default=False,
        verbose_name="a second person approves each issue",
        help_text="Off for an editor who works alone: nobody else could say yes. On, an issue goes out only when "
        "somebody of the group “Approvers” has approved exactly its text, and not whoever wrote or sends it.",
    )

    refuse_disposable = models.BooleanField(
        default=True,
        verbose_name="refuse throw-away addresses",
        help_text="From providers whose mailboxes live for minutes. Whoever types one is told why.",
    )
    disposable_domains = models.TextField(
        blank=True,
        verbose_name="more such providers",
        help_text="One domain a line, besides those that Wellpress knows; all below it is meant too.",
    )
    refuse_roles = models.BooleanField(
        default=False,
        verbose_name="refuse addresses of a role",
        help_text="Such as info@ or office@. Usually a small practice reads there, so they are taken, and marked.",
    )
    keep_network = models.BooleanField(
        default=False,
        verbose_name="keep from which network somebody joined",
        help_text="With the record of the consent, for 30 days. Switch it on only if you must show it to somebody.",
    )
    ask_after_months = models.PositiveSmallIntegerField(
        default=24,
        verbose_name="months after which we ask",
        help_text="Somebody who has shown no sign of life for so long is asked once whether the letter should go on "
        "coming, and leaves the list if no answer comes within 30 days. 0: nobody is ever asked.",
    )

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("intro"),
        MultiFieldPanel(
            [
                FieldPanel("sender_name"),
                FieldPanel("sender_email"),
                FieldPanel("reply_to"),
                FieldPanel("postal_address"),
            ],
            heading="On every issue",
        ),
        MultiFieldPanel(
            [FieldPanel("sends_with"), FieldRowPanel([FieldPanel("per_hour"), FieldPanel("late_minutes")])],
            heading="Sending",
        ),
        FieldPanel("needs_approval"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("sends_from"), FieldPanel("sends_until")]),
                FieldPanel("sends_on"),
                FieldPanel("sends_in_zone"),
            ],
            heading="Sending hours",
        ),
        MultiFieldPanel(
            [
                FieldPanel("refuse_disposable"),
                FieldPanel("disposable_domains"),
                FieldPanel("refuse_roles"),
                FieldPanel("keep_network"),
            ],
            heading="Who may join",
        ),
        FieldPanel("ask_after_months"),
    ]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["newsletter.IssuePage"]
    max_count = 1
    base_form_class = NewsletterForm
    template = "newsletter/newsletter_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `issues`, the live ones, newest first."""
        issues = (
            IssuePage.objects.live().filter(corrects=None).child_of(self).select_related("picture").order_by("-number")
        )
        return {**super().get_context(request, *args, **kwargs), "issues": issues}


def _counted(best: str) -> forms.TextInput:
    """A field beside which `issue-lengths.js` says how long it is; `best` are the least and the most characters."""
    return forms.TextInput(attrs={"data-best-length": best})


class IssuePage(PageWithTwoSubjects):
    """The text of a month. `title` names it; what subscribers get is rendered by `newsletter.rendering`.

    One that `corrects` another goes to those alone who got that one; it has no number and does not stand among the
    issues. `correction` is the entry of an article's public log that it tells of.
    """

    number = models.PositiveIntegerField(
        unique=True, null=True, blank=True, help_text="Counted up from issue to issue. A correction has none."
    )
    corrects = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="corrections_sent"
    )
    correction = models.ForeignKey(
        "blog.Correction", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    subject = models.CharField(
        max_length=150,
        help_text="The mail's subject. Up to 60 characters show on a phone. {name|reader} is the reader's first name.",
    )
    preview_line = models.CharField(
        max_length=150, blank=True, help_text="Shown after the subject in the inbox: 70 to 90 characters."
    )
    sender_name = models.CharField(
        max_length=80, blank=True, help_text="Of this issue only. Empty: as on the newsletter's page."
    )
    sender_email = models.EmailField(
        blank=True, verbose_name="sender address", help_text="Your mail provider must let you send from it."
    )
    reply_to = models.EmailField(blank=True, verbose_name="answers go to", help_text="Empty: as for every issue.")
    summary = models.CharField(max_length=200, blank=True, help_text="One line for the archive.")
    picture = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    picture_alt = models.CharField(max_length=250, blank=True)
    is_big_news = models.BooleanField(
        default=False,
        verbose_name="big news",
        help_text="Also for readers who asked for big news only. They trust you to keep it for what matters: "
        "a new book, a warning, a change of address.",
    )
    body = StreamField(IssueBody(), blank=True)
    change_note = models.CharField(
        max_length=250,
        blank=True,
        verbose_name="what was changed after it was sent",
        help_text="Stands on the web page, with the day. Readers who have the mail see there what it said wrongly.",
    )

    content_panels: ClassVar[list[Panel]] = [
        HelpPanel(template="newsletter/admin/send_panel.html"),
        *Page.content_panels,
        FieldPanel("number"),
        MultiFieldPanel(
            [
                FieldPanel("subject", widget=_counted("1-60")),
                FieldPanel("preview_line", widget=_counted("70-90")),
            ],
            heading="In the inbox",
        ),
        MultiFieldPanel(
            [
                FieldPanel("second_subject", widget=_counted("1-60")),
                FieldRowPanel([FieldPanel("test_share"), FieldPanel("test_hours")]),
                FieldPanel("test_choice"),
            ],
            heading="Two subjects",
            help_text="Opens are never counted. What decides is what readers press who let us count, and who leaves or "
            "complains. A small list cannot tell two subjects apart: the page “Send…” says how large the difference "
            "must be.",
            classname="collapsed",
        ),
        MultiFieldPanel(
            [FieldPanel("sender_name"), FieldPanel("sender_email"), FieldPanel("reply_to")],
            heading="From whom, if not as every issue",
            classname="collapsed",
        ),
        MultiFieldPanel(
            [FieldPanel("summary"), FieldPanel("picture"), FieldPanel("picture_alt")], heading="In the archive"
        ),
        FieldPanel("is_big_news"),
        FieldPanel("body"),
        FieldPanel("change_note"),
    ]
    parent_page_types: ClassVar[list[str]] = ["newsletter.NewsletterPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "newsletter/issue_page.html"
    preview_modes: ClassVar[list[tuple[str, str]]] = [
        ("", "Web page"),
        ("mail", "Mail"),
        ("narrow", "Mail on a phone"),
        ("dark", "Mail in dark colours"),
        ("text", "Mail, text part"),
    ]

    class Meta:
        verbose_name = "issue"

    @property
    def current_dispatch(self) -> Any:
        """The dispatch of this issue that was not cancelled, or None."""
        return self.dispatches.exclude(state="cancelled").first()

    @property
    def label(self) -> str:
        """“Issue 12”, or what it corrects."""
        return f"Correction to issue {self.corrects.number}" if self.corrects else f"Issue {self.number}"

    @property
    def in_short(self) -> str:
        """One line for search engines, feeds and shared links; nobody is named in it."""
        return self.search_description or self.summary or fill_in_words(self.preview_line, {})

    @property
    def changed_after_sending(self) -> datetime | None:
        """When it was last published, if that was after it began to go out: the mail may say something else."""
        if not self.pk or not self.last_published_at:
            return None
        launches = self.dispatches.exclude(launched_at=None).order_by("launched_at")
        launched_at = launches.values_list("launched_at", flat=True).first()
        return self.last_published_at if launched_at and self.last_published_at > launched_at else None

    def clean(self) -> None:
        """Only a correction has no number. Raises ValidationError."""
        super().clean()
        if self.number is None and self.corrects_id is None:
            raise ValidationError({"number": "Give the issue a number."})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `parts` (`newsletter.web_parts`), the issues around (`older`, `newer`), and what `tell_changes` says."""
        from newsletter.web_parts import read_parts, tell_changes  # noqa: PLC0415 - reads issues

        others = IssuePage.objects.live().filter(corrects=None).order_by("number")
        number = self.number or 0
        return {
            **super().get_context(request, *args, **kwargs),
            "parts": read_parts(self),
            **tell_changes(self),
            "corrections": self.corrections_sent.live().order_by("first_published_at") if self.pk else [],
            "older": others.filter(number__lt=number).last(),
            "newer": others.filter(number__gt=number).first() if number else None,
        }

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the issue as the chosen reader gets it: on the web, or as mail in one of its looks."""
        if not mode_name:
            return super().serve_preview(request, mode_name)
        from newsletter.issue_preview import show_mail  # noqa: PLC0415 - rendering reads issues

        return show_mail(request, self, mode_name)
