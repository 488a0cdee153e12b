"""Where a newcomer to a topic should start."""

from collections.abc import Mapping

from blog.models import ArticlePage, Topic, TopicPick

STARTS = {
    "pain": (
        "your-back-is-stronger-than-it-feels",
        "nerve-pain-why-it-burns-tingles-and-stabs",
        "nine-questions-before-a-new-medicine",
    ),
}


def pick_starts(topics: Mapping[str, Topic], articles: Mapping[str, ArticlePage]) -> list[TopicPick]:
    """Pick the articles of `STARTS` on their topics; both by slug."""
    picks = [
        TopicPick(topic=topics[topic], article=articles[slug], sort_order=place)
        for topic, slugs in STARTS.items()
        for place, slug in enumerate(slugs)
    ]
    return TopicPick.objects.bulk_create(picks)
