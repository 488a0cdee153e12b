"""Taking what the sign-up forms send, and answering it later: no reader waits, and no stopwatch tells who is known."""

from django.db import transaction
from django.utils import timezone

from guard.addresses import as_written, fingerprint, normalise
from guard.bells import ring_after_commit
from newsletter.actions.sign_up import request_subscription
from newsletter.errors import NotAllowed
from newsletter.follow_targets import mark_of
from newsletter.models import Consent, ConsentWording, SignUpRequest, Subscriber

SWEPT = 500  # requests that one sweep rings for


@transaction.atomic
def ask_to_join(
    *,
    email: str,
    wording: ConsentWording,
    name: str = "",
    form: str = "",
    source_url: str = "",
    detail: str = "",
    network: str = "",
    follow: str = "",
) -> SignUpRequest:
    """Write down that somebody asked, and ring for the answer after the commit. Raises InvalidAddressError.

    The same work whoever the address belongs to: nothing here reads a subscriber. A broker that is down loses nothing:
    the minute sweep rings again.
    """
    from newsletter.tasks import settle_sign_up as settle  # noqa: PLC0415 - the task calls this module

    asked = SignUpRequest.objects.create(
        email=as_written(email),
        fingerprint=fingerprint(normalise(email)),
        name=name,
        form=form,
        source_url=source_url,
        detail=detail,
        network=network,
        wording=wording,
        follow=follow,
    )
    ring_after_commit(settle, asked.pk)
    return asked


def ask_again(subscriber: Subscriber, *, follow: int = 0) -> None:
    """Ask anew for somebody whose link came too late; the words they agreed to stay the same. Raises NotAllowed.

    `follow` is the key of what the late link would have begun as well.
    """
    asked = subscriber.consents.filter(act=Consent.Act.ASKED).select_related("wording").last()
    if asked is None or asked.wording is None:
        raise NotAllowed("Nobody asked to join with this address.")
    wish = subscriber.follows.with_targets().filter(pk=follow).first()
    ask_to_join(
        email=subscriber.email,
        wording=asked.wording,
        form="again",
        source_url=asked.source_url,
        follow=mark_of(wish.target) if wish else "",
    )


@transaction.atomic
def settle_sign_up(pk: int) -> bool:
    """Answer one request; False if that was done. Of two workers at once exactly one does it, wholly or not at all."""
    if not SignUpRequest.objects.waiting().filter(pk=pk).update(settled_at=timezone.now()):
        return False
    asked = SignUpRequest.objects.select_related("wording").get(pk=pk)
    request_subscription(
        email=asked.email,
        name=asked.name,
        form=asked.form,
        source_url=asked.source_url,
        wording=asked.wording,
        detail=asked.detail,
        network=asked.network,
        follow=asked.follow,
    )
    SignUpRequest.objects.filter(pk=pk).update(email="", name="", source_url="", network="")
    return True


def find_waiting_sign_ups() -> list[int]:
    """The keys of requests that nobody has answered, oldest first."""
    return list(SignUpRequest.objects.waiting().order_by("pk").values_list("pk", flat=True)[:SWEPT])
