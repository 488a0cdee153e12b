from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0007_readers_site"),
    ]

    operations = [
        migrations.AddField(
            model_name="outwardlink",
            name="failures",
            field=models.PositiveSmallIntegerField(default=0, help_text="How often in a row it gave no good answer."),
        ),
        migrations.AddField(
            model_name="outwardlink",
            name="host",
            field=models.CharField(
                db_index=True, default="", help_text="Asked at a gentle pace, as one.", max_length=255
            ),
        ),
        migrations.AddField(
            model_name="outwardlink",
            name="leased_until",
            field=models.DateTimeField(
                blank=True, help_text="Until then one worker alone asks this host.", null=True
            ),
        ),
    ]
