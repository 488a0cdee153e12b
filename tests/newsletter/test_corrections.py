"""A correction reaches exactly those who got the mistake and are still there."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from blog.models import ArticlePage, Correction
from newsletter.actions.correcting import write_correction
from newsletter.actions.dispatching import launch_dispatch, order_dispatch
from newsletter.actions.leaving import unsubscribe
from newsletter.errors import AlreadyOrdered, CannotSend, NotAllowed
from newsletter.feeds import LENGTH
from newsletter.models import Dispatch, IssuePage, Subscriber
from newsletter.recipients import count_recipients
from newsletter.senders.memory import MemorySender
from tests.factories import ArticlePageFactory, IssuePageFactory, SubscriberFactory
from tests.newsletter.dispatches import run

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
Grade = Correction.Grade


@pytest.fixture(autouse=True)
def memory(settings: Any) -> Iterator[None]:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    MemorySender.reset()
    yield
    MemorySender.reset()


@pytest.fixture
def article(home: Any) -> ArticlePage:
    return ArticlePageFactory(title="Salt")  # type: ignore[no-any-return]


@pytest.fixture
def sent(article: ArticlePage) -> IssuePage:
    """Issue 1 went to A and B; then B left, and C came."""
    a, b = (SubscriberFactory(email=f"{name}@example.com") for name in "ab")
    assert a
    issue: IssuePage = IssuePageFactory(number=1, body=[("article", {"article": article, "words": ""})])
    send(issue)
    unsubscribe(b, by="link")
    SubscriberFactory(email="c@example.com")
    MemorySender.reset()
    return issue


def send(issue: IssuePage) -> Dispatch:
    dispatch = order_dispatch(issue)
    assert launch_dispatch(dispatch)
    dispatch.refresh_from_db()
    return run(dispatch)


def correct(article: ArticlePage, grade: str = Grade.SAFETY, text: str = "Six grams, not sixty.") -> Correction:
    correction = Correction(article=article, grade=grade, text=text)
    correction.save()
    return correction


def publish(draft: IssuePage) -> IssuePage:
    draft.save_revision().publish()
    return IssuePage.objects.get(pk=draft.pk)


def test_it_goes_to_who_got_the_issue_and_is_still_there_and_to_nobody_else(
    sent: IssuePage, article: ArticlePage
) -> None:
    draft = write_correction(sent, correction=correct(article))
    assert (draft.live, draft.corrects, draft.label) == (False, sent, "Correction to issue 1")
    dispatch = send(publish(draft))
    assert [message.recipient for message in MemorySender.box] == ["a@example.com"]
    assert dispatch.candidates == 1
    for words in ("Six grams, not sixty.", "Correction to issue 1"):
        assert words in dispatch.text
    assert article.full_url in dispatch.text


def test_asking_twice_is_one_mail_and_sending_twice_changes_nothing(sent: IssuePage, article: ArticlePage) -> None:
    told = correct(article)
    draft = write_correction(sent, correction=told)
    assert write_correction(sent, correction=told) == draft
    assert IssuePage.objects.count() == 2
    send(publish(draft))
    with pytest.raises(AlreadyOrdered):
        order_dispatch(IssuePage.objects.get(pk=draft.pk))
    assert write_correction(sent, correction=told) == draft
    assert len(MemorySender.box) == 1
    # Another matter in the editor's own words is another mail; while it is a draft, it is one.
    own = write_correction(sent)
    assert write_correction(sent) == own != draft


def test_a_slip_of_the_pen_mails_nobody_and_neither_does_an_issue_that_nobody_got(
    sent: IssuePage, article: ArticlePage
) -> None:
    with pytest.raises(NotAllowed, match="public log"):
        write_correction(sent, correction=correct(article, Grade.TYPO))
    with pytest.raises(NotAllowed, match="nobody to write to"):
        write_correction(IssuePageFactory(number=2))
    assert IssuePage.objects.exclude(corrects=None).count() == 0


def test_when_everybody_has_left_it_says_so(sent: IssuePage) -> None:
    draft = publish(write_correction(sent))
    unsubscribe(Subscriber.objects.get(email="a@example.com"), by="link")
    with pytest.raises(CannotSend, match="Nobody who got the issue"):
        order_dispatch(draft)


def test_an_issue_still_needs_a_number(home: Any) -> None:
    from django.core.exceptions import ValidationError

    issue = IssuePageFactory.build(number=None, title="x", slug="x", body=[])
    with pytest.raises(ValidationError, match="Give the issue a number"):
        issue.clean()


def test_on_the_web_it_stands_with_its_issue_and_not_among_the_issues(
    client: Client, sent: IssuePage, article: ArticlePage
) -> None:
    draft = publish(write_correction(sent, correction=correct(article)))
    page = client.get(draft.url).content.decode()
    assert "Correction to issue 1" in page
    assert f'href="{sent.url}"' in page
    assert draft.title in client.get(sent.url).content.decode()
    assert LENGTH > 1
    for path in ("/newsletter/", "/newsletter/feed/", "/"):
        shown = client.get(path).content.decode()
        assert draft.url not in shown
        assert "None" not in shown


def test_an_editor_writes_it_from_the_dispatch_and_from_the_article(
    client: Client, editor: Any, sent: IssuePage, article: ArticlePage
) -> None:
    told = correct(article)
    correct(article, Grade.TYPO, "A comma.")
    client.force_login(editor)
    dispatch = Dispatch.objects.get()
    page = client.get(f"/admin/newsletter/dispatches/{dispatch.pk}/").content.decode()
    assert "Six grams, not sixty." in page
    assert "A comma." not in page
    assert "Write a correction</button>" in page
    assert "Tell readers of a correction" in client.get(f"/admin/pages/{article.pk}/edit/").content.decode()
    listed = client.get(f"/admin/newsletter/articles/{article.pk}/corrections/").content.decode()
    assert listed.count("Write to those who got issue 1") == 1
    assert "nobody is mailed for a slip of the pen" in listed
    url = f"/admin/newsletter/issues/{sent.pk}/correction/"
    assert client.get(url).status_code == 405
    answer = client.post(url, {"correction": told.pk})
    draft = IssuePage.objects.get(correction=told)
    assert answer["Location"] == f"/admin/pages/{draft.pk}/edit/"
    assert client.get(answer["Location"]).status_code == 200
    assert (
        "See the mail about it" in client.get(f"/admin/newsletter/articles/{article.pk}/corrections/").content.decode()
    )
    assert client.get(f"/admin/newsletter/issues/{publish(draft).pk}/send/").status_code == 200
    meant = count_recipients(publish(draft), on=timezone.localdate())
    assert (meant.number, dict(meant.left_out)["did not get the issue that this corrects"]) == (1, 1)


@pytest.mark.parametrize("who", ["stranger", "moderator"])
def test_nobody_else_writes_one(client: Client, request: Any, sent: IssuePage, article: ArticlePage, who: str) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.post(f"/admin/newsletter/issues/{sent.pk}/correction/").status_code == 302
    assert client.get(f"/admin/newsletter/articles/{article.pk}/corrections/").status_code == 302
    assert IssuePage.objects.count() == 1
