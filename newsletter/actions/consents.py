"""Writing down what a subscriber did."""

from django.utils import timezone

from newsletter.models import Consent, ConsentOrigin, ConsentWording, Subscriber


def record_consent(
    subscriber: Subscriber,
    act: Consent.Act,
    *,
    form: str,
    source_url: str = "",
    detail: str = "",
    wording: ConsentWording | None = None,
    network: str = "",
) -> Consent:
    """One line of a person's record; it can never be changed. `form` is page, box, letter, link, header, own page.

    `network` (`guard.limits.network_of`) only where the site has chosen to keep it; it is forgotten after a month.
    """
    made = Consent.objects.create(
        subscriber=subscriber, act=act, form=form, source_url=source_url, detail=detail[:320], wording=wording
    )
    if network:
        ConsentOrigin.objects.create(consent=made, network=network, at=made.at)
    return made


def note_sign(subscriber: Subscriber) -> None:
    """Remember that a living reader was here: pressed a button, opened a book. Ends the wait for an answer."""
    Subscriber.objects.filter(pk=subscriber.pk).update(last_sign_at=timezone.now(), lapse_asked_at=None)
