from typing import Any, ClassVar

from django.db import migrations, models

from blog.reading_level import measure_article


def fill(apps: Any, _schema_editor: Any) -> None:
    """What `ArticlePage.save` writes, for the articles that are there."""
    articles = apps.get_model("blog", "ArticlePage")
    for article in articles.objects.only("body").iterator(chunk_size=100):
        if level := measure_article(article):
            articles.objects.filter(pk=article.pk).update(reading_age=level.age)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("blog", "0013_medical_review")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="articlepage",
            name="reading_age",
            field=models.PositiveSmallIntegerField(
                editable=False, help_text="Years; empty: too short to say. Kept by save().", null=True
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
