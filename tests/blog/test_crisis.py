"""Words that sound like danger to life are found, their writer is shown whom to call, and moderators are written to."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.actions.crisis_alerts import alert_about, alert_about_the_rest
from blog.actions.submitting import submit_comment
from blog.commenting.links import make_status_token, status_path
from blog.models import ArticlePage, Comment, Helpline
from blog.spam.crisis import find_crisis
from blog.spam.findings import LABELS
from blog.tasks import judge_comment, tell_moderators
from guard.forms import make_token
from letters.actions import hand_over_letter
from letters.models import Letter
from tests.blog.finder_sets import HOSTILE, read_kinds, read_passages
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

DEV, HELD_BACK = read_kinds("crisis_dev.txt"), read_kinds("crisis_test.txt")
HEALTH = [p.text for name in ("dev", "test") for p in read_passages(f"personal_data_{name}.txt") if not p.spans]
WORDS = "I want to kill myself."


def found_of(pairs: list[tuple[str, str]]) -> float:
    danger = [bool(find_crisis(text)) for kind, text in pairs if kind]
    return sum(danger) / len(danger)


def test_what_the_patterns_were_made_with_is_found_and_few_alarms_are_false() -> None:
    calm = [text for kind, text in [*DEV, *HELD_BACK] if not kind] + HEALTH
    alarms = [text for text in calm if find_crisis(text)]
    assert found_of(DEV) >= 0.98
    assert len(calm) >= 400
    assert len(alarms) / len(calm) <= 0.01


def test_of_danger_in_words_that_nobody_foresaw_a_good_part_is_found() -> None:
    """A low bar: the true figure, told in docs/personal-data-and-crisis.md; a change for the worse is seen."""
    assert sum(bool(kind) for kind, _ in HELD_BACK) >= 75
    assert found_of(HELD_BACK) >= 0.43


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("suicide", "I want to kill myself."),
        ("self_harm", "I am cutting myself again."),
        ("overdose", "I took forty paracetamol."),
        ("emergency", "I think I'm having a heart attack."),
        ("violence", "My husband beats me."),
        ("", "I was suicidal ten years ago and got help."),
        ("", "If you want to die, talk to somebody, the Samaritans for example."),
        ("", "The play opens with “I want to die” and ends with a wedding."),
        ("", "My husband beats the eggs, I do the rest."),
    ],
)
def test_the_kind_is_named_and_what_only_sounds_like_it_is_left_alone(kind: str, text: str) -> None:
    assert {finding.kind for finding in find_crisis(text)} == ({kind} if kind else set())


@pytest.mark.parametrize(
    "text",
    [
        "My husband died and I can't go on any more.",
        "It began in 2019 and I want to die.",
        "Since reading the article I want to kill myself.",
        "My late wife would understand. I dont want to live anymore",
        "I was suicidal ten years ago and tonight it is back again.",
    ],
)
def test_what_is_said_of_now_is_not_excused_by_what_was(text: str) -> None:
    assert find_crisis(text)


@pytest.mark.parametrize(
    "text", ["I can’t go on like this any more.", "I CAN'T GO ON LIKE THIS ANY MORE", "i cant go on"]
)
def test_the_way_of_typing_makes_no_difference(text: str) -> None:
    assert [finding.kind for finding in find_crisis(text)] == ["suicide"]


@given(st.lists(st.one_of(st.sampled_from([text for _, text in DEV]), st.text(max_size=20)), max_size=8))
@settings(max_examples=100, deadline=None)
def test_findings_are_in_the_text_in_order_and_apart(parts: list[str]) -> None:
    text = " ".join(parts)
    at = 0
    for finding in find_crisis(text):
        assert at <= finding.start < finding.end <= len(text)
        assert (finding.words, finding.kind in LABELS) == (text[finding.start : finding.end], True)
        at = finding.end


@pytest.mark.parametrize("part", HOSTILE)
def test_the_time_grows_with_the_text_and_no_faster(part: str) -> None:
    text = (part * 8000)[:8000]
    spent = cpu(text)
    assert spent < 0.3, f"{spent:.3f} s"  # 80 ms on a quiet machine, 40 for honest words
    assert cpu(text * 4) < max(0.2, 8 * spent)


def cpu(text: str) -> float:
    """Seconds of this process: the best of three where it was long, since others use the machine too."""
    spent = []
    for _ in range(3):
        began = time.process_time()
        find_crisis(text)
        spent.append(time.process_time() - began)
        if spent[-1] < 0.1:
            break
    return min(spent)


def send(text: str = WORDS, email: str = "joan@example.com", ip: str | None = None) -> Comment:
    article = ArticlePageFactory()
    return submit_comment(article, text=text, name="Joan", email=email, ip=ip)


def alerts() -> list[str]:
    return list(Letter.objects.filter(kind="crisis").order_by("pk").values_list("to", flat=True))


@pytest.mark.django_db
def test_every_moderator_is_written_to_at_once_and_only_once(moderator: User, editor: User, stranger: User) -> None:
    comment = send()
    assert alerts() == [moderator.email]
    assert alert_about(comment) == 0
    tell_moderators()
    assert alerts() == [moderator.email]


@pytest.mark.django_db
def test_where_nobody_else_may_decide_administrators_are_written_to(editor: User) -> None:
    send()
    assert alerts() == [editor.email]


@pytest.mark.django_db
def test_a_comment_without_danger_alerts_nobody(moderator: User) -> None:
    send(text="This headache is killing me.")
    assert alerts() == []


@pytest.mark.django_db
def test_the_letter_leads_to_the_desk_and_holds_none_of_the_words(moderator: User) -> None:
    comment = send(text="<b>I want to kill myself</b> and here is my number 07700 900123")
    letter = Letter.objects.get(kind="crisis")
    hand_over_letter(letter.pk)
    (message,) = mail.outbox
    html = str(message.alternatives[0][0])
    for part in (message.body, html):
        assert f"/admin/comments/{comment.pk}/" in part
        assert "thoughts of suicide" in part
        assert "kill myself" not in part
        assert "07700" not in part
        assert "joan@example.com" not in part
    assert message.subject == "A comment that sounds like danger to life"


@pytest.mark.django_db
def test_a_flood_gives_few_letters_and_the_last_ones_count_the_rest(moderator: User) -> None:
    article = ArticlePageFactory()
    for number in range(60):
        comment = CommentFactory(article=article, state="held", crisis=True, text=WORDS, email=f"r{number}@example.com")
        alert_about(comment)
    assert len(alerts()) == 20
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        tell_moderators()
        tell_moderators()
    last = Letter.objects.filter(kind="crisis").latest("pk")
    assert len(alerts()) == 21
    assert "and 59 more" in last.subject
    assert "59 more comments like this wait for a person" in last.text


@pytest.mark.django_db
def test_one_mailbox_brings_one_letter_in_ten_minutes_and_the_next_minute_tells_of_its_second_comment(
    moderator: User,
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        alert_about(CommentFactory(state="held", crisis=True, text=WORDS, email="joan@example.com"))
        clock.shift(timedelta(seconds=30))
        alert_about(CommentFactory(state="held", crisis=True, text=WORDS, email="joan+2@example.com"))
        assert len(alerts()) == 1
        clock.shift(timedelta(seconds=30))
        assert alert_about_the_rest() == 1
        clock.shift(timedelta(minutes=30))
        assert alert_about_the_rest() == 0  # nothing new has come
    assert len(alerts()) == 2


@pytest.mark.django_db
def test_what_was_decided_meanwhile_is_not_told(moderator: User) -> None:
    CommentFactory(state="refused", crisis=True, text=WORDS)
    assert alert_about_the_rest() == 0


@pytest.mark.django_db
def test_it_is_never_published_unseen_and_its_writer_sees_whom_to_call(client: Client, moderator: User) -> None:
    comment = send()
    judge_comment(comment.pk)
    comment.refresh_from_db()
    assert (comment.state, comment.crisis) == ("held", True)
    Helpline.objects.create(name="<i>Night</i> line", country="Nowhere", number="+49 (0)30 23125 000", sort_order=9)
    answer = client.get(status_path(comment))
    page = answer.content.decode()
    assert page.index('href="tel:999"') < page.index('href="tel:116123"')
    assert page.index('href="tel:999"') < page.index(WORDS)
    assert 'href="tel:+4903023125000"' in page
    assert "&lt;i&gt;Night&lt;/i&gt; line" in page
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_the_page_of_any_other_comment_names_no_helpline(client: Client) -> None:
    comment = send(text="This headache is killing me.")
    assert "tel:" not in client.get(status_path(comment)).content.decode()


@pytest.mark.django_db
def test_without_any_helpline_the_emergency_numbers_are_named(client: Client) -> None:
    Helpline.objects.all().delete()
    assert 'href="tel:112"' in client.get(status_path(send())).content.decode()


def typed(text: str = WORDS, **changes: str) -> dict[str, str]:
    fields = {"text": text, "name": "Joan", "email": "joan@example.com", "website": ""}
    return {**fields, "form_token": make_token("comment"), **changes}


def answer_to(client: Client, article: ArticlePage, **changes: str) -> tuple[int, str]:
    answer = client.post(reverse("blog:post_comment", args=[article.pk]), typed(**changes))
    return answer.status_code, answer.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"email": ""}, 422),
        ({"text": f"{'So tired. ' * 810}{WORDS}"}, 422),  # too long
        ({"text": f"{WORDS} Ring me on 07700 900123."}, 422),  # asked about the number
        ({"preview": "yes"}, 200),
    ],
)
def test_words_that_were_not_kept_bring_the_helplines_at_once(
    client: Client, changes: dict[str, str], status: int
) -> None:
    code, page = answer_to(client, ArticlePageFactory(), **changes)
    assert code == status
    assert page.count('id="helplines"') == 1
    assert page.index("autofocus") > page.index('id="helplines"')  # the first one that asks for it gets the focus
    assert page.index('href="tel:999"') < page.index('<textarea name="text"')
    assert "A person reads what you wrote" not in page
    assert not Comment.objects.exists()


@pytest.mark.django_db
def test_where_comments_are_closed_or_too_many_came_the_helplines_are_shown(client: Client) -> None:
    code, page = answer_to(client, ArticlePageFactory(comments_mode="closed"))
    assert (code, 'href="tel:999"' in page) == (409, True)
    article = ArticlePageFactory()
    for number in range(40):
        code, page = answer_to(client, article, text=f"This is number {number}. {WORDS}")
        if code == 429:
            break
        assert 'href="tel:999"' not in page  # it is led to its own page
    assert (code, 'href="tel:999"' in page) == (429, True)


@pytest.mark.django_db
def test_a_change_that_comes_too_late_still_brings_the_helplines(client: Client) -> None:
    comment = CommentFactory(state="held", created_at=timezone.now() - timedelta(days=2))
    path = reverse("blog:edit_comment", args=[make_status_token(comment)])
    assert 'href="tel:999"' in client.post(path, {"text": WORDS, "version": 1}).text
    assert "tel:" not in client.post(path, {"text": "Thank you.", "version": 1}).text


@pytest.mark.django_db
def test_refused_words_without_danger_bring_none(client: Client) -> None:
    _, page = answer_to(client, ArticlePageFactory(), text="This headache is killing me.", email="")
    assert "tel:" not in page
    assert "tel:" not in client.get(ArticlePageFactory().url).text
