"""What the front page shows."""

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from blog.listing import popular_tags
from blog.models import ArticlePage, Review, Topic
from newsletter.models import IssuePage

if TYPE_CHECKING:
    from home.models import HomePage


def read_front_page(page: "HomePage") -> dict[str, Any]:
    """`lead`, `newest` (3), `slow_reads` (2), `topics` (8), `checked_again` (4 reviews, no first ones), `latest_issue`.

    And `words_to_try`: the three tags that most articles carry.
    """
    newest = list(ArticlePage.objects.published().newest_first().for_cards()[:6])
    lead = next((a for a in newest if a.pk == page.lead_article_id), None)
    if lead is None and page.lead_article_id:
        lead = ArticlePage.objects.published().filter(pk=page.lead_article_id).for_cards().first()
    lead = lead or (newest[0] if newest else None)
    others = [article for article in newest if article != lead]
    earlier = Review.objects.whole().filter(article=OuterRef("article"), reviewed_on__lt=OuterRef("reviewed_on"))
    reviews = Review.objects.filter(Exists(earlier), article__listed_at__isnull=False).current()
    reviews = reviews.select_related("article").newest_first()
    return {
        "lead": lead,
        "newest": others[:3],
        "slow_reads": others[3:5],
        "topics": Topic.objects.all()[:8],
        "checked_again": reviews[:4],
        "latest_issue": IssuePage.objects.live().filter(corrects=None).order_by("-number").first(),
        "words_to_try": popular_tags(ArticlePage.objects.published(), most=3),
    }
