"""Posting a letter (a row) and handing it over (a mail)."""

import smtplib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from email.errors import MessageError
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from guard.bells import ring_after_commit
from letters.headers import one_line
from letters.message_ids import feedback_id, message_id, return_path, told_name
from letters.models import Letter
from letters.outgoing import OutgoingMail
from letters.signals import letter_refused

LEASE = timedelta(minutes=5)  # longer than the mail server's time-out
WAITS = (1, 5, 15, 60, 240, 720, 1440)  # minutes before the next try
PERMANENT = range(500, 600)
PARTS = ("subject", "text", "html")


def is_sending_enabled() -> bool:
    """Whether this copy of the database may mail people: SENDING_ENABLED_FOR names the host of SITE_URL, or is *."""
    allowed = settings.SENDING_ENABLED_FOR
    return bool(allowed == "*" or allowed == urlsplit(settings.SITE_URL).hostname)


def post_letter(
    kind: str,
    *,
    to: str,
    context: dict[str, Any],
    headers: dict[str, str] | None = None,
    about: str = "",
    wait: timedelta = timedelta(0),
) -> Letter:
    """Render the three templates `letters/<kind>.{subject,text,html}` and put the letter into the outbox.

    Rings the worker after the commit. Every link in `context` must be absolute. A letter that has to `wait` can be
    taken back until then, by what it is `about`.
    """
    subject, text, html = render_letter(kind, context)
    return post_ready_letter(
        kind, to=to, subject=subject, text=text, html=html, headers=headers, about=about, wait=wait
    )


def render_letter(kind: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of a letter that nobody has posted."""
    everything = {**context, "site_url": settings.SITE_URL}
    subject, text, html = (render_to_string(f"letters/{kind}.{part}", everything) for part in PARTS)
    return subject, text, html


def post_ready_letter(
    kind: str,
    *,
    to: str,
    subject: str,
    text: str,
    html: str,
    headers: dict[str, str] | None = None,
    about: str = "",
    wait: timedelta = timedelta(0),
) -> Letter:
    """The same for what is rendered already."""
    from letters.tasks import send_letter  # noqa: PLC0415 - the task calls this module

    letter = Letter.objects.create(
        kind=kind,
        to=one_line(to),
        subject=one_line(subject)[:250],
        text=text,
        html=html,
        headers={name: one_line(value) for name, value in (headers or {}).items()},
        about=about,
        next_try_at=timezone.now() + wait,
    )
    if wait:
        return letter  # the minute sweep finds it
    ring_after_commit(send_letter, letter.pk)
    return letter


def take_back_letters(about: str, *kinds: str) -> int:
    """Delete the letters of these kinds about that, which nobody has begun to hand over; returns how many."""
    waiting = Letter.objects.filter(about=about, kind__in=kinds, state=Letter.State.WAITING, attempts=0)
    return waiting.delete()[0]


def delete_letters(addresses: Collection[str], *, kinds: Sequence[str], only_waiting: bool = False) -> int:
    """Delete the letters of these kinds to these addresses, but for one that is being handed over; returns how many.

    With `only_waiting`, the trace of those that were handed over stays.
    """
    found = Letter.objects.filter(to__in=addresses, kind__in=kinds).exclude(state=Letter.State.HANDING_OVER)
    return (found.filter(state=Letter.State.WAITING) if only_waiting else found).delete()[0]


def was_posted(about: str, kind: str) -> bool:
    """Whether there is such a letter that was not taken back."""
    return Letter.objects.filter(about=about, kind=kind).exists()


def hand_over_letter(pk: int) -> bool:
    """Hand one waiting letter to the mail server. False when another worker has it or it is not due."""
    now = timezone.now()
    claimed = Letter.objects.due().filter(pk=pk)
    if not is_sending_enabled():
        claimed.update(next_try_at=now + timedelta(hours=1), reply="SENDING_ENABLED_FOR does not name this host")
        return False
    changes = {"state": Letter.State.HANDING_OVER, "lease_until": now + LEASE, "attempts": F("attempts") + 1}
    if not claimed.update(**changes):
        return False
    letter = Letter.objects.get(pk=pk)
    try:
        _as_mail(letter).send()
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        _set_back(letter, reply=f"{code} {_words(reply)}", permanent=code in PERMANENT)
        if code in PERMANENT:
            letter_refused.send(Letter, letter=letter, reply=_words(reply))
    except smtplib.SMTPResponseException as error:
        _set_back(letter, reply=f"{error.smtp_code} {_words(error.smtp_error)}", permanent=False)
    except (ValueError, MessageError) as error:  # it cannot be composed, so it never will be
        _set_back(letter, reply=f"{type(error).__name__}: {error}", permanent=True)
    except (OSError, smtplib.SMTPException) as error:
        _set_back(letter, reply=f"{type(error).__name__}: {error}", permanent=False)
    except Exception as error:  # noqa: BLE001 - a mail provider's own kinds of error
        _set_back(letter, reply=f"{type(error).__name__}: {error}", permanent=False)
    else:
        Letter.objects.filter(pk=pk).update(
            state=Letter.State.HANDED_OVER, handed_over_at=timezone.now(), text="", html="", reply="", lease_until=None
        )
    return True


def release_lost_letters() -> list[int]:
    """Give back letters whose worker died, and return the keys of all that are due."""
    Letter.objects.filter(state=Letter.State.HANDING_OVER, lease_until__lt=timezone.now()).update(
        state=Letter.State.WAITING, lease_until=None
    )
    return list(Letter.objects.due().values_list("pk", flat=True)[:500])


def forget_old_letters(*, before: datetime) -> int:
    """Delete finished letters that were posted before the moment given; returns how many."""
    finished = [Letter.State.HANDED_OVER, Letter.State.FAILED]
    return Letter.objects.filter(state__in=finished, created_at__lt=before).delete()[0]


def _as_mail(letter: Letter) -> OutgoingMail:
    headers = {
        "Message-ID": message_id(letter),
        "Auto-Submitted": "auto-generated",  # RFC 3834: answering machines keep quiet
        "Feedback-ID": feedback_id(letter.kind, "letter"),
        **letter.headers,
    }
    sender = settings.DEFAULT_FROM_EMAIL
    if settings.LETTERS_BY_ESP:
        pass  # it has return paths of its own, and tells what comes back
    elif back := return_path(letter):
        headers.setdefault("From", sender)
        sender = back
    mail = OutgoingMail(letter.subject, letter.text, sender, [letter.to], headers=headers)
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    if settings.LETTERS_BY_ESP:
        mail.metadata = {"wellpress": told_name(letter)}
    return mail


def _set_back(letter: Letter, *, reply: str, permanent: bool) -> None:
    over = permanent or letter.attempts > len(WAITS)
    wait = timedelta(minutes=WAITS[min(letter.attempts, len(WAITS)) - 1])
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.FAILED if over else Letter.State.WAITING,
        next_try_at=timezone.now() + wait,
        lease_until=None,
        reply=one_line(reply)[:250],
    )


def _words(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
