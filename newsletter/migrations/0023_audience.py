"""An issue may go to a segment, and chunks hold whom they are for; readers may ask for big news only.

A dispatch that is under way goes on: its open chunks are given the readers whom its rule meant until now.
"""

import struct
import zlib
from itertools import pairwise

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q


def fill_open_chunks(apps, schema_editor):
    """Whoever was confirmed at the cut and had not got the issue before, by the rule of the version before."""
    chunk_model = apps.get_model("newsletter", "Chunk")
    delivery_model = apps.get_model("newsletter", "Delivery")
    subscriber_model = apps.get_model("newsletter", "Subscriber")
    under_way = chunk_model.objects.filter(dispatch__state__in=("running", "paused")).exclude(state="done")
    for chunk in under_way.select_related("dispatch").iterator():
        cut_at = chunk.dispatch.cut_at
        confirmed = Q(state="confirmed") & (Q(confirmed_at__lte=cut_at) | Q(confirmed_at=None))
        left_since = Q(confirmed_at__lte=cut_at, left_at__gt=cut_at)
        before = delivery_model.objects.filter(
            subscriber=OuterRef("pk"),
            dispatch__issue=chunk.dispatch.issue_id,
            state__in=("handed_over", "unknown", "held"),
        ).exclude(dispatch=chunk.dispatch)
        people = subscriber_model.objects.filter(
            confirmed | left_since,
            ~Exists(before),
            pk__range=(chunk.low, min(chunk.high, chunk.dispatch.max_subscriber_id)),
        )
        keys = people.order_by("pk").values_list("pk", flat=True)
        steps = [after - earlier for earlier, after in pairwise([0, *keys])]
        chunk.members = zlib.compress(struct.pack(f"<{len(steps)}Q", *steps))
        chunk.save(update_fields=["members"])


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0022_follows")]

    operations = [
        migrations.AddField(
            model_name="chunk",
            name="members",
            field=models.BinaryField(default=bytes),
        ),
        migrations.RunPython(fill_open_chunks, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="dispatch", name="cut_at"),
        migrations.RemoveField(model_name="dispatch", name="max_subscriber_id"),
        migrations.AddField(model_name="dispatch", name="is_big_news", field=models.BooleanField(default=False)),
        migrations.AddField(
            model_name="dispatch",
            name="left_out",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="How many on the list it was not for, by the reasons of newsletter.audience.",
            ),
        ),
        migrations.AddField(
            model_name="dispatch", name="segment_name", field=models.CharField(blank=True, max_length=80)
        ),
        migrations.AddField(
            model_name="dispatch",
            name="segment_rule",
            field=models.JSONField(blank=True, default=dict, help_text="See newsletter.segments."),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="segment_words",
            field=models.TextField(blank=True, help_text="The rule as it reads."),
        ),
        migrations.AddField(
            model_name="issuepage",
            name="is_big_news",
            field=models.BooleanField(
                default=False,
                help_text="Also for readers who asked for big news only. They trust you to keep it for what matters: "
                "a new book, a warning, a change of address.",
                verbose_name="big news",
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="only_big_news",
            field=models.BooleanField(default=False, help_text="Wants no issue but those that are big news."),
        ),
        migrations.AlterField(
            model_name="consent",
            name="act",
            field=models.CharField(
                choices=[
                    ("asked", "asked to join"),
                    ("confirmed", "confirmed"),
                    ("left", "left"),
                    ("reason", "told why"),
                    ("imported", "brought from another list"),
                    ("address", "changed the address"),
                    ("name", "changed the name"),
                    ("topics", "chose topics"),
                    ("paused", "paused"),
                    ("resumed", "ended the pause"),
                    ("big_news", "asked for big news only"),
                    ("every_issue", "asked for every issue"),
                    ("counting_on", "allowed counting"),
                    ("counting_off", "forbade counting"),
                    ("stayed", "said that they still read"),
                    ("followed", "followed"),
                    ("unfollowed", "followed no more"),
                    ("returned", "mail came back"),
                ],
                max_length=12,
            ),
        ),
    ]
