"""Fetching what came back from the mailbox: each mail is acted on and committed, then marked."""

import logging
from collections import Counter

from django.conf import settings
from django.db import DatabaseError

from letters.actions import is_sending_enabled
from newsletter.actions.returned_mail import Taken, take_returned_mail
from newsletter.actions.stopping import stopping
from newsletter.mailboxes import open_mailbox

log = logging.getLogger(__name__)


def visit_mailbox() -> Counter[Taken]:
    """Read what waits in RETURNED_MAIL_URL; how many mails became what. Raises MailboxAway.

    A copy of the site leaves the mailbox to the site whose mail it is. Whoever is killed here reads the last mail once
    more, which is known then. A mail that nobody can read is marked all the same: it must not stand in the way.
    """
    found: Counter[Taken] = Counter()
    if not settings.RETURNED_MAIL_URL or not is_sending_enabled():
        return found
    with open_mailbox(settings.RETURNED_MAIL_URL) as box:
        for key, raw in box.waiting():
            if stopping.is_set():
                break
            try:
                taken, _ = take_returned_mail(raw)
            except DatabaseError:
                raise  # it waits for the next visit
            except Exception:
                log.exception("A mail in the mailbox of returned mail cannot be read")
                taken = Taken.NO_REPORT
            box.mark(key, is_report=taken is not Taken.NO_REPORT)
            found[taken] += 1
    return found
