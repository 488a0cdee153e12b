"""The columns that public lists are made from, and an index for each."""

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Now

from blog.plain_text import count_words


def fill(apps: Any, _schema_editor: Any) -> None:
    """What `blog.listed` and `ArticlePage.save` write, for the articles that are there."""
    articles = apps.get_model("blog", "ArticlePage")
    pages = apps.get_model("wagtailcore", "Page")
    restrictions = apps.get_model("wagtailcore", "PageViewRestriction")
    whole = ExpressionWrapper(OuterRef("path"), CharField())
    closed = restrictions.objects.annotate(path=whole).filter(path__startswith=F("page__path"))
    shown = pages.objects.filter(pk=OuterRef("pk"), live=True).exclude(Exists(closed))
    since = shown.values_list(Coalesce("first_published_at", "last_published_at", Now()))
    articles.objects.update(listed_at=Subquery(since[:1]))
    for article in articles.objects.only("body").iterator(chunk_size=100):
        articles.objects.filter(pk=article.pk).update(word_count=count_words(article.body))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("blog", "0009_sources_as_pasted"), ("wagtailcore", "0098_apitoken")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="articlepage",
            name="listed_at",
            field=models.DateTimeField(
                editable=False,
                help_text="The day of first publishing while any reader may see it, else empty; kept by blog.listed.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="articlepage",
            name="word_count",
            field=models.PositiveIntegerField(
                editable=False, help_text="Of the body; kept by save().", null=True
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="articlepage", index=models.Index(fields=["listed_at", "page_ptr"], name="article_list")
        ),
        migrations.AddIndex(
            model_name="articlepage",
            index=models.Index(fields=["topic", "listed_at", "page_ptr"], name="article_shelf"),
        ),
    ]
