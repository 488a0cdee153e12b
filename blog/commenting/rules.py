"""Which rules hold for the comments of an article: its own, or else its site's."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from blog.models import ArticlePage, CommentSettings, Mode
from pagecache.keeping import kept


def settings_for(article: ArticlePage) -> CommentSettings:
    """The comment settings of the article's site; those of the default site for a page that stands in none.

    Shared by all requests of a generation: not to be changed.
    """
    parts = article.get_url_parts()
    site = parts[0] if parts else None
    return kept(("comment settings", site), lambda: _read_settings(site))


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for one article. `last_day`: on which it takes comments; None: there is no such day.

    A day and not a moment: pages that everybody shares hold for a day.
    """

    mode: Mode
    last_day: date | None
    site: CommentSettings

    @property
    def is_open(self) -> bool:
        """Whether readers may add to an article that they see."""
        return self.mode != Mode.CLOSED and (self.last_day is None or timezone.localdate() <= self.last_day)


def rules_for(article: ArticlePage) -> Rules:
    """The article's own rules, and where it has none, those of its site."""
    site = settings_for(article)
    own = article.comments_mode != ArticlePage.Comments.OPEN
    days = article.comments_close_after
    days = site.close_after_days if days is None else days
    published_at = article.first_published_at
    last_day = timezone.localdate(published_at) + timedelta(days=days) if days and published_at else None
    return Rules(Mode(article.comments_mode if own else site.mode), last_day, site)


def takes_comments(article: ArticlePage) -> bool:
    """Whether a reader may add a comment now."""
    return article.live and rules_for(article).is_open


def _read_settings(site: int | None) -> CommentSettings:
    """Read only: Wagtail's `for_site` would write a row, and a row that readers see begins a new generation."""
    which = {"site": site} if site else {"site__is_default_site": True}
    return CommentSettings.objects.filter(**which).first() or CommentSettings()
