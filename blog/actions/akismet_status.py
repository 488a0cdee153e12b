"""How Akismet does: the breaker that all workers share, the state of the key, and who is told of trouble.

One row, changed under its lock or by conditional update, because every worker asks through it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format

from blog.errors import AkismetFaultError, AkismetKeyError
from blog.models import AkismetStatus
from blog.spam import akismet
from guard.limits import take_turn
from letters.actions import post_letter

Key = AkismetStatus.Key
FAULTS_OPEN = 5  # in a row, until nobody asks for a while
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 30))
PROBE = timedelta(seconds=30)  # for the one question after a pause; longer than `blog.spam.akismet_line.DEADLINE`
LONG_OUTAGE = timedelta(hours=1)  # without an answer, and so many faults in a row: it does not mend itself
LONG_OUTAGE_FAULTS = 8
TELL_EVERY = timedelta(hours=24)
USAGE_EVERY = ((timedelta(hours=24), 1),)
USAGE_WARNS_AT = 80  # per cent
USAGE = "usage"  # in place of a code of Akismet's own
_ONLY = 1  # the row's key


@dataclass(frozen=True, slots=True)
class Permit:
    """To ask once. `token` is what the breaker said: a fault counts only while it still does."""

    token: datetime | None


def read_status() -> AkismetStatus:
    """The row, made at its first reading; what it knows of another key than ours does not count."""
    status, _ = AkismetStatus.objects.get_or_create(pk=_ONLY)
    if status.key_mark != _mark():
        status.key_state, status.alert_code, status.alert = Key.UNKNOWN, "", ""
    return status


def may_ask() -> bool:
    """Whether somebody may ask now, without taking the turn."""
    status = read_status()
    is_shut = status.paused_until is not None and status.paused_until > timezone.now()
    return bool(settings.AKISMET_API_KEY) and status.key_state != Key.INVALID and not is_shut


def is_probing() -> bool:
    """Whether the next question decides if the rest may be asked."""
    return read_status().faults_in_a_row >= FAULTS_OPEN


def take_permit() -> Permit | None:
    """Leave to ask one question now, or None. After a pause exactly one asks, and the others wait for what comes."""
    if not may_ask():
        return None
    paused_until = read_status().paused_until
    if paused_until is None:
        return Permit(None)
    token = timezone.now() + PROBE
    taken = AkismetStatus.objects.filter(pk=_ONLY, paused_until=paused_until).update(paused_until=token)
    return Permit(token) if taken else None


@transaction.atomic
def record_answer(remarks: akismet.Remarks | None = None) -> None:
    """It answered, so the key is good and the breaker closes. `remarks`: what it said of the account, if asked."""
    now = timezone.now()
    status = _locked()
    changes: dict[str, Any] = {
        **_of_this_key(status),
        "key_state": Key.VALID,
        "faults_in_a_row": 0,
        "paused_until": None,
        "last_answer_at": now,
    }
    if remarks is not None and (remarks.alert or remarks.alert_code or status.alert_code != USAGE):
        changes |= _alert(remarks.alert_code, remarks.alert, now)
    _write(changes)


@transaction.atomic
def record_fault(error: AkismetFaultError, permit: Permit | None = None) -> None:
    """It did not answer. A fault of a question that began before the breaker opened does not open it further."""
    now = timezone.now()
    status = _locked()
    changes: dict[str, Any] = {**_of_this_key(status), "last_fault": str(error)[:250], "last_fault_at": now}
    if error.alert or error.alert_code:
        changes |= _alert(error.alert_code, error.alert, now)
    if isinstance(error, AkismetKeyError):
        changes |= {"key_state": Key.INVALID, "faults_in_a_row": 0, "paused_until": None}
    elif not getattr(error, "is_down", True):
        changes |= {"faults_in_a_row": 0, "paused_until": None}  # it is there, and did not like what was asked
    elif permit is not None and status.paused_until == permit.token:
        faults = status.faults_in_a_row + 1
        changes["faults_in_a_row"] = F("faults_in_a_row") + 1
        if faults >= FAULTS_OPEN:
            changes["paused_until"] = now + PAUSES[min(faults - FAULTS_OPEN, len(PAUSES) - 1)]
    _write(changes)


def give_back(permit: Permit) -> None:
    """The permit was not used: the next one may ask."""
    if permit.token is not None:
        AkismetStatus.objects.filter(pk=_ONLY, paused_until=permit.token).update(paused_until=timezone.now())


def forget_trouble() -> None:
    """Somebody has looked after it: ask again, whatever was said of the key or found on the line."""
    read_status()
    AkismetStatus.objects.filter(pk=_ONLY).update(
        key_state=Key.UNKNOWN, key_mark=_mark(), faults_in_a_row=0, paused_until=None
    )


def verify_key() -> None:
    """Ask whether the key is good, and write down what was said."""
    if not settings.AKISMET_API_KEY:
        return
    try:
        is_valid, remarks = akismet.verify_key()
    except AkismetFaultError as error:
        record_fault(error)
    else:
        if is_valid:
            record_answer(remarks)
        else:
            refused = AkismetKeyError("The key was refused.")
            refused.alert_code, refused.alert = remarks.alert_code, remarks.alert
            record_fault(refused)
    tell_operator()


def watch_usage() -> None:
    """Once a day: how much of the plan is used. A fault here harms nobody and is only noted."""
    if not may_ask() or is_probing() or not take_turn("akismet usage", USAGE_EVERY):
        return
    try:
        usage = akismet.read_usage()
    except AkismetFaultError as error:
        record_fault(error)
    else:
        record_answer()
        _note_usage(usage)
    tell_operator()


def trouble() -> str | None:
    """What is wrong with Akismet, in words for whoever looks at the desk; None: nothing, or it is not used."""
    if not settings.AKISMET_API_KEY:
        return None
    status = read_status()
    if status.key_state == Key.INVALID:
        return "Akismet refuses the key of this site. Comments that it should look at wait for you instead."
    if status.alert or status.alert_code:
        said = status.alert or f"Code {status.alert_code}."
        return said if status.alert_code == USAGE else f"Akismet says about the account: {said}"
    if status.faults_in_a_row >= FAULTS_OPEN:
        since = status.last_answer_at
        words = f"since {date_format(timezone.localtime(since), 'j F, H:i')}" if since else "so far"
        return f"Akismet has not answered {words}. It is asked again; comments wait for you meanwhile."
    return None


def tell_operator() -> None:
    """Write to those who run the site, once a day at most, about what does not mend itself."""
    words = trouble()
    status = read_status()
    now = timezone.now()
    if words is None or _may_pass(status, now):
        return
    due = AkismetStatus.objects.filter(pk=_ONLY).exclude(told_at__gt=now - TELL_EVERY)
    with transaction.atomic():
        if due.update(told_at=now):
            _post_letters(words, status)


def _may_pass(status: AkismetStatus, now: datetime) -> bool:
    """Whether it is only silent, and not for long."""
    if status.key_state == Key.INVALID or status.alert or status.alert_code:
        return False
    is_long = status.last_answer_at is None or status.last_answer_at < now - LONG_OUTAGE
    return status.faults_in_a_row < LONG_OUTAGE_FAULTS or not is_long


def _post_letters(words: str, status: AkismetStatus) -> None:
    everybody: Any = get_user_model().objects
    people = everybody.filter(is_superuser=True, is_active=True).exclude(email="").order_by("pk")
    context = {"words": words, "status": status, "page_url": settings.SITE_URL + reverse("akismet_status")}
    for person in people:
        post_letter("akismet_trouble", to=person.email, context={**context, "name": person.get_full_name()})


def _note_usage(usage: akismet.Usage) -> None:
    now = timezone.now()
    words = ""
    if usage.is_throttled:
        words = "Akismet holds back answers: more checks were asked for than the plan allows."
    elif usage.percentage >= USAGE_WARNS_AT:
        words = f"{usage.percentage:.0f} % of this month's checks of the Akismet plan are used."
    if words:
        _write(_alert(USAGE, words, now))
    else:
        AkismetStatus.objects.filter(pk=_ONLY, alert_code=USAGE).update(alert_code="", alert="", alert_at=None)


def _alert(code: str, words: str, now: datetime) -> dict[str, Any]:
    return {"alert_code": code, "alert": words, "alert_at": now if code or words else None}


def _of_this_key(status: AkismetStatus) -> dict[str, Any]:
    """What was known of another key does not hold for this one."""
    if status.key_mark == _mark():
        return {}
    return {"key_mark": _mark(), "key_state": Key.UNKNOWN, **_alert("", "", timezone.now())}


def _locked() -> AkismetStatus:
    read_status()
    return AkismetStatus.objects.select_for_update().get(pk=_ONLY)


def _write(changes: dict[str, Any]) -> None:
    AkismetStatus.objects.filter(pk=_ONLY).update(**changes)


def _mark() -> str:
    """Tells one key from another, and nobody the key."""
    key = settings.AKISMET_API_KEY
    return salted_hmac("blog.akismet.key", key, algorithm="sha256").hexdigest() if key else ""
