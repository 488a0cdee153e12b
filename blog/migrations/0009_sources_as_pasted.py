"""Room for a DOI, PMID or ISBN as it is pasted."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("blog", "0008_paced_link_checks")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="reference",
            name="doi",
            field=models.CharField(
                blank=True, help_text="10.1136/bmj.n71, or its address.", max_length=200, verbose_name="DOI"
            ),
        ),
        migrations.AlterField(
            model_name="reference",
            name="evidence",
            field=models.CharField(
                blank=True,
                choices=[
                    ("guideline", "Guideline"),
                    ("review", "Systematic review"),
                    ("trial", "Trial"),
                    ("observation", "Observational study"),
                    ("body", "Health service or public body"),
                    ("tradition", "Traditional use"),
                    ("opinion", "Expert opinion"),
                ],
                help_text="Readers see it beside the source.",
                max_length=12,
                verbose_name="kind of evidence",
            ),
        ),
        migrations.AlterField(
            model_name="reference",
            name="isbn",
            field=models.CharField(
                blank=True, help_text="Of a book; hyphens may stay.", max_length=40, verbose_name="ISBN"
            ),
        ),
        migrations.AlterField(
            model_name="reference",
            name="pmid",
            field=models.CharField(
                blank=True, help_text="The number at PubMed.", max_length=80, verbose_name="PMID"
            ),
        ),
        migrations.AlterField(
            model_name="reference",
            name="read_on",
            field=models.DateField(
                blank=True, help_text="When somebody last read it.", null=True, verbose_name="read on"
            ),
        ),
        migrations.AlterField(
            model_name="reference",
            name="text",
            field=models.CharField(
                help_text="Author or body, title, year. The text names it by its place here: [2], [1, 3].",
                max_length=500,
            ),
        ),
    ]
