"""The message to one reader: headers, encoding, splicing; whatever a reader calls themselves."""

import quopri
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from newsletter import composing
from newsletter.composing import FIRST_NAME, OWN_PAGE, SINCE, UNSUBSCRIBE, Skeleton, fill_in, first_name
from newsletter.links import Purpose, own_url, read_link, unsubscribe_url, urls_of_many
from newsletter.models import Dispatch, Subscriber
from newsletter.quoted_printable import encode_word, quoted_printable, splice
from tests.factories import SubscriberFactory

NAUGHTY = [
    "Robert'); DROP TABLE subscribers;--",
    "<script>alert(1)</script>",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "%%UNSUBSCRIBE%% %%FIRST_NAME%%",
    "${7*7} #{7*7} {{7*7}}",
    "Zoë Müller-Øst",
    "田中さん",
    "👩‍⚕️ Amélie",
    "مرحبا",
    "a=3Db =\t",
    '"quoted" & <tagged>',
    ". leading dot",
    "trailing blank ",
    "=?utf-8?q?evil?=",
    "From here",
]
HEADER_TRICKS = [
    "A\r\nBcc: all@example.com",
    "A\nSubject: other",
    "A\rX: y",
    "A\u2028B: c",
    "A\x00B",
    "A\x0b\x0c\x85B: c",
]


def dispatch(**fields: Any) -> Dispatch:
    now = timezone.now()
    ways = f'<a href="{UNSUBSCRIBE}">Leave</a><a href="{OWN_PAGE}">Change</a>'
    shown = f"<p>Dear {FIRST_NAME},</p>\n<p>joined{SINCE}</p>\n{ways}"
    values = {
        "pk": 7,
        "subject": "Living with pain",
        "sender": "Meadowsweet <letters@meadowsweet.example>",
        "reply_to": "editors@meadowsweet.example",
        "html": shown,
        "text": f"Dear {FIRST_NAME},\n\njoined{SINCE}\n{UNSUBSCRIBE}\n{OWN_PAGE}\n.\n",
        "launched_at": now,
        "content_hash": "0123456789abcdef" * 4,
        **fields,
    }
    return Dispatch(**values)


def reader(**fields: Any) -> Subscriber:
    return Subscriber(
        **{"pk": 42, "email": "joan@example.com", "name": "Joan", "confirmed_at": timezone.now(), **fields}
    )


def parsed(of: Dispatch, to: Subscriber) -> EmailMessage:
    content = Skeleton(of).compose(to).content
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    return message_from_bytes(content, policy=policy.default)


def parts(mail: EmailMessage) -> tuple[str, str]:
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def test_the_headers_are_those_of_a_list_that_can_be_left_with_one_press() -> None:
    mail = parsed(dispatch(), reader())
    assert mail["From"] == "Meadowsweet <letters@meadowsweet.example>"
    assert mail["To"] == "joan@example.com"
    assert mail["Reply-To"] == "editors@meadowsweet.example"
    assert mail["Subject"] == "Living with pain"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://testserver/newsletter/unsubscribe/")
    assert mail["List-Id"] == '"Meadowsweet" <newsletter.testserver>'
    assert mail["List-Help"] == "<http://testserver/newsletter/leave/>"
    assert mail["Feedback-ID"] == "issue-0:newsletter::testserver"
    assert mail["Precedence"] == "bulk"
    assert mail["Date"].datetime.tzinfo is not None


def test_the_message_id_is_the_same_at_every_attempt_and_no_other_readers() -> None:
    first, again, other = (parsed(dispatch(), reader(pk=pk))["Message-ID"] for pk in (42, 42, 43))
    assert first == again != other
    assert first.startswith("<7.42.")
    assert first.endswith("@meadowsweet.example>")


@pytest.mark.django_db
def test_each_reader_gets_their_own_name_and_link(subscriber: Subscriber) -> None:
    subscriber.refresh_from_db()
    mail = parsed(dispatch(), subscriber)
    for part in parts(mail):
        assert "Dear Margaret," in part
    url = mail["List-Unsubscribe"].strip("<>")
    assert url in parts(mail)[0]
    assert read_link(Purpose.UNSUBSCRIBE, url.rstrip("/").rpartition("/")[2]).subscriber == subscriber
    (own,) = re.findall(r"/newsletter/mine/([^/\s]+)/", parts(mail)[0])
    assert read_link(Purpose.OWN, own).subscriber == subscriber
    assert own in parts(mail)[1]


@pytest.mark.parametrize("name", NAUGHTY)
def test_any_name_is_shown_as_it_is_and_does_nothing(name: str) -> None:
    text, html = parts(parsed(dispatch(), reader(name=name)))
    shown = " ".join(name.split())
    assert text.startswith(f"Dear {shown},")
    assert f"Dear {escape(shown)}," in html
    assert "<script" not in html


@pytest.mark.parametrize("name", HEADER_TRICKS)
def test_no_name_subject_or_sender_makes_a_header(name: str) -> None:
    usual = set(parsed(dispatch(), reader()).keys())
    mail = parsed(dispatch(subject=name, sender=f'"{name}" <letters@meadowsweet.example>'), reader(name=name))
    assert set(mail.keys()) == usual
    assert mail["Bcc"] is None
    assert mail["To"] == "joan@example.com"


@pytest.mark.parametrize("name", ["", "   ", "\u202e\u202d", "x" * 61, "\x00"])
def test_without_a_usable_name_the_reader_is_called_reader(name: str) -> None:
    assert first_name(name) == "reader"
    assert parts(parsed(dispatch(), reader(name=name)))[0].startswith("Dear reader,")


def test_direction_marks_are_taken_out_of_names() -> None:
    assert first_name("Jo\u202ean") == "Joan"


@pytest.mark.parametrize("subject", [*NAUGHTY, "x" * 150, "ü" * 150, "Ein sehr langes Wort " * 7])
def test_any_subject_arrives_as_it_was_written(subject: str) -> None:
    assert parsed(dispatch(subject=subject), reader())["Subject"] == " ".join(subject.split("\r\n")).strip()


@pytest.mark.parametrize("email", ["a b@example.com", "a@b@c", "joan", "joan@", "a,b@example.com", "j\r\n@example.com"])
def test_an_address_that_no_header_can_carry_is_refused(email: str) -> None:
    with pytest.raises(ValueError, match="no usable"):
        Skeleton(dispatch()).compose(reader(email=email))


def test_a_foreign_domain_is_written_in_its_ascii_form() -> None:
    assert Skeleton(dispatch()).compose(reader(email="joan@bücher.example")).recipient == "joan@xn--bcher-kva.example"


def test_a_reader_without_a_date_gets_a_sentence_without_one() -> None:
    assert "joined\r\n" in parts(parsed(dispatch(), reader(confirmed_at=None)))[0]


LINES = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\u2028\u2029\x85"), max_size=200)
CONTENT = st.lists(
    st.one_of(
        LINES,
        st.sampled_from([FIRST_NAME, SINCE, UNSUBSCRIBE, OWN_PAGE, "\n", " ", "=", ".", "é" * 30, "x" * 75, "x" * 76]),
    ),
    max_size=12,
)


@given(CONTENT, LINES)
def test_splicing_gives_what_filling_in_gives(pieces: list[str], name: str) -> None:
    content = "".join(pieces)
    words = {FIRST_NAME: name, SINCE: "", UNSUBSCRIBE: "http://testserver/x", OWN_PAGE: "http://testserver/y"}
    own = {mark: encode_word(word) for mark, word in words.items()}
    encoded = splice(composing._cut(content), own)
    assert all(len(line) <= 76 for line in encoded.split(b"\r\n"))
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    decoded = message_from_bytes(head + encoded, policy=policy.SMTP).get_payload(decode=True)
    assert decoded.decode() == fill_in(content, words).replace("\n", "\r\n")


@pytest.mark.django_db
def test_the_links_of_many_readers_are_those_of_each() -> None:
    for purpose, make_url in ((Purpose.UNSUBSCRIBE, unsubscribe_url), (Purpose.OWN, own_url)):
        write = urls_of_many(purpose)
        for reader in (SubscriberFactory(), SubscriberFactory(key_version=3)):
            before, token = write(reader).rstrip("/").rsplit("/", 1)
            link = read_link(purpose, token)
            assert (link.subscriber, link.target) == (reader, 0)
            assert before == make_url(reader).rstrip("/").rpartition("/")[0]


@given(st.text(st.sampled_from(". =a\u00e9\n"), max_size=400))
def test_no_line_begins_with_a_dot_and_none_is_too_long(text: str) -> None:
    encoded = quoted_printable(text)
    lines = encoded.split(b"\r\n")
    assert not any(line.startswith(b".") for line in lines)
    assert all(len(line) <= 76 for line in lines)
    assert quopri.decodestring(encoded).decode().replace("\r\n", "\n") == text
