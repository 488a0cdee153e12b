"""The documents on which an article relies."""

from typing import ClassVar

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, Panel
from wagtail.models import Orderable


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
    text = models.CharField(max_length=500, help_text="Author or body, title, year.")
    url = models.URLField(max_length=500, blank=True, verbose_name="address")
    doi = models.CharField(max_length=120, blank=True, verbose_name="DOI")
    pmid = models.CharField(max_length=12, blank=True, verbose_name="PMID")
    isbn = models.CharField(max_length=17, blank=True, verbose_name="ISBN")
    evidence = models.CharField(max_length=12, choices=Evidence, blank=True, verbose_name="kind of evidence")
    read_on = models.DateField(null=True, blank=True, help_text="When somebody last read it.")

    panels: ClassVar[list[Panel]] = [
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("url"), FieldPanel("read_on"), FieldPanel("evidence")]),
        FieldRowPanel([FieldPanel("doi"), FieldPanel("pmid"), FieldPanel("isbn")]),
    ]

    def __str__(self) -> str:
        return self.text

    @property
    def link(self) -> str:
        """Where a reader can look it up: the address, else what DOI or PMID resolve to, else empty."""
        if self.url:
            return self.url
        if self.doi:
            return f"https://doi.org/{self.doi}"
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/" if self.pmid else ""
