"""Forms that take an address, over a real server: whether their time tells whom we know; and a bombing run of nine."""

import http.client
import math
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import time_machine
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from config.celery import app
from guard.addresses import fingerprint, without_tag
from guard.forms import make_token
from guard.models import Turn
from letters.models import Letter
from newsletter.links import fresh_own_url
from newsletter.models import AddressChange, LeaveRequest, SignUpRequest, Subscriber, Suppression
from newsletter.tasks import sweep_sign_ups
from tests.bench.server import run_server
from tests.factories import SubscriberFactory
from tests.fakes.reader import forms_of
from tests.newsletter.joining import settle_all
from users.models import User

ROUNDS = 200
LEAST_P, MOST_APART = 0.01, 0.05  # of Kolmogorov and Smirnov's test; of two medians
VICTIMS, MOST_LETTERS = 9, 3
TOGETHER = 50
PATH = "/newsletter/sign-up/"
STATES = {
    "unknown": "reader{}@example.com",
    "known": "known{}@example.com",
    "pending": "pending{}@example.com",
    "suppressed": "barred{}@example.com",
    "odd but valid": "!#$%&'*+-/=?^_`{{|}}~{}@bücher.example",
}


@dataclass(frozen=True)
class Door:
    """A form that anybody, or whoever has a link, may fill in with any address."""

    name: str
    path: str
    fields: Callable[[str], dict[str, str]]


def measure_sign_ups(folder: str) -> None:
    """Print the medians of each state with their likeness to the unknown one, then what came of the bombing run."""
    doors = (
        Door("sign-ups", PATH, lambda email: _guarded("sign-up", email=email, place="page")),
        Door("wishes to leave", "/newsletter/leave/", lambda email: _guarded("leave", email=email)),
        Door("changes of address", _make_people(), lambda email: {"act": "address", "email": email}),
    )
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "WELLPRESS_VAR": folder, "TRUSTED_PROXIES": "1"}
    environment["SECRET_KEY"] = settings.SECRET_KEY  # the marks in the forms that are sent to it are made here
    with run_server("config.wsgi:application", **environment) as server:
        for door in doors:
            _print_times(door, *_ask_all(server.connection.port, door))
    _clear()
    app.conf.broker_url = "memory://"  # nobody listens, and nothing is to be kept
    _print_bombing("a program that sends blindly", posts=10_000, reads=False)
    _print_bombing("a program that types the word", posts=10_000, reads=True)
    _clear()


def _print_times(door: Door, times: dict[str, list[float]], answers: set[tuple[object, ...]]) -> None:
    heads = "".join(f"{head:>8}" for head in ("p25 ms", "median", "p75", "p95", "KS D", "p"))
    print(f"\n{f'{ROUNDS} {door.name} of each state':<36}{heads}")
    for state, found in times.items():
        distance, p = compare(times["unknown"], found)
        apart = abs(statistics.median(found) / statistics.median(times["unknown"]) - 1)
        # A machine that does other things as well moves medians by chance; then the distributions are alike.
        verdict = "TELLS" if p <= LEAST_P else "ok" if apart < MOST_APART else "alike, but noisy"
        cuts = statistics.quantiles(found, n=20)
        told = "".join(f"{cuts[at]:>8.2f}" for at in (4, 9, 14, 18))
        print(f"{state:<36}{told}{distance:>8.3f}{p:>8.3f} {verdict}")
    print(f"  different answers (status, headers, bytes): {len(answers)} {'ok' if len(answers) == 1 else 'TELLS'}")


def _guarded(purpose: str, **fields: str) -> dict[str, str]:
    return {**fields, "form_token": make_token(purpose)}


def compare(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """Kolmogorov and Smirnov's two-sample test: the greatest distance of the distributions, and its probability.

    The asymptotic form with Stephens' correction, as in Numerical Recipes.
    """
    left, right = sorted(one), sorted(other)
    marks = sorted({*left, *right})
    distance = max(abs(_share(left, mark) - _share(right, mark)) for mark in marks)
    weight = math.sqrt(len(left) * len(right) / (len(left) + len(right)))
    reach = (weight + 0.12 + 0.11 / weight) * distance
    if reach < 0.2:
        return distance, 1.0
    terms = ((-1) ** (k - 1) * math.exp(-2 * k * k * reach * reach) for k in range(1, 101))
    return distance, min(1.0, max(0.0, 2 * sum(terms)))


def _share(ordered: list[float], mark: float) -> float:
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if ordered[middle] <= mark else (low, middle)
    return low / len(ordered)


def _make_people() -> str:
    """Make them, and one who wants to move; returns the path of that one's page."""
    for n in range(ROUNDS):
        SubscriberFactory(email=STATES["known"].format(n))
        SubscriberFactory(email=STATES["pending"].format(n), state=Subscriber.State.PENDING, confirmed_at=None)
        mark = fingerprint(STATES["suppressed"].format(n))
        Suppression.objects.create(fingerprint=mark, reason=Suppression.Reason.COMPLAINED)
    return urlsplit(fresh_own_url(SubscriberFactory(email="moves@example.com"))).path


def _ask_all(port: int, door: Door) -> tuple[dict[str, list[float]], set[tuple[object, ...]]]:
    """Milliseconds by state, and the different answers; the states take turns in a new order each round."""
    times: dict[str, list[float]] = {state: [] for state in STATES}
    answers: set[tuple[object, ...]] = set()
    order = list(STATES)
    chance = random.Random(7)
    for n in range(-10, ROUNDS):
        chance.shuffle(order)
        for rows in (SignUpRequest, LeaveRequest, AddressChange, Turn):
            rows.objects.all().delete()  # two hundred an hour would bring the question, five moves the end of them
        for place, state in enumerate(order):
            fields = door.fields(STATES[state].format(n))
            begun = time.perf_counter()
            found = _post(port, door.path, urlencode(fields), f"8.{place}.{n % 250}.{n // 250 + 8}")
            if n >= 0:  # the first ones warm the server
                times[state].append((time.perf_counter() - begun) * 1000)
                answers.add(found)
    return times, answers


def _post(port: int, path: str, body: str, network: str) -> tuple[object, ...]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": network}
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        kept = tuple(sorted((name, value) for name, value in answer.getheaders() if name.lower() != "date"))
        return answer.status, kept, answer.read()
    finally:
        connection.close()


def _print_bombing(name: str, *, posts: int, reads: bool) -> None:
    """All posts within a day, each from another network, the worker at its side."""
    boss = User.objects.create_superuser("boss", "boss@meadowsweet.example", "a long passphrase")
    client, start, answers = Client(), timezone.now(), Counter[int]()
    with time_machine.travel(start) as clock:
        for first in range(0, posts, TOGETHER):
            with transaction.atomic():  # one commit for all: what is measured here is letters, not the disk
                for n in range(first, first + TOGETHER):
                    clock.move_to(start + timedelta(days=1) * (n / posts))
                    answers[_bomb(client, n, reads=reads, clock=clock)] += 1
                    settle_all()
            sweep_sign_ups()
    letters = Counter(
        without_tag(to.lower()) for to in Letter.objects.exclude(to=boss.email).values_list("to", flat=True)
    )
    alarms = Letter.objects.filter(to=boss.email, kind="sign_up_flood").count()
    most = max(letters.values())
    verdict = "ok" if most <= MOST_LETTERS and alarms and len(letters) == VICTIMS else "OVER"
    told = ", ".join(f"{count} x {status}" for status, count in sorted(answers.items()))
    print(f"{posts} sign-ups of {VICTIMS} addresses in a day, {name}:")
    print(f"  {told}; letters to one inbox: {most} at most, {sum(letters.values())} in all; alarms: {alarms} {verdict}")
    _clear()
    boss.delete()


def _bomb(client: Client, n: int, *, reads: bool, clock: time_machine.Traveller) -> int:
    tag = f"+{n}" if n % 3 else ""
    fields = {"email": f"Victim{n % VICTIMS}{tag}@Example.com", "place": "page", "form_token": make_token("sign-up")}
    network = f"{11 + n // 60_000}.{n // 250 % 250}.{n % 250}.9"
    answer = client.post(PATH, fields, REMOTE_ADDR=network)
    if answer.status_code == 422 and reads:
        form = next(form for form in forms_of(answer.text) if "mark" in form.fields)
        word = answer.text.partition("please type the word <b>")[2].partition("</b>")[0]
        clock.shift(3)
        answer = client.post(form.action, {**form.fields, "answer": word}, REMOTE_ADDR=network)
    return int(answer.status_code)


def _clear() -> None:
    for model in (Letter, SignUpRequest, Subscriber, Suppression, Turn):
        model.objects.all().delete()
