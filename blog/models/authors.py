"""The people whose names stand on articles: writers, reviewers, checkers. They need no log-in."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.search import index

from blog.author_form import AuthorForm
from blog.orcid import clean_orcid
from blog.previews import SeveralPreviews


class AuthorIndexPage(Page):
    """The list of everybody who writes and reviews, at /authors/."""

    intro = models.TextField(blank=True)

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["blog.AuthorPage"]
    max_count = 1
    template = "blog/author_index_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `authors`: those who are introduced first, of these those who write, then by name."""
        nobody_yet = models.Case(models.When(role="", lead="", then=1), default=0)
        authors = AuthorPage.objects.live().child_of(self).order_by(nobody_yet, "is_reviewer", "title")
        authors = authors.prefetch_related("credentials", "photo__renditions")
        return {**super().get_context(request, *args, **kwargs), "authors": authors}


class AuthorPage(SeveralPreviews, Page):
    """One person: what they do, what they are qualified in, what interests they declare. `title` is the name."""

    role = models.CharField(max_length=120, blank=True, help_text="Short job title: “Pain medicine consultant”.")
    lead = models.CharField(max_length=250, blank=True, help_text="One sentence shown large on the profile.")
    bio = RichTextField(blank=True, features=["bold", "italic", "link"])
    photo = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    writes_about = models.CharField(max_length=200, blank=True)
    interests = models.TextField(
        blank=True,
        help_text="Interests to declare: payments, shares, offices. Write “None” if there are none; "
        "left empty, the page says “Not stated”.",
    )
    orcid = models.CharField(max_length=19, blank=True, verbose_name="ORCID", help_text="0000-0000-0000-0000")
    is_reviewer = models.BooleanField(default=False, help_text="May be named as a medical reviewer.")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="author_page",
        help_text="The log-in of this person, if there is one. Guest authors have none.",
    )

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("role"),
        FieldPanel("photo"),
        FieldPanel("lead"),
        FieldPanel("bio"),
        MultiFieldPanel(
            [InlinePanel("credentials", label="Credential"), FieldPanel("orcid"), FieldPanel("is_reviewer")],
            heading="Qualifications",
        ),
        FieldPanel("writes_about"),
        FieldPanel("interests"),
        InlinePanel("links", label="Link", heading="Elsewhere"),
        FieldPanel("user"),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [
        *Page.search_fields,
        index.SearchField("role"),
        index.SearchField("bio"),
    ]
    parent_page_types: ClassVar[list[str]] = ["blog.AuthorIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "blog/author_page.html"
    base_form_class = AuthorForm

    class Meta:
        verbose_name = "author"

    def clean(self) -> None:
        """Refuse an ORCID whose check character does not fit."""
        super().clean()
        if self.orcid:
            try:
                self.orcid = clean_orcid(self.orcid)
            except ValidationError as error:
                raise ValidationError({"orcid": error.messages}) from error

    @property
    def degrees(self) -> str:
        """What this person is qualified in, one after the other; empty if in nothing that we know of."""
        return ", ".join(credential.degree for credential in self.credentials.all())

    @property
    def qualification(self) -> str:
        """For every article: the job and the degrees, or the plain statement that there are none."""
        if degrees := self.degrees:
            return f"{self.role}, {degrees}" if self.role else degrees
        return f"{self.role}. No medical qualification" if self.role else "No medical qualification"

    @property
    def first_name(self) -> str:
        """The name a friendly heading uses: "Tomas" for "Tomas Vetch", "Dr Sorrel" for "Dr Anouk Sorrel"."""
        parts = self.title.split()
        if parts and parts[0].rstrip(".") in {"Dr", "Prof", "Professor"} and len(parts) > 1:
            return f"{parts[0]} {parts[-1]}"
        return parts[0] if parts else ""

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `articles` (a Paginator page of what this person wrote) and the counts `wrote` and `reviewed`."""
        from blog.listing import author_listing  # noqa: PLC0415 - the listing reads articles, which point at authors

        context = super().get_context(request, *args, **kwargs)
        return {**context, **author_listing(self, request.GET.get("page"))}


class Credential(Orderable):
    """One qualification that can be checked: a degree or a registration."""

    author = ParentalKey(AuthorPage, on_delete=models.CASCADE, related_name="credentials")
    degree = models.CharField(max_length=120, help_text="For example: MB BS, BSc Physiotherapy, RN.")
    body = models.CharField(max_length=160, blank=True, help_text="Who gave it or keeps the register.")
    number = models.CharField(max_length=60, blank=True, help_text="Registration number, if it is public.")
    year = models.PositiveSmallIntegerField(null=True, blank=True)

    panels: ClassVar[list[Panel]] = [
        FieldPanel("degree"),
        FieldPanel("body"),
        FieldPanel("number"),
        FieldPanel("year"),
    ]

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.degree, self.body, self.number]))


class AuthorLink(Orderable):
    """One place elsewhere where this person can be found: a practice, a register, a list of papers."""

    author = ParentalKey(AuthorPage, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=80)
    url = models.URLField(max_length=500, verbose_name="address")

    panels: ClassVar[list[Panel]] = [FieldRowPanel([FieldPanel("label"), FieldPanel("url")])]

    def __str__(self) -> str:
        return self.label
