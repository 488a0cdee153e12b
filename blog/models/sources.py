"""The documents on which an article relies."""

from collections.abc import Callable
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, Panel
from wagtail.models import Orderable

from blog.identifiers import (
    doi_address,
    is_doi_address,
    normalise_doi,
    normalise_isbn,
    normalise_pmid,
    pmid_address,
)

_NORMALISE: dict[str, Callable[[str], str]] = {"doi": normalise_doi, "pmid": normalise_pmid, "isbn": normalise_isbn}


class Reference(Orderable):
    """One numbered source of one article; `[2]` in the text points at the second one in the list."""

    class Evidence(models.TextChoices):
        GUIDELINE = "guideline", "Guideline"
        REVIEW = "review", "Systematic review"
        TRIAL = "trial", "Trial"
        OBSERVATION = "observation", "Observational study"
        BODY = "body", "Health service or public body"
        TRADITION = "tradition", "Traditional use"
        OPINION = "opinion", "Expert opinion"

    article = ParentalKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="references")
    text = models.CharField(
        max_length=500,
        help_text="Author or body, title, year. The text names it by its place here: [2], [1, 3].",
    )
    url = models.URLField(max_length=500, blank=True, verbose_name="address")
    # Longer than what is kept: a whole address may be pasted, `clean` reduces it.
    doi = models.CharField(max_length=200, blank=True, verbose_name="DOI", help_text="10.1136/bmj.n71, or its address.")
    pmid = models.CharField(max_length=80, blank=True, verbose_name="PMID", help_text="The number at PubMed.")
    isbn = models.CharField(max_length=40, blank=True, verbose_name="ISBN", help_text="Of a book; hyphens may stay.")
    evidence = models.CharField(
        max_length=12,
        choices=Evidence,
        blank=True,
        verbose_name="kind of evidence",
        help_text="Readers see it beside the source.",
    )
    read_on = models.DateField(null=True, blank=True, verbose_name="read on", help_text="When somebody last read it.")

    panels: ClassVar[list[Panel]] = [
        FieldPanel("text"),
        FieldPanel("url"),
        FieldRowPanel([FieldPanel("evidence"), FieldPanel("read_on")]),
        FieldRowPanel([FieldPanel("doi"), FieldPanel("pmid"), FieldPanel("isbn")]),
    ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Bring DOI, PMID and ISBN into one form, and say of each what is wrong with it."""
        super().clean()
        if self.url and not self.doi and is_doi_address(self.url):
            self.url, self.doi = "", self.url
        errors = {}
        for name, normalise in _NORMALISE.items():
            try:
                setattr(self, name, normalise(getattr(self, name)) if getattr(self, name).strip() else "")
            except ValueError as error:
                errors[name] = str(error)
        if self.url and not self.url.lower().startswith(("http://", "https://")):
            errors["url"] = "Give an address that begins with https:// or http://."
        if errors:
            raise ValidationError(errors)

    @property
    def link(self) -> str:
        """Where a reader can look it up: the address, else what DOI or PMID resolve to, else empty."""
        if self.url:
            return self.url
        if self.doi:
            return doi_address(self.doi)
        return pmid_address(self.pmid) if self.pmid else ""

    @property
    def doi_link(self) -> str:
        """Where the DOI leads, or empty."""
        return doi_address(self.doi) if self.doi else ""

    @property
    def pmid_link(self) -> str:
        """Where the PMID leads, or empty."""
        return pmid_address(self.pmid) if self.pmid else ""
