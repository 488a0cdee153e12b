"""What the report goes on to count of mail events whose rows are forgotten."""

from typing import Any

from django.db import transaction
from django.db.models import Count, F

from newsletter.models import KeptNews, MailEvent


@transaction.atomic
def fold_news(some: Any) -> int:
    """Delete these mail events; how many of each kind a dispatch had stays. Returns how many rows went."""
    rows = MailEvent.objects.filter(pk__in=[row.pk for row in some])
    # What a mail server refused at once is an outcome, and its row stays.
    told = (
        rows.exclude(delivery=None)
        .exclude(provider="smtp")
        .order_by()
        .values_list("delivery__dispatch", "kind")
        .annotate(Count("pk"))
    )
    for dispatch, kind, number in told:
        kept, _ = KeptNews.objects.get_or_create(dispatch_id=dispatch, kind=kind)
        KeptNews.objects.filter(pk=kept.pk).update(number=F("number") + number)
    return rows.delete()[0]
