"""Bringing people from another list: looked at, tried dry, taken, and undone. Nobody who left comes back by it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from guard.bells import ring_after_commit
from guard.keeping import delete_rows
from newsletter.errors import NotAllowed
from newsletter.importing.looking import DELIMITERS, ENCODINGS, ROLES, look_at
from newsletter.keeping import IMPORT_FILES, IMPORT_REPORTS
from newsletter.models import ImportLine, SubscriberImport

UNDO_FOR = timedelta(days=30)

State = SubscriberImport.State
_CHOOSING = {State.UPLOADED, State.CHECKED}


def begin_import(file: IO[bytes], *, filename: str, by: Any = None) -> SubscriberImport:
    """Keep the file where no public address leads, with what can be guessed of it. Raises UnreadableFile."""
    look = look_at(file)
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    found = SubscriberImport(
        filename=filename[-250:],
        size=size,
        encoding=look.encoding,
        delimiter=look.delimiter,
        columns=look.columns,
        by=by,
    )
    found.file.save("people.csv", File(file), save=False)
    found.save()
    return found


def choose_format(found: SubscriberImport, *, encoding: str, delimiter: str) -> None:
    """Read the first rows with another encoding or separator, and guess the columns anew. Raises NewsletterError."""
    _must_know(encoding, delimiter)
    with found.file.open("rb") as file:
        look = look_at(file, encoding=encoding, delimiter=delimiter)
    fields = {"encoding": encoding, "delimiter": delimiter, "columns": look.columns}
    SubscriberImport.objects.filter(pk=found.pk, state__in=_CHOOSING).update(**fields, state=State.UPLOADED)


@transaction.atomic
def order_check(found: SubscriberImport, *, encoding: str, delimiter: str, columns: Sequence[str]) -> None:
    """Have the file read through with these choices; nobody is touched. Raises NotAllowed with what is wrong."""
    _must_know(encoding, delimiter)
    chosen = [role for role in columns if role]
    if "email" not in chosen:
        raise NotAllowed("Say which column holds the email address.")
    for role in chosen:
        if chosen.count(role) > 1 or role not in ROLES:
            raise NotAllowed(f"Only one column can hold this: {ROLES.get(role, role).lower()}.")
    _start(
        found,
        _CHOOSING,
        State.CHECKING,
        encoding=encoding,
        delimiter=delimiter,
        columns=list(columns),
    )


@transaction.atomic
def order_import(found: SubscriberImport, *, consent: str, with_letter: bool, by: Any = None) -> None:
    """Have everybody taken whom the dry run found fit. Raises NotAllowed without a word on where they agreed."""
    if not consent.strip():
        raise NotAllowed("Say where and when these people agreed to get the letter.")
    if not found.taken:
        raise NotAllowed("There is nobody in this file who could be taken.")
    _start(found, {State.CHECKED}, State.IMPORTING, consent=consent.strip()[:200], with_letter=with_letter)
    log(found, "newsletter.import", user=by)


@transaction.atomic
def order_undo(found: SubscriberImport, *, by: Any = None) -> None:
    """Have those taken off again who did nothing since. Raises NotAllowed after 30 days."""
    if not can_undo(found):
        raise NotAllowed("Only an import of the last thirty days can be undone.")
    _start(found, {State.DONE}, State.UNDOING, keep=True)
    log(found, "newsletter.undo_import", user=by)


def discard_import(found: SubscriberImport) -> None:
    """Forget a list of which nobody was taken, with its file. Raises NotAllowed."""
    if found.state not in {*_CHOOSING, State.REFUSED}:
        raise NotAllowed("An import that was begun is kept.")
    found.delete()


def can_undo(found: SubscriberImport) -> bool:
    """Whether the people of this import can still be taken off in one go."""
    return bool(found.state == State.DONE and found.finished_at and timezone.now() - found.finished_at < UNDO_FOR)


def forget_import_files() -> int:
    """Delete lists that nobody went on with, with their files; returns how many."""
    states = (State.UPLOADED, State.CHECKED, State.REFUSED)
    stale = SubscriberImport.objects.filter(state__in=states, created_at__lt=timezone.now() - IMPORT_FILES.time)
    lying = list(stale)
    for one in lying:
        one.delete()
    return len(lying)


def forget_import_reports() -> int:
    """Delete what imports that are over said of single rows; returns how many lines."""
    return delete_rows(ImportLine.objects.filter(of__finished_at__lt=timezone.now() - IMPORT_REPORTS.time))


def _must_know(encoding: str, delimiter: str) -> None:
    if encoding not in ENCODINGS or delimiter not in DELIMITERS:
        raise NotAllowed("Choose an encoding and a separator from the lists.")


def _start(found: SubscriberImport, before: set[State], state: State, *, keep: bool = False, **fields: Any) -> None:
    """Move on, from the first row, and ring. An undo keeps what the import had counted."""
    from newsletter.tasks import run_import  # noqa: PLC0415 - the task calls actions

    anew = {} if keep else {"taken": 0, "done_bytes": 0}
    fields |= {**anew, "position": 0, "state": state, "owner": "", "lease_until": None, "fault": ""}
    if not SubscriberImport.objects.filter(pk=found.pk, state__in=before).update(**fields):
        raise NotAllowed("Somebody else has gone on with this import. Look at it again.")
    found.refresh_from_db()
    ring_after_commit(run_import, found.pk)
