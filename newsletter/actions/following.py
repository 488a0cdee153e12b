"""Following an author, a topic or an article: asked for by anybody, begun and ended by the reader alone."""

from django.db import transaction
from django.utils import timezone

from guard.limits import take_letter_turn
from newsletter import letters
from newsletter.actions.consents import note_sign, record_consent
from newsletter.errors import NotAllowed
from newsletter.follow_targets import find_target, kind_of
from newsletter.models import Consent, Follow, Subscriber
from newsletter.models.follows import FollowQuerySet

MOST_ASKED = 20  # unanswered ones of one reader: somebody may be playing with their address


def note_wish(subscriber: Subscriber, mark: str) -> Follow | None:
    """Write down that somebody asked to follow that with this address; joins the caller's transaction.

    None if readers cannot see it any more, or too much is unanswered.
    """
    target = find_target(mark)
    if target is None:
        return None
    about = {kind_of(target): target}
    found: Follow | None = subscriber.follows.filter(**about).first()
    if found and subscriber.state != Subscriber.State.CONFIRMED:  # a wish from before they left counts no more
        subscriber.follows.filter(pk=found.pk).update(asked_at=timezone.now(), confirmed_at=None)
    if found is None and subscriber.follows.asked().count() < MOST_ASKED:
        return Follow.objects.create(subscriber=subscriber, **about)
    return found


def offer_to_follow(subscriber: Subscriber, mark: str) -> bool:
    """Post the letter with the button to somebody on the list; False if there is nothing to follow behind the mark."""
    follow = note_wish(subscriber, mark)
    if follow is None:
        return False
    if take_letter_turn(subscriber.mailbox, kind="follow"):
        letters.post_follow(follow)
    return True


@transaction.atomic
def begin_following(subscriber: Subscriber, pk: int, *, form: str) -> bool:
    """Tell this reader of it from now on. False if that was so, or it is forgotten. Raises NotAllowed.

    `form` says where the button was, for the record: letter, link, own page.
    """
    person = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()
    if person is None or person.state != Subscriber.State.CONFIRMED:
        raise NotAllowed("You are not on the list any more.")
    follow = person.follows.with_targets().filter(pk=pk).first()
    if follow is None or not Follow.objects.asked().filter(pk=pk).update(confirmed_at=timezone.now()):
        return False
    record_consent(person, Consent.Act.FOLLOWED, form=form, detail=follow.words)
    note_sign(person)
    return True


@transaction.atomic
def stop_following(subscriber: Subscriber, pk: int = 0, *, form: str) -> bool:
    """Tell this reader of it no more, or of nothing if `pk` is 0. False if it was so already.

    It stays for a while as one that was only asked for, so that a slip is mended with a press.
    """
    follows: FollowQuerySet = Follow.objects.filter(subscriber=subscriber)
    person = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()
    ending = list((follows.filter(pk=pk) if pk else follows).confirmed().with_targets())
    if person is None or not ending:
        return False
    now = timezone.now()
    Follow.objects.filter(pk__in=[follow.pk for follow in ending]).update(confirmed_at=None, asked_at=now)
    for follow in ending:
        record_consent(person, Consent.Act.UNFOLLOWED, form=form, detail=follow.words)
    note_sign(person)
    return True


def forget_earlier_follows(subscriber: Subscriber) -> None:
    """Somebody comes back who had left: what they followed then is over. Joins the caller's transaction."""
    if subscriber.left_at:
        subscriber.follows.filter(asked_at__lt=subscriber.left_at).delete()
