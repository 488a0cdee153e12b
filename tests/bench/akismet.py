"""A reader's post while Akismet hangs, over a real server and a real worker; and what its faults leave behind."""

import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from wagtail.models import Site

from blog.actions import akismet_status
from blog.actions.akismet import ask_akismet
from blog.models import AkismetCheck, AkismetStatus, ArticlePage, Comment, CommentSettings
from blog.spam import akismet_line
from guard.models import Turn
from pagecache.changes import mark_changed
from tests.bench.server import run_server
from tests.factories import ArticlePageFactory
from tests.fakes.akismet import FAULTS, KEY, FakeAkismet, hang
from tests.fakes.asking import unsure_comments
from tests.fakes.reader import Form, form_with
from tests.fakes.smtp import Sink
from tests.fakes.workers import ROOT

POSTS, UNDER_ONE = 280, 28  # the site takes 300 that wait within an hour, and 30 under one article
AHEAD = 8  # of them, until the first question is under way
EACH = 100  # comments a fault
PATIENCE = 300  # seconds for the worker: the embedded broker hands out eight tasks a second
LIMIT = 300.0  # ms, p99
WHO = ("mother", "aunt", "neighbour", "husband", "sister", "friend", "brother", "grandson")
DOES = ("walks with", "sleeps after", "keeps", "tries", "has given up", "asks for", "writes down", "measures")
WHAT = ("her stick", "warm tea", "a diary", "the exercises", "salt", "a second opinion", "every meal", "the pulse")


def measure_akismet(folder: str) -> None:
    """Print how long readers wait and where the comments are, with Akismet hanging and after it answers again."""
    site = Site.objects.get(is_default_site=True)
    CommentSettings.objects.update_or_create(site=site, defaults={"use_akismet": True})
    mark_changed()
    with FakeAkismet() as fake, Sink() as sink:
        settings.AKISMET_API_KEY, settings.AKISMET_API_URL = KEY, fake.url
        _measure_posts(folder, fake, sink)
        _forget()
        _measure_faults(fake)
        _forget()
    settings.AKISMET_API_KEY = ""
    CommentSettings.objects.all().delete()
    mark_changed()


def _measure_posts(folder: str, fake: FakeAkismet, sink: Sink) -> None:
    environment = {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "WELLPRESS_VAR": folder,
        "AKISMET_API_KEY": KEY,
        "AKISMET_API_URL": fake.url,
        "EMAIL_URL": f"smtp://{sink.host}:{sink.port}",
    }
    articles = [ArticlePageFactory() for _ in range(POSTS // UNDER_ONE)]
    print(f"\n{'reader posts a comment that is asked about':<44}{'p50 ms':>10}{'p99 ms':>10}{'most ms':>10}")
    with run_server("config.wsgi:application", **environment) as server, _worker(environment):
        base = f"http://127.0.0.1:{server.connection.port}"
        for name, script in (("Akismet answers", None), ("Akismet hangs", hang)):
            fake.script = lambda _call, script=script: script
            fake.calls.clear()
            forms = [_form(base, article) for article in articles]
            waits = [_post(base, forms[number % len(forms)], number) for number in range(AHEAD)]
            _wait_until_asked(fake)
            waits += [_post(base, forms[number % len(forms)], number) for number in range(AHEAD, POSTS)]
            _wait_until_judged(answered=script is None)
            p99 = statistics.quantiles(waits, n=100)[98]
            verdict = "ok" if p99 < LIMIT else f"OVER {LIMIT:.0f}"
            print(f"{name:<44}{statistics.median(waits):>10.0f}{p99:>10.0f}{max(waits):>10.0f} {verdict}")
            print(f"  {_where()}, {len(fake.calls)} questions")
            if script is None:
                _forget()
    fake.script = lambda _call: None
    akismet_status.forget_trouble()
    _ask_all()
    print(f"  once it answers again: {_where()}")


def _measure_faults(fake: FakeAkismet) -> None:
    """Each fault meets so many comments, then the service is well again."""
    akismet_line.TIMEOUT, akismet_line.DEADLINE, before = 0.2, 0.4, (akismet_line.TIMEOUT, akismet_line.DEADLINE)
    total: Counter[str] = Counter()
    for fault in FAULTS.values():
        fake.script = lambda _call, fault=fault: fault
        unsure_comments(EACH, every_spam=4)
        _ask_all()
        total.update(kept=Comment.objects.count(), published=Comment.objects.published().count())
        fake.script = lambda _call: None
        akismet_status.forget_trouble()
        _ask_all()
        total["judged"] += AkismetCheck.objects.filter(state="answered").count()
        _forget()
    akismet_line.TIMEOUT, akismet_line.DEADLINE = before
    print(
        f"{len(FAULTS)} faults x {EACH} comments: {total['kept']} kept, {total['published']} published, "
        f"{total['judged']} judged once it answered again"
    )


def _form(base: str, article: ArticlePage) -> Form:
    with urllib.request.urlopen(base + urllib.parse.urlsplit(article.url).path) as page:  # noqa: S310 - loopback
        return form_with(page.read().decode(), "textarea")


def _post(base: str, form: Form, number: int) -> float:
    """Milliseconds until the reader has an answer. No two comments are alike, and each holds a link."""
    who, (does, what) = WHO[number % 8], (DOES[number // 8 % 8], WHAT[number // 64 % 8])
    words = f"My {who} {does} {what} since spring, as https://clinic.example/{number} says."
    fields = {**form.fields, "text": words, "name": f"Reader {number}", "email": f"reader{number}@mail{number}.example"}
    data = urllib.parse.urlencode(fields).encode()
    begun = time.perf_counter()
    try:
        with _opener.open(base + urllib.parse.urlsplit(form.action).path, data) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    if status != 303:
        raise SystemExit(f"The post was answered with {status}.")
    return (time.perf_counter() - begun) * 1000


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-l", "ERROR", "-P", "threads", "-c", "4"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def _wait_until_asked(fake: FakeAkismet) -> None:
    until = time.monotonic() + PATIENCE
    while not fake.calls:
        if time.monotonic() > until:
            raise SystemExit("The worker asks nothing.")
        time.sleep(0.05)


def _wait_until_judged(*, answered: bool) -> None:
    """By our own check, and by Akismet where it answers."""
    until = time.monotonic() + PATIENCE
    waiting = AkismetCheck.objects.filter(state="waiting")
    while (Comment.objects.pending().exists() or (answered and waiting.exists())) and time.monotonic() < until:
        time.sleep(0.2)


def _ask_all() -> None:
    """Ask what waits, whenever its turn would be."""
    AkismetCheck.objects.filter(state="waiting", lease_until=None).update(next_try_at="2000-01-01T00:00Z")
    for pk in AkismetCheck.objects.filter(state="waiting").values_list("pk", flat=True):
        ask_akismet(pk)


def _where() -> str:
    found = Counter(Comment.objects.values_list("state", flat=True))
    asked = Counter(AkismetCheck.objects.values_list("state", flat=True))
    waiting, answered = asked["waiting"], asked["answered"]
    return (
        f"{sum(found.values())} of {POSTS} kept, {found['published']} published, "
        f"{answered} answered, {waiting} to be asked again"
    )


def _forget() -> None:
    for rows in (Comment.objects, AkismetStatus.objects, Turn.objects):
        rows.all().delete()
