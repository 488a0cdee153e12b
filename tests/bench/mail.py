"""The mail of an issue with every kind of block: its size, what it costs, and what SpamAssassin says of it."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial

from django.utils import timezone

from newsletter.composing import Skeleton
from newsletter.models import Dispatch, IssuePage, Subscriber
from newsletter.rendering import RenderedIssue, render_issue
from tests.newsletter.issues import differences, make_full_issue, make_picture
from tests.newsletter.unsafe_css import find_unsafe

MOST_BYTES, MOST_POINTS = 100_000, 2.0
TIMES = 20
SECONDS = 120


def measure_mail() -> None:
    """Print the table. SpamAssassin is asked by its local rules alone, and left out where it is not installed."""
    issue = make_full_issue(
        picture=make_picture("Rings"),
        picture_alt="Rings of colour",
        subject="Living with pain, in plain words",
        preview_line="Cold mornings, faulty wires and the back that is stronger than it feels.",
    )
    mail = render_issue(issue)  # cuts the pictures, once
    plain, named = _message(mail), _message(mail, subject="{name|Friend}, living with pain")
    print(f"\n{'the mail of an issue with every kind of block':<58}")
    print(f"{f'HTML part, KB (limit {MOST_BYTES // 1000})':<58}{len(mail.html.encode()) / 1000:>10.1f}")
    print(f"{'text part, KB':<58}{len(mail.text.encode()) / 1000:>10.1f}")
    print(f"{'whole message, KB':<58}{len(plain) / 1000:>10.1f}")
    print(f"{'what some mail program cannot show (our table)':<58}{len(find_unsafe(mail.html)):>10}")
    print(f"{'words or links that are in one part only':<58}{len(differences(mail)):>10}")
    print(f"{'rendering the issue, ms of CPU':<58}{_milliseconds(partial(render_issue, issue)):>10.1f}")
    for what, subject in (("one subject for all", mail.subject), ("a name in the subject", "{name|Friend}, pain")):
        compose = partial(Skeleton(_dispatch(mail, subject)).compose, _reader())
        print(f"{f'composing a message, {what}, ms of CPU':<58}{_milliseconds(compose):>10.2f}")
    for what, message in (("", plain), (", a name in its subject", named)):
        print(f"{f'SpamAssassin, local rules{what} (limit {MOST_POINTS})':<58}{_ask_spamassassin(message):>10}")


def _milliseconds(call: Callable[[], object]) -> float:
    begun = time.process_time()
    for _ in range(TIMES):
        call()
    return (time.process_time() - begun) * 1000 / TIMES


def _reader() -> Subscriber:
    return Subscriber(pk=42, email="joan@example.com", name="Joan", confirmed_at=timezone.now())


def _dispatch(mail: RenderedIssue, subject: str) -> Dispatch:
    return Dispatch(
        pk=7,
        issue=IssuePage.objects.get(),
        subject=subject,
        sender=mail.sender,
        html=mail.html,
        text=mail.text,
        launched_at=timezone.now(),
    )


def _message(mail: RenderedIssue, subject: str = "") -> bytes:
    return Skeleton(_dispatch(mail, subject or mail.subject)).compose(_reader()).content


def _ask_spamassassin(message: bytes) -> str:
    """Its points, and the rules that gave them."""
    program = shutil.which("spamassassin")
    if program is None:
        return "skipped: spamassassin is not installed (Debian: apt install spamassassin)"
    command = [program, "-L", "-t", "--cf=use_bayes 0"]
    answer = subprocess.run(command, input=message, capture_output=True, timeout=SECONDS, check=False).stdout.decode()
    status = re.search(
        r"^X-Spam-Status: \w+, score=(-?[\d.]+).*?tests=(.*?)\s+autolearn", answer, re.MULTILINE | re.DOTALL
    )
    return f"{status[1]:>10}  {' '.join(status[2].split())}" if status else "no answer"
