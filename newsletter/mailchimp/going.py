"""Contacts that are to go: erased for good where the person asked for that, else archived or unsubscribed."""

import logging
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from newsletter.actions.stopping import stopping
from newsletter.errors import MailchimpError, MailchimpRefused
from newsletter.mailchimp.changing import NOT_NOW, NOT_THERE, unsubscribe_there
from newsletter.mailchimp.members import ToGo
from newsletter.models import MailchimpConnection, MailchimpMember
from newsletter.senders.mailchimp import Mailchimp

log = logging.getLogger(__name__)


def leaving_rows(connection: MailchimpConnection) -> list[MailchimpMember]:
    """Rows of contacts that are to go, and of subscribers who were deleted here without having asked for more."""
    orphan = Q(subscriber=None, email="", to_go=ToGo.NO)
    rows = MailchimpMember.objects.filter(audience_id=connection.audience_id)
    return list(rows.filter(~Q(to_go=ToGo.NO) | orphan).order_by("pk")[:1000])


def left_behind(connection: MailchimpConnection) -> QuerySet[MailchimpMember]:
    """Contacts of audiences that were connected before, whose owners asked to be erased."""
    return MailchimpMember.objects.filter(to_go=ToGo.ERASE).exclude(audience_id=connection.audience_id)


def _reachable(port: Mailchimp, connection: MailchimpConnection) -> list[MailchimpMember]:
    """Of those, who is in an audience of this account: "not there" of another account's says nothing of the contact."""
    found: list[MailchimpMember] = []
    for audience in sorted(set(left_behind(connection).values_list("audience_id", flat=True))):
        try:
            port.read_audience(audience)
        except MailchimpRefused as error:
            if error.status != NOT_THERE:
                raise
            continue
        found += left_behind(connection).filter(audience_id=audience).order_by("pk")[:1000]
    return found


def send_away(connection: MailchimpConnection) -> None:
    """See to all of them. What Mailchimp could not be told waits for the next run."""
    port = Mailchimp()
    _send_all(port, connection, leaving_rows(connection))
    try:
        others = _reachable(port, connection)
    except MailchimpError as error:
        log.warning("The audiences of before could not be read, and are tried again: %s", error)
        return
    _send_all(port, connection, others)


def _send_all(port: Mailchimp, connection: MailchimpConnection, rows: Iterable[MailchimpMember]) -> None:
    for row in rows:
        if stopping.is_set():
            return
        try:
            _send_away(port, connection, row)
        except MailchimpRefused as error:
            if error.status not in {NOT_THERE, NOT_NOW}:
                MailchimpMember.objects.filter(pk=row.pk).update(problem_words=str(error)[:250])
                log.error("Mailchimp refused to let a contact go: %s", error)  # noqa: TRY400
                continue
            row.delete()
        except MailchimpError as error:
            log.warning("A contact could not be sent away, and is tried again: %s", error)
            return


def _send_away(port: Mailchimp, connection: MailchimpConnection, row: MailchimpMember) -> None:
    if row.to_go == ToGo.LEAVE:
        unsubscribe_there(port, connection, row.hash)
        MailchimpMember.objects.filter(pk=row.pk).update(to_go=ToGo.NO)
        return
    if row.to_go == ToGo.ERASE:
        port.erase_member(row.audience_id, row.hash)
    else:
        port.archive_member(connection.audience_id, row.hash)
    row.delete()
