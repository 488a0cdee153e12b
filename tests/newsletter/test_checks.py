"""The gate before an issue goes out: each broken thing is caught, and an issue without fault passes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from blog.outside.asker import Asker
from guard.models import Heartbeat
from newsletter.actions.checking import ask_for_check, due_checks, run_check
from newsletter.checks import Level, check_mail, check_text, examine_issue
from newsletter.checks.content import check_pictures, check_text_part, find_marks
from newsletter.checks.headers import REQUIRED, check_headers
from newsletter.checks.html_part import read_html
from newsletter.checks.own_links import why_dead
from newsletter.checks.sample import Sample, choose_samples, compose_samples
from newsletter.models import CheckRun, Subscriber
from newsletter.rendering import RenderedIssue, render_issue
from tests.factories import ArticlePageFactory, AuthorPageFactory, IssuePageFactory, ReviewFactory, SubscriberFactory
from tests.fakes.web import Elsewhere
from tests.newsletter.gate import be_alive, examined, lines, set_sender
from tests.newsletter.joining import make_ebook
from tests.newsletter.offering import make_offer

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def ready(subscriber: Subscriber) -> None:
    be_alive()


def text_issue(words: str, **fields: Any) -> Any:
    return IssuePageFactory(body=[("text", {"title": "", "text": f"<p>{words}</p>"})], **fields)


def linked(url: str) -> Any:
    return text_issue(f'There is more to read <a href="{url}">on this page</a>.')


def samples_of(issue: Any, change: Callable[[RenderedIssue], RenderedIssue] = lambda mail: mail) -> list[Sample]:
    from newsletter.actions.freezing import trial_dispatch

    return compose_samples(trial_dispatch(issue, change(render_issue(issue))), on=TODAY())


def changed(sample: Sample, old: bytes, new: bytes) -> Sample:
    content = b"\r\n" + sample.message.content
    assert old in content
    return Sample(sample.reader, sample.why, replace(sample.message, content=content.replace(old, new, 1)[2:]))


def test_an_issue_without_fault_passes_every_check() -> None:
    author = AuthorPageFactory(photo=None)
    offer = make_offer()
    issue = IssuePageFactory(
        subject="Living with pain",
        preview_line="x" * 75,
        body=[
            (
                "intro",
                {
                    "text": "<p>Welcome, and <b>good morning</b> to all.</p><ul><li>One thing</li></ul>",
                    "signed_by": author,
                },
            ),
            ("article", {"article": ArticlePageFactory(), "words": ""}),
            ("article", {"article": ArticlePageFactory(), "words": "Other words that stand before the second one."}),
            ("text", {"title": "News", "text": '<p>Read <a href="/newsletter/">our earlier issues</a> here.</p>'}),
            ("question", {"question": "How long?", "answer": "<p>As long as it takes.</p>", "answered_by": author}),
            ("offer", {"offer": offer, "words": "For you:"}),
            ("divider", None),
        ],
    )
    SubscriberFactory(name="")
    SubscriberFactory(name="Zoë Æthelgifu", email="zoe@bücher.example")
    SubscriberFactory(name="Hippopotomonstrosesquippedaliophobia of the Long Name")
    run_check(ask_for_check(issue).pk)
    said = examined(issue)
    assert not [line for line in said.splitlines() if not line.startswith(("good", "note: Nobody can write"))], said
    assert "Codes can be made" in said
    assert "the first, the last, no name, a name beyond ASCII" in said.replace(", the longest name", "")


def test_the_readers_looked_at_are_those_whose_words_break_mails() -> None:
    everybody = [
        SubscriberFactory(name=name, email=email)
        for name, email in [
            ("", "a@example.com"),
            ("Zoë", "b@example.com"),
            ("Ann", "c@bücher.example"),
            ("A" * 60, "d@example.com"),
            ("Ann", "e@example.com"),
        ]
    ]
    issue = IssuePageFactory()
    chosen = {why: reader.email for why, reader in choose_samples(issue, on=TODAY()).items()}
    assert chosen == {
        "the first": "margaret@example.com",
        "the last": "e@example.com",
        "the longest name": "d@example.com",
        "no name": "a@example.com",
        "a name beyond ASCII": "b@example.com",
        "a domain beyond ASCII": "c@bücher.example",
    }
    Subscriber.objects.filter(pk=everybody[-1].pk).update(paused_until=TODAY() + timedelta(days=3))
    assert choose_samples(issue, on=TODAY())["the last"].email == "d@example.com"


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_header_is_caught(name: str) -> None:
    (sample,) = samples_of(IssuePageFactory())
    assert check_headers([sample]).level is Level.GOOD
    found = check_headers([changed(sample, f"\r\n{name}:".encode(), b"\r\nX-Lost:")])
    assert found.level is Level.RED
    assert f"{name}: missing" in found.details


def test_somebody_elses_address_or_message_id_is_caught() -> None:
    SubscriberFactory(email="second@example.com")
    first, second = samples_of(IssuePageFactory())
    wrong = changed(second, b"To: second@example.com", b"To: margaret@example.com")
    assert "To does not hold" in str(check_headers([first, wrong]))
    assert "same Message-ID" in str(check_headers([first, first]))


def test_a_picture_without_words_is_caught() -> None:
    assert check_pictures(read_html('<img src="a.png" width="40">')).level is Level.RED
    assert check_pictures(read_html('<img src="a.png" alt="" width="600">')).level is Level.AMBER
    assert check_pictures(read_html('<img src="a.png" alt="" width="40"><img src="b" alt="B">')).level is Level.GOOD


def test_a_text_part_that_says_something_else_is_caught() -> None:
    issue = text_issue("Take two of them each morning with a glass of water.")
    (good,) = samples_of(issue)
    assert check_text_part(good).level is Level.GOOD, str(check_text_part(good))
    (other,) = samples_of(issue, lambda mail: replace(mail, text=mail.text.replace("two of them each morning", "none")))
    assert "Not in the text part: Take two" in str(check_text_part(other))
    (empty,) = samples_of(issue, lambda mail: replace(mail, text="  "))
    assert check_text_part(empty).level is Level.RED
    (longer,) = samples_of(issue, lambda mail: replace(mail, text=mail.text + "\n\nOnly whoever reads text sees this."))
    assert "Only in the text part: Only whoever" in str(check_text_part(longer))
    (less,) = samples_of(linked("/newsletter/"), lambda mail: replace(mail, text=mail.text.replace("http", "ttp")))
    assert "A link that is not in the text part" in str(check_text_part(less))


def test_a_mail_that_providers_would_cut_is_caught() -> None:
    words = "Every morning is another morning, and none is like the last one. " * 900
    assert "KB of at most 100 KB. Gmail cuts longer mails off" in examined(text_issue(words))


def test_what_is_not_filled_in_is_caught() -> None:
    left = "%%FRIST_NAME%%"
    assert find_marks(f"Dear {left},")
    assert f"{left} (in the mail to the first)" in examined(text_issue(f"Good morning {left}, how are you?"))
    assert "red: Something is not filled in" in examined(IssuePageFactory(subject=f"Hello {left}"))


@pytest.mark.parametrize("left", ["{nmae}", "{nmae|x}", "{ nmae|reader }", "{{ nmae }}"])
def test_a_wrong_field_is_caught_and_told_once(left: str) -> None:
    issues = text_issue(f"Good morning {left}, how are you?"), IssuePageFactory(subject=f"Hello {left}")
    for issue, place in zip(issues, ("A text", "Subject"), strict=True):
        told = examined(issue)
        assert f"red: {place}: " in told
        assert "not filled in" not in told
        assert "Every field is filled in" not in told
    issue = text_issue(f"Good morning {left}", subject="Hello %%FRIST_NAME%%")
    assert "readers would see: %%FRIST_NAME%% (in the mail to the first)" in examined(issue)


def test_the_second_person_reads_of_a_wrong_field_too() -> None:
    issue = text_issue("Good morning {nmae|x}")
    assert "not filled in" in lines(check_text(issue, render_issue(issue)))


def test_a_link_to_our_site_that_leads_nowhere_is_caught() -> None:
    article, draft = ArticlePageFactory(), ArticlePageFactory(live=False)
    for path, words in (
        ("/no/such/page/", "there is no such page"),
        (draft.url or f"/articles/{draft.slug}/", "there is no such page"),
        ("/media/lost.jpg", "the file is not there"),
        ("/static/lost.css", "the file is not there"),
    ):
        assert words in why_dead(f"http://testserver{path}")
    for path in (article.url, "/", "/newsletter/leave/", "/static/mail/mark.png", "/newsletter/"):
        assert why_dead(f"http://testserver{path}") == ""
    assert "red: A link to our own site leads nowhere" in examined(linked("/no/such/page/"))
    article.view_restrictions.create(restriction_type="login")
    assert why_dead(f"http://testserver{article.url}") == "only some people may open it"


def test_a_picture_from_elsewhere_or_without_its_file_is_caught() -> None:
    issue = IssuePageFactory()
    mail = render_issue(issue)
    for old, new, words in (
        ("http://testserver/static", "https://pixel.example/static", "who then learns"),
        ("mail/mark.png", "mail/lost.png", "the file is not there"),
    ):
        broken = replace(mail, html=mail.html.replace(old, new))
        from newsletter.actions.freezing import trial_dispatch

        found = check_mail(trial_dispatch(issue, broken), broken, run=None, on=TODAY())
        assert any(check.level is Level.RED and words in str(check) for check in found)


def test_a_way_out_that_is_not_the_readers_own_is_caught() -> None:
    SubscriberFactory()
    issue = IssuePageFactory()
    from newsletter.checks.own_links import check_way_out

    first, second = samples_of(issue)
    assert check_way_out([first, second]).level is Level.GOOD
    swapped = Sample(first.reader, "the first", second.message)
    assert "is not that of the first" in str(check_way_out([swapped]))
    (one, _) = samples_of(issue, lambda mail: replace(mail, text=mail.text.replace("%%UNSUBSCRIBE%%", "somewhere")))
    assert "None in the text part" in str(check_way_out([one]))
    (one, _) = samples_of(issue, lambda mail: replace(mail, html=mail.html.replace("%%UNSUBSCRIBE%%", "/x/")))
    assert "None in the HTML part" in str(check_way_out([one]))
    Subscriber.objects.update(key_version=7)
    assert check_way_out([first]).level is Level.RED


def test_an_offer_is_looked_at_on_the_day_of_the_sending() -> None:
    offer = make_offer(valid_from=TODAY() + timedelta(days=2), valid_until=TODAY() + timedelta(days=4))
    issue = IssuePageFactory(body=[("offer", {"offer": offer, "words": ""})])
    for days, is_good in ((0, False), (2, True), (4, True), (5, False)):
        at = timezone.now() + timedelta(days=days)
        said = examined(issue, at=at)
        assert ("good: Offers can be redeemed" in said) is is_good
        assert ("red: An offer is not good" in said) is not is_good
    type(offer).objects.update(most=3, redeemed=3)
    assert "all 3 are redeemed" in examined(issue, at=timezone.now() + timedelta(days=3))


def test_what_is_not_there_for_readers_stands_once_in_the_list() -> None:
    offer = make_offer(valid_from=TODAY() - timedelta(days=9), valid_until=TODAY() - timedelta(days=2))
    book, draft = make_ebook(), ArticlePageFactory(title="Cold hands", live=False)
    book.editions.all().delete()
    body = [("offer", {"offer": offer, "words": ""}), ("article", {"article": draft, "words": ""})]
    issue = IssuePageFactory(live=False, slug="for-nobody", body=[*body, ("ebook", {"ebook": book, "words": ""})])
    stops = examine_issue(issue).stops
    for thing in ("issue is not published", "Cold hands", offer.title, book.title):
        assert len([stop for stop in stops if thing in str(stop)]) == 1
    assert len(stops) == 4
    # Who is asked to approve reads it before it is published.
    assert "for-nobody" not in lines(check_text(issue, render_issue(issue)))


def test_a_book_without_its_file_is_caught() -> None:
    book = make_ebook()
    issue = IssuePageFactory()
    assert "good: The e-books" in examined(issue)
    edition = book.newest_edition
    edition.file.storage.delete(edition.file.name)
    assert f"amber: An e-book cannot be had: “{book}”" in examined(issue)


def test_an_article_that_is_overdue_for_review_that_day_is_caught() -> None:
    article = ArticlePageFactory(title="Cold hands")
    ReviewFactory(article=article, due_on=TODAY() + timedelta(days=3))
    issue = IssuePageFactory(body=[("article", {"article": article, "words": ""})])
    assert "good: No article is overdue" in examined(issue)
    assert "“Cold hands” was to be read again" in examined(issue, at=timezone.now() + timedelta(days=4))


@pytest.mark.parametrize(
    ("clock", "worker", "now", "later"), [(9, 1, "amber", "red"), (9, 9, "red", "red"), (1, 9, "good", "good")]
)
def test_a_machine_that_does_not_work_is_caught(clock: int, worker: int, now: str, later: str) -> None:
    for name, minutes in (("clock", clock), ("worker", worker)):
        Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now() - timedelta(minutes=minutes)})
    issue = IssuePageFactory()
    for at, level in ((None, now), (timezone.now() + timedelta(hours=3), later)):
        said = examined(issue, at=at)
        assert f"{level}: The worker and its" in said or f"{level}: The clock" in said or f"{level}: No worker" in said


@pytest.mark.parametrize("sender", ["a@localhost", "a@meadowsweet.example", "a@example.org", "a@test"])
def test_a_sender_that_cannot_be_real_is_caught(settings: Any, sender: str) -> None:
    issue = IssuePageFactory()
    set_sender(sender_email=sender, reply_to="")
    assert "note: Nobody can write to" in examined(issue)
    settings.INBOX_FOLDER = None
    assert "red: Nobody can write to" in examined(issue)
    set_sender(sender_email="letters@meadowsweet.org.uk")
    assert "good: Sender: " in examined(issue)


def asked(issue: Any, **options: Any) -> str:
    run_check(ask_for_check(issue).pk, **options)
    return examined(issue)


def test_links_to_other_sites_are_asked_by_the_worker(settings: Any) -> None:
    settings.LINK_CHECKS_MAY_REACH_LOOPBACK = True
    with Elsewhere({"/good": 200, "/gone": 404, "/sick": 503, "/moved": (301, "/good")}) as elsewhere:
        found = {}
        for path in ("/good", "/gone", "/sick", "/moved"):
            issue = linked(elsewhere.url(path).replace("127.0.0.1", "localhost"))
            assert "amber: Links to other sites were not asked yet" in examined(issue)
            found[path] = asked(issue, asker=Asker(pause=0, resolve=lambda *_: ["127.0.0.1"]))
    assert "good: Links to other sites answer: 1 link" in found["/good"]
    assert "red: A link leads to a page that is gone" in found["/gone"]
    assert "amber: A link did not answer" in found["/sick"]
    assert "note: Links to other sites answer, but some have moved" in found["/moved"]


def test_with_the_network_cut_only_the_links_to_other_sites_are_in_doubt() -> None:
    from blog.outside.errors import NoConnectionError

    def cut(_host: str, _port: int) -> list[str]:
        raise NoConnectionError("Nobody knows the name of this server.", is_ours=True)

    said = asked(linked("https://nhs.example/pain"), asker=Asker(pause=0, resolve=cut))
    assert [line for line in said.splitlines() if not line.startswith(("good", "note"))] == [
        (
            "amber: A link did not answer, or was not asked. Open it yourself: "
            "https://nhs.example/pain: Nobody knows the name of this server."
        )
    ]


def test_links_are_not_asked_where_the_operator_forbids_it(settings: Any) -> None:
    settings.LINK_CHECKS = False
    said = asked(linked("https://nhs.example/pain"))
    assert "amber: Links to other sites were not asked: LINK_CHECKS=no" in said


def test_what_was_asked_long_ago_or_is_new_since_is_in_doubt() -> None:
    issue = linked("https://nhs.example/pain")
    run = CheckRun.objects.create(issue=issue, state="done", finished_at=timezone.now(), answers={})
    assert "New since the last look" in examined(issue)
    CheckRun.objects.update(answers={"https://nhs.example/pain": ["fine", ""]})
    assert "good: Links to other sites answer" in examined(issue)
    CheckRun.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(days=2))
    assert "amber: Links to other sites were asked too long ago" in examined(issue)


def test_a_look_is_done_once_and_a_dead_workers_look_is_done_by_another() -> None:
    issue = IssuePageFactory()
    run = ask_for_check(issue)
    assert ask_for_check(issue).pk == run.pk
    CheckRun.objects.update(state="running", owner="dead", lease_until=timezone.now() + timedelta(minutes=1))
    assert not due_checks().exists()
    assert run_check(run.pk) is False
    CheckRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert [one.pk for one in due_checks()] == [run.pk]
    assert run_check(run.pk) is True
    assert run_check(run.pk) is False
    for _ in range(6):
        run_check(ask_for_check(issue).pk)
    assert issue.check_runs.count() <= 4


def test_examining_changes_nothing_but_the_shadows_of_pictures(django_assert_max_num_queries: Any) -> None:
    issue = IssuePageFactory()
    SubscriberFactory.create_batch(30)
    examine_issue(issue)
    with django_assert_max_num_queries(80) as first:
        examine_issue(issue)
    SubscriberFactory.create_batch(30)
    with django_assert_max_num_queries(len(first)):
        examine_issue(issue)
    assert not [query["sql"] for query in first if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
