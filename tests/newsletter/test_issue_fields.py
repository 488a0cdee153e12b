"""Fields in an issue: each reader's own words, something else where there are none, and no issue with a field amiss."""

from email import message_from_bytes, policy
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from newsletter.actions.dispatching import why_not_send
from newsletter.composing import Skeleton, fill_in
from newsletter.issue_fields import Field, fill_in_words, find_field_faults, find_marks, has_fields, with_marks
from newsletter.models import Dispatch, IssuePage, Subscriber
from newsletter.plain_text import wrap
from newsletter.rendering import preview_issue, render_issue
from tests.factories import IssuePageFactory, SubscriberFactory

WORDS = "<p>Hello {name|friend}, you have read us since {since|a while ago}.</p>"


def issue_of(words: str = WORDS, **fields: Any) -> IssuePage:
    body = [("intro", {"text": words, "signed_by": None}), ("text", {"title": "", "text": words})]
    issue: IssuePage = IssuePageFactory(**{"body": body, "subject": "{name|Friend}, living with pain", **fields})
    return issue


def mail_to(issue: IssuePage, **person: Any) -> tuple[str, str, str]:
    """Subject, text and HTML part of the message to one reader."""
    mail = render_issue(issue)
    dispatch = Dispatch(
        pk=7, subject=mail.subject, sender=mail.sender, html=mail.html, text=mail.text, launched_at=timezone.now()
    )
    reader = Subscriber(**{"pk": 4, "email": "joan@example.com", "confirmed_at": None, **person})
    read: Any = message_from_bytes(Skeleton(dispatch).compose(reader).content, policy=policy.default)
    return (read["Subject"], *(read.get_body((kind,)).get_content() for kind in ("plain", "html")))


@pytest.mark.django_db
def test_each_reader_finds_their_own_words_in_subject_preview_line_and_text() -> None:
    joined = timezone.make_aware(timezone.datetime(2026, 5, 14, 12))
    issue = issue_of(preview_line="Something for {name|you}, and for a cold morning besides")
    subject, text, html = mail_to(issue, name="Zoë <b>", confirmed_at=joined)
    assert subject == "Zoë <b>, living with pain"
    assert "Hello Zoë <b>, you have read us since 14 May 2026." in " ".join(text.split())
    assert html.count("Hello Zoë &lt;b&gt;, you have read us since 14 May 2026.") == 2
    assert "Something for Zoë &lt;b&gt;, and for" in html
    assert "%%" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "\u202e", "x" * 61])
def test_who_gave_no_name_finds_what_the_editor_wrote_instead(name: str) -> None:
    subject, text, html = mail_to(issue_of(), name=name)
    assert subject == "Friend, living with pain"
    assert "Hello friend, you have read us since a while ago." in " ".join(text.split())
    assert "Hello friend, you have read us since a while ago." in html


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["A\r\nBcc: all@example.com", "{since|x}", "%%F:name:0:x%%", "%%UNSUBSCRIBE%%"])
def test_no_name_is_looked_at_again(name: str) -> None:
    subject, text, _ = mail_to(issue_of(), name=name)
    assert subject == f"{' '.join(name.split())}, living with pain"
    assert f"Hello {' '.join(name.split())}," in text


@pytest.mark.django_db
def test_a_subject_without_a_field_is_the_same_header_for_all() -> None:
    mail = render_issue(issue_of("<p>x</p>", subject="Braces {like} these"))
    dispatch = Dispatch(pk=7, subject=mail.subject, sender=mail.sender, launched_at=timezone.now())
    assert Skeleton(dispatch).pattern().subject == "Braces {like} these"
    assert b"\r\nSubject: Braces {like} these\r\n" in Skeleton(dispatch).compose(SubscriberFactory()).content


@pytest.mark.django_db
def test_the_web_page_and_the_preview_show_what_stands_instead(client: Client) -> None:
    issue = issue_of('<p>Hello {name|<b>dear</b>} {name|friend}</p>{"a": 1}')
    page, mail = client.get(issue.url).text, preview_issue(issue_of())
    assert "friend" in page
    assert "{name|<b>dear</b>}" in page  # no tag is ever cut
    assert '{"a": 1}' in page
    assert mail.subject == "Friend, living with pain"
    for part in (mail.text, mail.html):
        assert "Hello friend, you have read us since a while ago." in " ".join(part.split())
        assert "%%F" not in part


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("subject", "words", "says"),
    [
        ("Hello {nam|x}", "<p>x</p>", ["Subject: there is no field {nam}"]),
        ("Hello {name}", "<p>x</p>", ["Subject: {name} does not say what stands there"]),
        ("x", "<p>Hello {name|<b>reader</b>}</p>", ["Opening words: a curly bracket stands alone", "A text: a curly"]),
        ("x", "<p>{firstname|reader}</p>", ["Opening words: there is no field {firstname}", "A text: there is no"]),
        ("{name|}, x", "<p>{since|long ago} { name | reader }</p>", []),
    ],
)
def test_a_field_that_cannot_be_filled_in_stops_the_issue(subject: str, words: str, says: list[str]) -> None:
    SubscriberFactory()
    found = why_not_send(issue_of(words, subject=subject))
    assert len(found) == len(says)
    assert all(fault.startswith(start) for fault, start in zip(found, says, strict=True))


@pytest.mark.django_db
def test_a_field_where_none_is_filled_in_is_a_fault_and_other_brackets_are_not() -> None:
    question = {"question": "Is {this} so, {name|reader}?", "answer": "<p>{yes}</p>", "answered_by": None}
    (fault,) = find_field_faults(IssuePageFactory(body=[("question", question)]))
    assert "Question" in fault
    assert find_field_faults(IssuePageFactory(body=[("question", {**question, "question": "Is {this} so?"})])) == []


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["name", "since"]), st.sampled_from(["", " "]))
def test_a_mark_says_what_the_field_said(value: str, otherwise: str, name: str, blank: str) -> None:
    field = Field(name, blank, otherwise)
    assert find_marks(f"a{field.mark}b") == {field.mark: field}
    values = {name: value}
    words = {mark: found.fill(values) for mark, found in find_marks(field.mark).items()}
    assert fill_in(f"a{field.mark}b", words) == f"a{field.fill(values)}b"


@given(st.text(alphabet="{}| namesicx%<>\n"))
def test_marks_and_words_agree_on_what_a_field_is(words: str) -> None:
    marked = with_marks(words)
    filled = fill_in(marked, {mark: field.fill({"name": "Joan"}) for mark, field in find_marks(marked).items()})
    assert filled == fill_in_words(words, {"name": "Joan"})
    assert has_fields(words) == (marked != words)


def test_lines_are_broken_as_if_the_words_stood_there() -> None:
    mark = Field("name", " ", "somebody whom we do not know by name").mark
    wrapped = wrap(f"Dear{mark}, " + "word " * 30 + mark.strip())
    assert wrapped.count(mark) == 2
    assert all(len(line.replace(mark, " Margaret")) <= 72 for line in wrapped.split("\n"))
