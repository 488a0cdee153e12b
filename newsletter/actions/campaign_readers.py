"""The readers of a campaign as they stand: their addresses, and who is not to be mailed any more."""

from collections.abc import Sequence

from django.utils import timezone

from newsletter.mailchimp.payload import address_for
from newsletter.models import Subscriber, Suppression


def addresses_of(keys: Sequence[int]) -> list[str]:
    """Of those who are still known."""
    return [address_for(reader) for reader in Subscriber.objects.filter(pk__in=keys).only("email", "mailbox")]


def who_is_gone(keys: Sequence[int], *, is_big_news: bool) -> list[tuple[int, str, str]]:
    """(key, address, why) of those who are not to be mailed any more."""
    readers = Subscriber.objects.filter(pk__in=keys)
    barred = set(
        Suppression.objects.filter(fingerprint__in=readers.values("fingerprint")).values_list("fingerprint", flat=True)
    )
    today, found = timezone.localdate(), []
    for reader in readers.only("pk", "email", "mailbox", "state", "fingerprint", "paused_until", "only_big_news"):
        if reader.state != Subscriber.State.CONFIRMED:
            found.append((reader.pk, address_for(reader), "left after the dispatch began"))
        elif reader.fingerprint in barred:
            found.append((reader.pk, address_for(reader), "on the suppression list"))
        elif reader.only_big_news and not is_big_news:
            found.append((reader.pk, address_for(reader), "asked for big news only"))
        elif reader.paused_until and reader.paused_until > today:
            found.append((reader.pk, address_for(reader), "paused"))
    return found
