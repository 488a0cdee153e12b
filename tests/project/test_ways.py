"""The four ways from end to end: a real database, a real worker process, real SMTP, and a reader without JavaScript."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from blog.actions.comments import approve_comment
from blog.models import Comment
from newsletter.actions.dispatching import order_dispatch
from newsletter.models import Dispatch, Subscriber
from newsletter.report import count_deliveries
from newsletter.tasks import tick_dispatches
from tests.factories import ArticlePageFactory, AuthorPageFactory, IssuePageFactory, SubscriberFactory, make_site
from tests.fakes.reader import form_with, forms_of, links_of
from tests.fakes.smtp import Sink, wait_until
from tests.fakes.workers import Worker
from tests.newsletter.joining import BOOK, make_ebook
from users.models import User

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Starter = Callable[..., Worker]


def _page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def _is_done(dispatch: Dispatch) -> bool:
    return Dispatch.objects.filter(pk=dispatch.pk, state=Dispatch.State.DONE).exists()


def test_a_reader_comments_and_a_moderator_lets_it_appear(
    client: Client, start_worker: Starter, moderator: User
) -> None:
    article = ArticlePageFactory(title="Cold mornings", by=AuthorPageFactory(title="Hazel Marsh"))
    start_worker()
    html = _page(client, article.url)
    assert "Hazel Marsh" in html
    form = form_with(html, "textarea")
    values = {"textarea": "A hot bottle at the foot of the bed helps me.", "email": "joan@example.com"}
    filled = {name: values.get(form.kinds[name], value) for name, value in form.fields.items()}
    filled = {**filled, **{name: "Joan W." for name in filled if "name" in name and form.kinds[name] == "text"}}
    answer = client.post(form.action, filled)
    assert answer.status_code == 303
    assert not client.cookies
    assert "moderator" in _page(client, answer["Location"])

    comment = Comment.objects.get()
    assert comment.author_name == "Joan W."
    # The worker has to start first, which takes seconds of a processor that others use as well.
    held = Comment.objects.filter(state=Comment.State.HELD)
    wait_until(held.exists, seconds=60, what="the worker's judgement")
    assert "A hot bottle" not in _page(client, article.url)
    approve_comment(comment, by=moderator)
    assert "A hot bottle" in _page(client, article.url)


def test_a_visitor_signs_up_confirms_reads_the_book_and_leaves(
    client: Client, start_worker: Starter, sink: Sink
) -> None:
    make_site()
    make_ebook(title="A calmer day", slug="calmer")
    start_worker()
    form = form_with(_page(client, "/newsletter/"), "email")
    filled = {name: "vera@example.org" if form.kinds[name] == "email" else v for name, v in form.fields.items()}
    assert client.post(form.action, filled).status_code == 303
    sink.wait_for(1)
    (confirm,) = links_of(sink.messages[0], "/confirm/")
    path = urlsplit(confirm).path
    _page(client, path)
    assert Subscriber.objects.get().state == Subscriber.State.PENDING  # a scanner that opens the link does nothing
    button = next(form for form in forms_of(_page(client, path)) if form.method == "post")
    assert client.post(button.action or path, button.fields, follow=True).status_code == 200
    assert Subscriber.objects.get().state == Subscriber.State.CONFIRMED

    sink.wait_for(2)
    (book,) = links_of(sink.messages[1], "/e-book/")
    download = client.get(urlsplit(book).path)
    assert b"".join(download.streaming_content) == BOOK  # type: ignore[attr-defined]
    assert "attachment" in download["Content-Disposition"]
    assert not client.cookies


def test_an_issue_reaches_every_confirmed_subscriber_once_and_the_next_one_skips_who_left(
    client: Client, start_worker: Starter, sink: Sink, editor: User
) -> None:
    readers = [SubscriberFactory(email=f"r{n}@example.com", name=f"Reader {n}") for n in range(25)]
    SubscriberFactory(email="pending@example.com", state=Subscriber.State.PENDING, confirmed_at=None)
    first, second = IssuePageFactory(), IssuePageFactory()
    start_worker()
    dispatch = order_dispatch(first, at=timezone.now(), by=editor)
    tick_dispatches()
    wait_until(
        lambda: Dispatch.objects.get(pk=dispatch.pk).state == Dispatch.State.DONE, seconds=60, what="the dispatch"
    )
    assert sink.recipients == {reader.email: 1 for reader in readers}
    counts = count_deliveries(Dispatch.objects.get(pk=dispatch.pk))
    assert (counts.candidates, counts.handed_over, counts.open) == (25, 25, 0)

    mail = sink.to("r3@example.com")[0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.search(r"<(https?://[^>]+)>", mail["List-Unsubscribe"])
    assert address
    left = client.post(urlsplit(address[1]).path, {"List-Unsubscribe": "One-Click"})
    assert left.status_code == 200

    again = order_dispatch(second, at=timezone.now(), by=editor)
    tick_dispatches()
    wait_until(lambda: _is_done(again), seconds=60, what="the dispatch")
    assert sink.recipients["r3@example.com"] == 1
    assert sum(sink.recipients.values()) == 25 + 24
