"""The vocabulary of search. The worker fills it when it starts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('home', '0003_readers_site'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=40, unique=True)),
                ('key', models.CharField(help_text='Without accents.', max_length=40)),
                ('size', models.PositiveSmallIntegerField(help_text='Letters of the key.')),
                ('uses', models.PositiveIntegerField(default=1, help_text='In how many articles, as of the last counting.')),
            ],
            options={
                'indexes': [models.Index(fields=['key'], name='search_word_key'), models.Index(fields=['size', 'key'], name='search_word_size')],
            },
        ),
    ]
