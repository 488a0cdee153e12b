"""People who are brought from another list: the file, how far it was read, and every row that was not taken."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from newsletter.models.ebooks import private_storage


class SubscriberImport(models.Model):
    """One file and what became of it. The row is the queue: `newsletter.actions.importing` alone changes it.

    uploaded -> checking -> checked    (the dry run: reads all of it, changes nobody)
    checked -> checking                (other columns were chosen)
    checked -> importing -> done
    done -> undoing -> undone
    checking -> refused                (the file as a whole cannot be read; `fault` says why)

    A working row is leased to one `owner` until `lease_until`; a dead one's work goes on from `position`: the rows
    read so far, or the key of the last person looked at when it is undone.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "uploaded"
        CHECKING = "checking", "being checked"
        CHECKED = "checked", "checked"
        IMPORTING = "importing", "being imported"
        DONE = "done", "imported"
        UNDOING = "undoing", "being undone"
        UNDONE = "undone", "undone"
        REFUSED = "refused", "cannot be read"

    WORKING: ClassVar[tuple[str, ...]] = (State.CHECKING, State.IMPORTING, State.UNDOING)

    file = models.FileField(upload_to="imports/", storage=private_storage)
    filename = models.CharField(max_length=250, help_text="As it was called where it came from.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    columns = models.JSONField(default=list, help_text="For each column: email, name, topics, joined or nothing.")
    consent = models.CharField(max_length=200, blank=True, help_text="Where and when these people agreed.")
    with_letter = models.BooleanField(default=False, help_text="Each is asked by a letter and joins by its button.")
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    fault = models.CharField(max_length=250, blank=True)
    position = models.PositiveBigIntegerField(default=0)
    done_bytes = models.PositiveBigIntegerField(default=0, help_text="Of the file, for the progress bar.")
    taken = models.PositiveIntegerField(default=0, help_text="Rows that are, or would be, taken.")
    removed = models.PositiveIntegerField(default=0, help_text="People whom the undo took off again.")
    owner = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "import"

    def __str__(self) -> str:
        return self.filename

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """The file goes with its row."""
        self.file.delete(save=False)
        return super().delete(*args, **kwargs)


class ImportLine(models.Model):
    """One row of the file of which there is something to say."""

    class Kind(models.TextChoices):
        NO_ADDRESS = "no_address", "no email address"
        MALFORMED = "malformed", "not an email address"
        UNREADABLE = "unreadable", "cannot be read"
        DOUBLE = "double", "twice in this file"
        KNOWN = "known", "known already"
        LEFT = "left", "left the list"
        SUPPRESSED = "suppressed", "must not be mailed"
        # From here on: taken all the same.
        NOTED = "noted", "taken, but have a look"
        # Of an undo.
        STAYED = "stayed", "stayed on the list"

    TAKEN: ClassVar[tuple[str, ...]] = (Kind.NOTED, Kind.STAYED)

    of = models.ForeignKey(SubscriberImport, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveBigIntegerField(help_text="The line in the file where the row begins; 0 in an undo.")
    kind = models.CharField(max_length=10, choices=Kind)
    email = models.CharField(max_length=120, blank=True, help_text="What stood there, shortened.")
    words = models.CharField(max_length=250, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("of", "kind", "id"), name="import_lines")]

    def __str__(self) -> str:
        return f"Line {self.number}: {self.get_kind_display()}"
