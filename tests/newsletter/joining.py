"""What the tests of joining and leaving share."""

import json
import re
from typing import Any

from django.core.files.base import ContentFile
from django.test import Client

from guard.forms import make_token
from letters.models import Letter
from newsletter.actions.asking import find_waiting_sign_ups, settle_sign_up
from newsletter.models import Consent, ConsentWording, Ebook, EbookEdition, Subscriber
from newsletter.subscribing.wording import current_wording

SIGN_UP = "/newsletter/sign-up/"
BOOK = b"%PDF-1.7 " + bytes(range(256)) * 40


def sign_up(client: Client, email: str, **fields: Any) -> Any:
    """Send the form as a browser does; the worker has answered when this returns."""
    extra = {name: fields.pop(name) for name in list(fields) if name.isupper()}
    form = {"email": email, "name": "", "place": "page", "source": "/newsletter/", "form_token": make_token("sign-up")}
    answer = client.post(SIGN_UP, {**form, **fields}, **extra)
    settle_all()
    return answer


def settle_all() -> None:
    """What the worker does when it is rung for the sign-ups that wait."""
    for pk in find_waiting_sign_ups():
        settle_sign_up(pk)


def letters_to(email: str, kind: str | None = None) -> list[Letter]:
    found = Letter.objects.filter(to=email).order_by("pk")
    return list(found.filter(kind=kind) if kind else found)


def link_in(letter: Letter, name: str) -> str:
    """The path of the first link of that kind in the letter's text."""
    found = re.search(rf"http://testserver(/newsletter/{name}/[^\s]+)", letter.text)
    assert found, letter.text
    return found[1]


def make_ebook(**fields: Any) -> Ebook:
    book = Ebook.objects.create(
        **{"title": "A calmer day with pain", "slug": "calmer-day", "blurb": "Small, practical ideas.", **fields}
    )
    add_edition(book)
    return book


def add_edition(book: Ebook, content: bytes = BOOK, **fields: Any) -> EbookEdition:
    return EbookEdition.objects.create(ebook=book, file=ContentFile(content, name="calmer.pdf"), **fields)


def rich_field(words: str) -> str:
    """What the editor in the browser sends."""
    block = {"key": "abcde", "text": words, "type": "unstyled", "depth": 0}
    return json.dumps({"blocks": [{**block, "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}})


def joined(subscriber: Subscriber) -> Subscriber:
    """The record of a subscriber who came in through the form."""
    wording: ConsentWording = current_wording()
    for act in (Consent.Act.ASKED, Consent.Act.CONFIRMED):
        Consent.objects.create(subscriber=subscriber, act=act, wording=wording, form="page")
    return subscriber
