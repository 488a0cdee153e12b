"""A suppressed mailbox knocks at every door: refused by each, and whoever can be told is told."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from guard.addresses import fingerprint
from letters.models import Letter
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.models import ImportLine, Subscriber, Suppression
from tests.factories import SubscriberFactory
from tests.newsletter.joining import link_in, sign_up
from tests.newsletter.lists import check, take

pytestmark = pytest.mark.django_db
Reason, State = Suppression.Reason, Subscriber.State
BARRED = "joan@example.com"
SPELLINGS = ("joan@example.com", "Joan@Example.COM", " joan@EXAMPLE.com ")


@pytest.fixture(params=[Reason.LEFT, Reason.ERASED, Reason.BOUNCED, Reason.COMPLAINED, Reason.BY_HAND, Reason.LAPSED])
def reason(request: Any, home: Any) -> Suppression.Reason:
    """Somebody without a row, as after an erasure, for each reason there is."""
    suppress_mailbox(BARRED, reason=request.param)
    return Suppression.Reason(request.param)


@pytest.fixture(autouse=True)
def stays_out(request: Any) -> Any:
    """Whatever a test did: nobody is on the list, and the mailbox is suppressed for the reason it was."""
    yield
    if "reason" in request.fixturenames:
        assert not Subscriber.objects.confirmed().filter(mailbox=BARRED).exists()
        assert Suppression.objects.filter(fingerprint=fingerprint(BARRED)).exists()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_list_in_the_admin_refuses_it_with_the_reason(reason: Suppression.Reason, spelling: str) -> None:
    found = take(f'email\n"{spelling}"\nother@example.com\n')
    line = found.lines.get()
    assert (line.number, line.kind, line.words) == (2, ImportLine.Kind.SUPPRESSED, reason.label)
    assert not Subscriber.objects.filter(mailbox=BARRED).exists()


def test_a_list_whose_people_are_asked_by_letter_refuses_it_as_well(reason: Suppression.Reason) -> None:
    assert take(f"email\n{BARRED}\nother@example.com\n", with_letter=True).taken == 1
    assert not Subscriber.objects.filter(mailbox=BARRED).exists()


def test_the_command_refuses_it_and_says_so(reason: Suppression.Reason, tmp_path: Path) -> None:
    path, out = tmp_path / "people.csv", StringIO()
    path.write_text(f"email\n{BARRED}\nother@example.com\n", encoding="utf-8")
    call_command("import_subscribers", path, consent="A fair", stdout=out)
    assert f"line 2: {BARRED} must not be mailed: {reason.label}" in out.getvalue()


def test_who_is_suppressed_between_the_dry_run_and_the_taking_is_refused() -> None:
    from newsletter.actions.import_runs import run_import
    from newsletter.actions.importing import order_import

    found = check(f"email\n{BARRED}\n")
    assert found.taken == 1
    suppress_mailbox(BARRED, reason=Reason.COMPLAINED)
    order_import(found, consent="A fair", with_letter=False)
    run_import(found.pk)
    assert found.lines.get().kind == ImportLine.Kind.SUPPRESSED
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_form_puts_nobody_on_the_list(reason: Suppression.Reason, client: Client, spelling: str) -> None:
    """Whoever may come back gets a letter, and only the button in it does it; the others get nothing."""
    answer = sign_up(client, spelling)
    assert (answer.status_code, answer.url) == (303, reverse("newsletter:sign_up_done"))
    letters = list(Letter.objects.all())
    assert [letter.kind for letter in letters] == (["confirm"] if reason in Suppression.MAY_RETURN else [])
    for letter in letters:
        client.get(link_in(letter, "confirm"))
        client.head(link_in(letter, "confirm"))


def test_no_screen_of_the_admin_revives_it(reason: Suppression.Reason, client: Client, editor: Any) -> None:
    """Nobody, not even an administrator, has a form for it; lifting brings nobody back."""
    person = SubscriberFactory(email=BARRED, state=State.LEFT)
    client.force_login(editor)
    snippet = "wagtailsnippets_newsletter_subscriber"
    for name, args in (("edit", [person.pk]), ("add", []), ("delete", [person.pk])):
        client.post(reverse(f"{snippet}:{name}", args=args), {"email": BARRED, "name": "x", "state": "confirmed"})
    page = client.post(reverse("newsletter_suppressions"), {"email": BARRED, "lift": ""}).text
    if reason == Reason.BY_HAND:
        suppress_mailbox(BARRED, reason=reason)
    else:
        assert "Only what the team put there" in page
    assert Subscriber.objects.get().state == State.LEFT


def _bulk_create() -> None:
    Subscriber.objects.bulk_create(
        [SubscriberFactory.build(email="a@example.com"), SubscriberFactory.build(email=BARRED)]
    )


def _bulk_create_past_conflicts() -> None:
    Subscriber.objects.bulk_create([SubscriberFactory.build(email=BARRED)], ignore_conflicts=True)


def _update() -> None:
    person = SubscriberFactory(email=BARRED, state=State.LEFT)
    Subscriber.objects.filter(pk=person.pk).update(state=State.CONFIRMED)


def _save() -> None:
    person = SubscriberFactory(email=BARRED, state=State.LEFT)
    person.state = State.CONFIRMED
    person.save()


def _by_hand() -> None:
    person = SubscriberFactory(email=BARRED, state=State.LEFT)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE newsletter_subscriber SET state = 'confirmed' WHERE id = %s", [person.pk])


@pytest.mark.parametrize("write", [_bulk_create, _bulk_create_past_conflicts, _update, _save, _by_hand])
def test_the_database_refuses_whoever_writes_past_the_actions(
    reason: Suppression.Reason, write: Callable[[], None]
) -> None:
    with pytest.raises(IntegrityError, match="suppressed"), transaction.atomic():
        write()
