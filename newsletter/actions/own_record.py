"""Everything that is kept about one subscriber, to take along."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from blog.commenting.letters import KINDS as COMMENT_LETTERS
from guard.addresses import InvalidAddressError, normalise
from letters.models import Letter
from newsletter.errors import NotAllowed
from newsletter.models import AddressChange, ImportLine, Subscriber, Suppression


def find_subscriber(email: str) -> Subscriber:
    """The person with this address, however it is spelt. Raises NotAllowed with words for whoever asked."""
    try:
        mailbox = normalise(email)
    except InvalidAddressError as error:
        raise NotAllowed(str(error)) from error
    found = Subscriber.objects.filter(mailbox=mailbox).first()
    if found is None:
        raise NotAllowed(f"Nobody is known by the address {email}.")
    return found


def export_subscriber(subscriber: Subscriber) -> dict[str, Any]:
    """All rows that belong to this person, ready for JSON; moments and days are ISO 8601.

    Every table that refers to a subscriber is in it by itself, one that comes later too.
    """
    barred = Suppression.objects.filter(fingerprint=subscriber.fingerprint).first()
    return {
        **_fields(subscriber),
        "topics": [topic.name for topic in subscriber.topics.all()],
        **dict(_tables_about(subscriber)),
        "letters": [_fields(letter, *_OF_A_LETTER) for letter in letters_to(subscriber)],
        "mentioned_in_import_reports": [_fields(line) for line in import_lines_about(subscriber)],
        "must_not_be_mailed": _fields(barred, "reason", "since") if barred else None,
    }


def letters_to(subscriber: Subscriber) -> QuerySet[Letter]:
    """Those about the newsletter, to any address that was this person's; comments are another matter."""
    changes = AddressChange.objects.filter(subscriber=subscriber)
    mine = {subscriber.email, subscriber.mailbox, *changes.values_list("old_email", flat=True)}
    moved_to = changes.exclude(done_at=None).values_list("new_email", flat=True)
    asked_at = Q(to__in=changes.values_list("new_email", flat=True), kind="new_address")
    found = Letter.objects.filter(Q(to__in=mine.union(moved_to)) | asked_at)
    return found.exclude(kind__in=COMMENT_LETTERS).order_by("created_at", "pk")


def import_lines_about(subscriber: Subscriber) -> QuerySet[ImportLine]:
    """Lines of import reports in which the address stands, whatever is written around it there.

    Not those of a longer address that it is a part of: what is said of joann@… is not for ann@… to see or to erase.
    """
    mine = "|".join(re.escape(address) for address in {subscriber.email, subscriber.mailbox})
    alone = re.compile(rf"(?<![\w.+'-])(?:{mine})(?![\w-]|\.\w)", re.IGNORECASE)
    near = ImportLine.objects.filter(Q(email__icontains=subscriber.email) | Q(email__icontains=subscriber.mailbox))
    found = [pk for pk, email in near.values_list("pk", "email") if alone.search(email)]
    return ImportLine.objects.filter(pk__in=found)


_OF_A_LETTER = ("kind", "to", "subject", "created_at", "handed_over_at")


def _tables_about(row: Model) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(name of the table, its rows) for each that refers to this row."""
    for relation in row._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's documented name
        model = relation.related_model
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)) or model is None:
            continue
        if isinstance(model, str) or model._meta.auto_created:  # noqa: SLF001
            continue  # the table behind a choice of topics: told by their names
        own = relation.field.name  # type: ignore[union-attr]
        rows = model._default_manager.filter(**{own: row.pk}).order_by("pk")  # noqa: SLF001
        yield model._meta.model_name or "", [_row(found, without=own) for found in rows]  # noqa: SLF001


def _row(row: Model, *, without: str) -> dict[str, Any]:
    """One row with what hangs from it."""
    told = _fields(row)
    told.pop(without)
    return {**told, **{name: rows for name, rows in _tables_about(row) if rows}}


def _fields(row: Model, *names: str) -> dict[str, Any]:
    fields = [field for field in row._meta.concrete_fields if not names or field.name in names]  # noqa: SLF001
    return {field.name: _told(row, field) for field in fields}


def _told(row: Model, field: Any) -> Any:
    value = getattr(row, field.attname)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str | list | dict):
        return str(getattr(row, field.name)) if field.is_relation and value is not None else value
    return str(value)
