"""The worker's part of an import: some hundred rows a transaction, so that a kill loses nothing and doubles nobody."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from guard.keeping import delete_rows
from newsletter.actions.bringing_in import bring_in, sift
from newsletter.actions.stopping import stopping
from newsletter.actions.taking_back import take_back
from newsletter.errors import UnreadableFile
from newsletter.importing.looking import is_header
from newsletter.importing.people import Candidate, PeopleReader, Refusal, Seen
from newsletter.importing.rows import Row, read_rows
from newsletter.models import ImportLine, SubscriberImport

CHUNK = 500
CHUNK_WITH_LETTERS = 50  # each is rendered while the transaction is open
TRIES = 3  # somebody may sign up, or be suppressed, while a chunk that holds them is written

State = SubscriberImport.State
_NEXT = {State.CHECKING: State.CHECKED, State.IMPORTING: State.DONE, State.UNDOING: State.UNDONE}


class LostLeaseError(Exception):
    """Another run has the import by now; what this one had in hand is rolled back."""


def due_imports() -> list[int]:
    """Those with work to do and nobody at it."""
    return list(_unleased().values_list("pk", flat=True))


def run_import(pk: int) -> None:
    """Do what the import's state asks for, to its end. Does nothing if a live run has it."""
    owner = uuid4().hex
    if not _unleased().filter(pk=pk).update(owner=owner, lease_until=_lease_end()):
        return
    found = SubscriberImport.objects.get(pk=pk)
    try:
        if _go_on(found):
            _finish(found, fault="")
        else:  # whoever comes next need not wait for the lease to run out
            _mine(found).update(lease_until=timezone.now())
    except UnreadableFile as error:
        _finish(found, fault=str(error))
    except FileNotFoundError:
        _finish(found, fault="The file is no longer there. Choose it again.")
    except LostLeaseError:
        return


def _go_on(found: SubscriberImport) -> bool:
    """False if the worker was told to end before the import was over."""
    return _take_back_all(found) if found.state == State.UNDOING else _read_all(found)


def _finish(found: SubscriberImport, *, fault: str) -> None:
    """A check of a file with a fault is refused; an import that meets one ends there, and can be undone."""
    state = State.REFUSED if fault and found.state == State.CHECKING else _NEXT[State(found.state)]
    over = {"finished_at": timezone.now()} if state == State.DONE else {}
    if not _mine(found).update(state=state, fault=fault[:250], owner="", lease_until=None, **over):
        return
    if state in {State.DONE, State.REFUSED}:
        found.file.delete(save=False)


def _read_all(found: SubscriberImport) -> bool:
    """Read from the first row, so that doubles are known; rows up to `position` are only remembered."""
    if not found.position:
        delete_rows(found.lines.all())  # of the run before: here, since nobody waits for it
    people = PeopleReader(found.columns, encoding=found.encoding)
    size = CHUNK_WITH_LETTERS if found.with_letter else CHUNK
    with found.file.open("rb") as file, Seen() as seen:
        rows = _below_header(read_rows(file, encoding=found.encoding, delimiter=found.delimiter))
        for row in islice(rows, found.position):
            _read(people, seen, row)
        while chunk := [_read(people, seen, row) for row in islice(rows, size)]:
            _with_patience(partial(_write, found, chunk, done_bytes=file.tell()))
            if stopping.is_set():
                return False
    return True


def _read(people: PeopleReader, seen: Seen, row: Row) -> Candidate | Refusal:
    one = people.read(row)
    if isinstance(one, Candidate) and not seen.is_new(one.fingerprint):
        return Refusal(one.number, ImportLine.Kind.DOUBLE, one.email)
    return one


def _below_header(rows: Iterator[Row]) -> Iterator[Row]:
    first = next(rows, None)
    if first is not None and not is_header(first):
        yield first
    yield from rows


@transaction.atomic
def _write(found: SubscriberImport, chunk: list[Candidate | Refusal], *, done_bytes: int) -> None:
    fit, refusals = sift([one for one in chunk if isinstance(one, Candidate)])
    refusals += [one for one in chunk if isinstance(one, Refusal)]
    if found.state == State.IMPORTING:
        bring_in(fit, found)
    _keep_lines(found, [*refusals, *_notes(fit)])
    _advance(found, position=F("position") + len(chunk), done_bytes=done_bytes, taken=F("taken") + len(fit))


def _notes(fit: Iterable[Candidate]) -> Iterator[Refusal]:
    for one in fit:
        if one.notes:
            yield Refusal(one.number, ImportLine.Kind.NOTED, one.email, "; ".join(one.notes))


def _keep_lines(found: SubscriberImport, lines: Iterable[Refusal]) -> None:
    ImportLine.objects.bulk_create(
        ImportLine(of=found, number=x.number, kind=x.kind, email=x.email[:120], words=x.words[:250])
        for x in sorted(lines, key=lambda line: line.number)
    )


def _take_back_all(found: SubscriberImport) -> bool:
    while not stopping.is_set():
        with transaction.atomic():
            looked_at, removed, stayed = take_back(found, after=found.position, at_most=CHUNK)
            if not looked_at:
                return True
            _keep_lines(found, stayed)
            _advance(found, position=looked_at, removed=F("removed") + removed)
        found.position = looked_at
    return False


def _advance(found: SubscriberImport, **fields: object) -> None:
    """The fence, last in the chunk's transaction: whoever lost the lease writes nothing."""
    if not _mine(found).update(lease_until=_lease_end(), **fields):
        raise LostLeaseError


def _with_patience(write: Callable[[], None]) -> None:
    for _ in range(TRIES - 1):
        try:
            return write()
        except IntegrityError:
            continue
    return write()


def _unleased() -> QuerySet[SubscriberImport]:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    return SubscriberImport.objects.filter(free, state__in=SubscriberImport.WORKING)


def _mine(found: SubscriberImport) -> QuerySet[SubscriberImport]:
    return SubscriberImport.objects.filter(pk=found.pk, owner=found.owner, state=found.state)


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.NEWSLETTER_LEASE_SECONDS)
