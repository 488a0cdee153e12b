"""The kind of sender is frozen with the dispatch; one that is under way already takes what the settings name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0018_offers_in_issues")]

    operations = [
        migrations.AddField(
            model_name="dispatch",
            name="backend",
            field=models.CharField(
                blank=True,
                help_text="The kind of sender that every connection opens, whatever the settings say meanwhile.",
                max_length=200,
            ),
        ),
    ]
