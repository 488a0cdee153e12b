"""`{% findings_of article as report %}`: what the rules find in an article, for the editor's panel and the preview."""

from dataclasses import dataclass
from typing import Any

from django import template

from blog.checks.findings import Finding, Level
from blog.checks.rules import check_article
from blog.models import ArticlePage
from blog.plain_text import count_words
from blog.reading_level import TARGET_AGE, ReadingLevel, measure_article

register = template.Library()


@dataclass(frozen=True)
class Report:
    """The findings by level, and what was measured: words, minutes to read as readers are told, the reading age."""

    findings: list[Finding]
    reading: ReadingLevel | None
    words: int
    minutes: int
    target: int = TARGET_AGE

    @property
    def red(self) -> list[Finding]:
        """What could mislead readers or shut them out."""
        return [finding for finding in self.findings if finding.level == Level.RED]

    @property
    def amber(self) -> list[Finding]:
        """What could be better."""
        return [finding for finding in self.findings if finding.level == Level.AMBER]


@register.simple_tag
def findings_of(article: Any) -> Report | None:
    """The Report of an article, saved or not; None for anything else."""
    if not isinstance(article, ArticlePage):
        return None
    article.judge_as_published_now()
    words = count_words(article.body)
    return Report(check_article(article), measure_article(article), words, article.reading_minutes)
