"""Whatever happens to an article, its page names a reviewer only for words that this person has read."""

import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from blog.actions.reviews import record_review
from blog.errors import ReviewRefusedError
from blog.models import ArticlePage, Credential, Reference, Review
from tests.factories import ArticlePageFactory, AuthorPageFactory

pytestmark = pytest.mark.django_db
NAMES = ("Dr Ada Moss", "Dr Bee Low")
JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
START = datetime(2026, 1, 5, 9, tzinfo=timezone.get_fixed_timezone(0))

WORDS = st.sampled_from(["One.", "Two.", "Three."])
STEPS = st.one_of(
    st.tuples(st.just("body"), WORDS),
    st.tuples(st.just("title"), st.sampled_from(["A name", "Another name"])),
    st.tuples(st.just("sources"), st.sampled_from(["", "A book."])),
    st.tuples(st.sampled_from(["publish", "unpublish", "revert", "wait", "discard"]), st.integers(0, 3)),
    st.tuples(
        st.just("review"),
        st.tuples(st.sampled_from(NAMES), st.sampled_from(Review.Scope.values), st.booleans()),
    ),
)


PRIVATE = {"body", "title", "sources", "revert", "discard"}  # readers see nothing of it


@dataclass
class Story:
    """An article and what is known about it from outside: who was shown which words, as a reader would see them."""

    article: ArticlePage
    people: dict[str, Any]
    clock: Any
    read: dict[str, list[tuple[tuple[str, ...], date]]] = field(default_factory=lambda: {name: [] for name in NAMES})
    whole_days: set[date] = field(default_factory=set)

    def draft(self) -> ArticlePage:
        return ArticlePage.objects.get(pk=self.article.pk).get_latest_revision_as_object()

    def live(self) -> ArticlePage:
        return ArticlePage.objects.get(pk=self.article.pk)

    def do(self, step: str, value: Any) -> None:
        self.clock.shift(timedelta(hours=1))
        getattr(self, f"do_{step}")(value)

    def do_body(self, words: str) -> None:
        draft = self.draft()
        draft.body = [("text", f"<p>{words}</p>")]
        draft.save_revision()

    def do_title(self, words: str) -> None:
        draft = self.draft()
        draft.title = words
        draft.save_revision()

    def do_sources(self, words: str) -> None:
        draft = self.draft()
        draft.references = [Reference(text=words)] if words else []
        draft.save_revision()

    def do_publish(self, _: int) -> None:
        self.draft().get_latest_revision().publish()

    def do_unpublish(self, _: int) -> None:
        if self.live().live:
            self.live().unpublish()

    def do_discard(self, _: int) -> None:
        """Autosave writes over the newest revision."""
        draft = self.draft()
        draft.body = [("text", "<p>Written over.</p>")]
        draft.save_revision(overwrite_revision=draft.get_latest_revision())

    def do_revert(self, back: int) -> None:
        revisions = list(self.live().revisions.order_by("-created_at", "-pk"))
        revisions[min(back, len(revisions) - 1)].as_object().save_revision()

    def do_wait(self, quarters: int) -> None:
        self.clock.shift(timedelta(days=150 * quarters))

    def do_review(self, how: tuple[str, str, bool]) -> None:
        name, scope, of_draft = how
        words = self.draft() if of_draft else self.live()
        revision = words.get_latest_revision() if of_draft else None
        try:
            record_review(self.live(), reviewer=self.people[name], revision=revision, scope=scope)
        except ReviewRefusedError:
            return
        self.read[name].append((visible(words), timezone.localdate()))
        if scope == Review.Scope.WHOLE:
            self.whole_days.add(timezone.localdate())


def visible(article: ArticlePage) -> tuple[str, ...]:
    """Found without the digest under test."""
    body = "".join(str(block.value) for block in article.body)
    return (article.title, re.sub(r"<[^>]*>", "", body), *(ref.text for ref in article.references.all()))


def show(article: ArticlePage) -> tuple[str, dict[str, Any]]:
    """The page as readers get it, and what it says to machines about itself."""
    request = RequestFactory().get(article.url)
    html = article.serve(request).render().content.decode()
    data = [json.loads(written) for written in JSON_LD.findall(html)]
    nodes = [node for one in data for node in (one.get("@graph", [one]) if isinstance(one, dict) else one)]
    return html, next(node for node in nodes if "headline" in node)


def check(story: Story) -> None:
    """What a reader and a machine may be told now."""
    article = story.live()
    if not article.live:
        return
    html, data = show(article)
    html = JSON_LD.sub("", html)
    said = "Medically reviewed by" in html
    machines = data.get("reviewedBy", [])
    names = {person["name"] for person in (machines if isinstance(machines, list) else [machines])}
    knowing = {name for name, seen in story.read.items() if visible(article) in [words for words, _ in seen]}
    assert said == bool(names) == ("lastReviewed" in data)
    if said:
        assert knowing, "nobody has read these words"
        assert date.fromisoformat(data["lastReviewed"]) in story.whole_days
        if not (names & knowing):  # then somebody has read what changed since, and the page says so
            assert any(f"{name}</a>" in html and "Changes since checked by" in html for name in knowing)
    for name in NAMES:
        if not story.read[name]:
            assert name not in html
    if not knowing:
        assert "Not medically reviewed" in html or "changed since it was reviewed" in html
    check_dates(story, html)


def check_dates(story: Story, html: str) -> None:
    """An edit makes no new day of review: each one named is a day on which a whole article was read."""
    days = {date_format(day, "j F Y") for day in story.whole_days}
    named = re.findall(
        r"(?:Last reviewed</dt>|last reviewed on|an earlier version on)\D*?(\d[^<.]*?)[<.]", _dates(html)
    )
    assert {day.strip() for day in named} <= days


def _dates(html: str) -> str:
    return re.sub(r'<time datetime="[^"]*">', "", html)


@given(steps=st.lists(STEPS, min_size=3, max_size=9), publishes=st.booleans())
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
def test_a_page_names_a_reviewer_only_for_words_that_were_read(
    stage: Story, steps: list[tuple[str, Any]], publishes: bool
) -> None:
    clock = stage.clock
    clock.move_to(START)
    with transaction.atomic():
        story = Story(stage.article, stage.people, clock)
        for step, value in steps:
            before = story.live().standing
            story.do(step, value)
            if step in PRIVATE:
                assert story.live().standing == before
            else:
                check(story)
        if publishes:
            story.do("publish", 0)
            check(story)
        transaction.set_rollback(True)


@pytest.fixture
def stage(db: None) -> Any:
    with time_machine.travel(START - timedelta(days=1), tick=False) as clock:
        article = ArticlePageFactory(title="A name", body=[("text", "<p>One.</p>")])
        article.save_revision().publish()
        people = {name: AuthorPageFactory(title=name, is_reviewer=True, role="GP") for name in NAMES}
        for person in people.values():
            Credential.objects.create(author=person, degree="MB BS")
        yield Story(article, people, clock)
