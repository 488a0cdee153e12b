"""What earlier reviews were made of, so that an upgrade takes no review from an article."""

import json
from types import SimpleNamespace
from typing import Any, ClassVar

from django.db import migrations

from blog.plain_text import digest_words, plain_passages

IDENTIFIERS = ("text", "url", "doi", "pmid", "isbn")


def fill(apps: Any, _schema_editor: Any) -> None:
    """Digests of the articles that are there, and of the revision that each review without one has read."""
    articles = apps.get_model("blog", "ArticlePage").objects
    reviews = apps.get_model("blog", "Review").objects
    revisions = apps.get_model("wagtailcore", "Revision").objects
    for article in articles.filter(text_digest="").iterator(chunk_size=100):
        sources = list(article.references.order_by("sort_order").values(*IDENTIFIERS))
        articles.filter(pk=article.pk).update(text_digest=_digest(vars(article), sources, article.body))
    reviews.exclude(scope__in=["whole", "changes"]).update(scope="whole")  # it was free text before
    for review in reviews.filter(digest="").exclude(revision=None).iterator(chunk_size=100):
        read = revisions.get(pk=review.revision_id).content
        body = SimpleNamespace(raw_data=json.loads(read["body"]))
        digest = _digest(read, read.get("references", []), body)
        head = [read["title"], read["deck"], *read["key_points"].splitlines()]
        words = [" ".join(text.split()) for text in (*head, *plain_passages(body))]
        reviews.filter(pk=review.pk).update(digest=digest, words=[passage for passage in words if passage])


def _digest(page: Any, sources: list[Any], body: Any) -> str:
    """As `ArticlePage.digest_text`."""
    listed = [" ".join(source[name] for name in IDENTIFIERS) for source in sources]
    return digest_words([page["title"], page["deck"], page["key_points"], listed], body)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("blog", "0014_reading_age"), ("wagtailcore", "0098_apitoken")]

    operations: ClassVar = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
