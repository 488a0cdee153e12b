"""Signs that nobody sees, words without end, formatting without end: a clear error or clean text, never a fault."""

import time
import unicodedata
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from blog.commenting.links import make_status_token
from blog.commenting.text import clean_line, clean_text, plain_comment, show_text
from blog.models import Comment, CommentReport
from guard.forms import make_token
from tests.factories import ArticlePageFactory, CommentFactory
from tests.fakes.hostile import skeleton

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024
INVISIBLE = (
    *map(chr, (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD)),
    *"\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\ufff9\ue000\U000e0041",
)
LONE = b"lone \xed\xa0\x80 half, \xff\xfe, %ED%A0%80".replace(b"%", b"%25").replace(b"\xed", b"%ED")


def send(client: Client, article: Any, **typed: str) -> Any:
    usual = {"name": "Eileen", "email": "eileen@example.org", "text": "Walking helps me.", "keep": "yes"}
    address = reverse("blog:post_comment", args=[article.pk])
    return client.post(address, {**usual, "website": "", "form_token": make_token("comment"), **typed})


def test_what_nobody_sees_is_cleaned_out_of_every_field_of_a_comment(client: Client) -> None:
    odd = "".join(INVISIBLE)
    answer = send(client, ArticlePageFactory(), name=f"Ei{odd}leen", text=f"Walking {odd}helps\r\nme.{odd}")
    assert answer.status_code == 303
    comment = Comment.objects.get()
    assert (comment.author_name, comment.text) == ("Ei leen", "Walking helps\nme.")


def test_a_change_and_a_report_are_cleaned_alike(client: Client) -> None:
    odd = "".join(INVISIBLE)
    comment = CommentFactory()
    report = reverse("blog:report_comment", args=[comment.pk])
    said = {"reason": "other", "words": f"It{odd} harms.", "website": "", "form_token": make_token("report")}
    assert client.post(report, said).status_code == 303
    assert CommentReport.objects.get().words == "It harms."
    edit = reverse("blog:edit_comment", args=[make_status_token(comment)])
    assert client.post(edit, {"text": f"Other{odd} words.", "version": "1"}).status_code == 303
    assert Comment.objects.get().text == "Other words."


@pytest.mark.parametrize("field", ["name", "text", "email"])
@pytest.mark.parametrize("odd", ["".join(INVISIBLE), " \u3000\t ", "\u200d\u200c\u0301", "\0"])
def test_a_field_that_shows_nothing_was_not_filled_in(client: Client, field: str, odd: str) -> None:
    answer = send(client, ArticlePageFactory(), **{field: odd})
    assert answer.status_code == 422
    assert 'href="#comment-' in answer.text
    assert not Comment.objects.exists()


@pytest.mark.parametrize("field", ["parent", "form_token", "website", "wants_replies", "preview"])
@pytest.mark.parametrize("odd", ["\0", "\u202e", "\ud7ff" * 100, "9" * 5000, "-1", "1e9"])
def test_odd_signs_where_no_person_types_are_no_fault(client: Client, field: str, odd: str) -> None:
    answer = send(client, ArticlePageFactory(), **{field: odd})
    assert answer.status_code in {200, 303, 422}
    if answer.status_code == 422:
        assert 'class="error-summary' in answer.text or "error" in answer.text


@pytest.mark.parametrize("email", [
    '"<svg/onload=alert(1)>"@example.com', '"a\x01b"@example.com', "a@b@example.com", "a@example.com\r\nBcc: b",
    "a@exam\u202eple.com", "a@[127.0.0.1]", "a..b@example.com", f"a@{'b' * 300}.com",
])  # fmt: skip
def test_an_address_that_names_no_mailbox_is_sent_back_with_all_words(client: Client, email: str) -> None:
    answer = send(client, ArticlePageFactory(), email=email)
    assert answer.status_code == 422
    assert "email address" in answer.text
    assert "Walking helps me." in answer.text
    assert not Comment.objects.exists()


@pytest.mark.parametrize("raw", [LONE, b"\xff\xfe\xfa", b"%ED%A0%80%ED%B0%80", b"%00%FF"])
def test_bytes_that_are_no_text_are_no_fault(client: Client, raw: bytes) -> None:
    article = ArticlePageFactory()
    body = b"name=Eileen&email=eileen%40example.org&keep=1&website=&form_token=" + make_token("comment").encode()
    address = reverse("blog:post_comment", args=[article.pk])
    answer = client.post(address, body + b"&text=Words " + raw, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 303
    text = Comment.objects.get().text
    assert text.startswith("Words")
    assert not any(unicodedata.category(sign) in {"Cs", "Cc", "Co"} for sign in text)
    assert (
        client.get(reverse("blog:comment_status", args=[make_status_token(Comment.objects.get())])).status_code == 200
    )


@pytest.mark.parametrize("field", ["name", "text", "email", "parent", "form_token"])
def test_a_field_of_a_megabyte_is_refused_with_words_and_quickly(client: Client, field: str) -> None:
    begun = time.process_time()
    answer = send(client, ArticlePageFactory(), **{field: "ab " * (MEGABYTE // 3)})
    assert answer.status_code in {413, 422}
    assert time.process_time() - begun < 5
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["- " * 3900, "1. " * 2600, "*" * 7999, "**a " * 1999, "[" * 7999, "[a](" * 1999, "[a](https://x.example/(" * 300,
     "https://" * 999, "<" * 7999, "(" * 7999, "\n".join(f"{' ' * min(n, 60)}- a" for n in range(120)), "*_" * 3999,
     "https://x.example/" + "." * 7900, "https://x.example/" + "(" * 3900 + ")" * 3900, "a" * 7999, "&" * 7999],
)  # fmt: skip
def test_formatting_without_end_is_shown_quickly_and_closed_properly(text: str) -> None:
    begun = time.process_time()
    html, plain = show_text(clean_text(text)), plain_comment(clean_text(text))
    assert time.process_time() - begun < 2
    assert set(skeleton(html)) == set()
    assert len(html) < 60 * len(text)
    assert len(plain) < 12 * len(text)


def test_a_line_holds_no_break_of_any_kind() -> None:
    assert clean_line("a\u2028b\u2029c\x0bd\x0ce\x85f\r\ng") == "a b c d e f g"
