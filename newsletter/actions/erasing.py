"""Forgetting a person: nothing of theirs stays but a keyed hash, by which nobody can bring them back."""

from django.db import transaction

from guard.addresses import normalise
from newsletter.actions.outcomes import forget_reader
from newsletter.actions.own_record import import_lines_about, letters_to
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.mailchimp.forgetting import forget_at_mailchimp
from newsletter.models import AddressChange, SignUpRequest, Subscriber, Suppression


@transaction.atomic
def erase_subscriber(subscriber: Subscriber, *, reason: Suppression.Reason = Suppression.Reason.ERASED) -> bool:
    """Delete the person with all that refers to them; False if they are gone already.

    Outcomes of issues stay as counts of nobody; those still to come are cancelled. Letters to them go out no more.
    What lies under another name stays: comments, which have an erasing of their own, and copies of the database.
    """
    person = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()
    if person is None:
        return False
    letters_to(person).delete()
    import_lines_about(person).update(email="", words="")
    SignUpRequest.objects.filter(fingerprint=person.fingerprint).delete()
    forget_reader(person.pk)
    mailboxes = {person.mailbox, *_earlier_mailboxes(person)}
    forget_at_mailchimp(person, mailboxes, is_asked=reason == Suppression.Reason.ERASED)
    person.delete()
    for mailbox in mailboxes:
        suppress_mailbox(mailbox, reason=reason)
    return True


def _earlier_mailboxes(person: Subscriber) -> set[str]:
    """Of moves that are on record: a list from then must not bring them back either, unless somebody else is there."""
    done = AddressChange.objects.filter(subscriber=person).exclude(done_at=None)
    known = {normalise(email) for pair in done.values_list("old_email", "new_email") for email in pair}
    return known - set(Subscriber.objects.filter(mailbox__in=known).values_list("mailbox", flat=True))
