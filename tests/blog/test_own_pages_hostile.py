"""Whatever somebody writes, on the pages and in the letters of its writer it is words and nothing else."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.actions import comments
from blog.actions.commenters import ask_for_my_comments, ask_for_proof
from blog.commenting.links import Purpose, make_own_token, make_status_token
from blog.models import Comment
from letters.models import Letter
from tests.factories import CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
HOSTILE = [
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "[press](javascript:alert(1))",
    "[press](data:text/html;base64,PHNjcmlwdD4=)",
    '<a href="java\nscript:alert(1)">x</a>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "{{ settings.SECRET_KEY }}{% include '403.html' %}",
    "<!--<img src=--><img src=x onerror=alert(1)//>",
    "<style>*{display:none}</style><meta http-equiv=refresh content=0>",
    "<form action=//evil.example><button>Yes, I wrote this</button></form>",
    "\u202e<b onmouseover=alert(1)>x",
]


class Active(HTMLParser):
    """What of a page could act."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.forms = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip().lower() for name, value in attrs}
        self.forms += tag == "form"
        if tag in {"iframe", "object", "embed", "base"} or (
            tag == "script" and not given.get("src", "").startswith("/")
        ):
            self.found.append(tag)
        if given.get("http-equiv") == "refresh" or "evil.example" in given.get("action", ""):
            self.found.append(f"{tag} {given}")
        self.found += [f"{tag} {name}" for name in given if name.startswith("on")]
        self.found += [
            f"{tag} {value}"
            for name, value in given.items()
            if name in {"href", "src", "action", "formaction"}
            and "".join(value.split()).startswith(("javascript:", "data:text", "vbscript:"))
        ]


def active(html: str) -> list[str]:
    parser = Active()
    parser.feed(html)
    return parser.found


def test_the_parser_of_this_test_finds_what_acts() -> None:
    assert all(active(f"<p>{words}</p>") for words in HOSTILE if "<s" in words and "style" not in words)
    assert active('<a href=" java\nscript:alert(1)">x</a>')


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_acts_on_the_pages_and_in_the_letters_of_a_writer(words: str, moderator: User) -> None:
    comment: Any = CommentFactory(
        state="held", email="joan@example.com", author_name=words[:80], text=words, wants_replies=True, proven_at=None
    )
    Comment.objects.filter(pk=comment.pk).update(refusal_reason=words[:250])
    status, client = make_status_token(comment), Client()
    own = {purpose: make_own_token(purpose, comment.commenter, comment=comment.pk) for purpose in Purpose}
    pages = [
        client.get(reverse("blog:comment_status", args=[status])),
        client.get(reverse("blog:edit_comment", args=[status])),
        client.post(reverse("blog:edit_comment", args=[status]), {"text": words, "version": 7}),
        client.post(reverse("blog:edit_comment", args=[status]), {"text": words * 900, "version": 1}),
        client.get(reverse("blog:prove_address", args=[own[Purpose.PROVE]])),
        client.get(reverse("blog:stop_letters", args=[own[Purpose.STOP]])),
        client.get(reverse("blog:list_my_comments", args=[own[Purpose.MINE]])),
        client.get(reverse("blog:erase_my_comments", args=[own[Purpose.MINE]])),
        client.post(reverse("blog:my_comments"), {"email": words}),
    ]
    ask_for_proof(comment)
    ask_for_my_comments("joan@example.com")
    Comment.objects.filter(pk=comment.pk).update(proven_at=timezone.now())
    comments.approve_comment(comment, by=moderator)
    reply = CommentFactory(
        article=comment.article, parent=comment, answers=comment, author_name=words[:80], text=words, state="held"
    )
    comments.approve_comment(reply, by=moderator)
    Letter.objects.filter(kind="comment_refused").delete()
    comments.refuse_comment(reply, by=moderator, reason=words[:250])
    pages.append(client.get(reverse("blog:comment_status", args=[make_status_token(reply)])))
    for page in pages:
        assert active(page.text) == [], page.request["PATH_INFO"]
    assert Letter.objects.count() >= 4
    for letter in Letter.objects.all():
        assert active(letter.html) == []
        assert "\n" not in letter.subject
