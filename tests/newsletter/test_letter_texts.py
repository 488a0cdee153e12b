"""The words of letters, in the editors' hands."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from letters.models import Letter
from newsletter import letters
from newsletter.letter_kinds import LETTER_KINDS, SAMPLES
from newsletter.merge_fields import find_faults
from newsletter.models import LetterText, Subscriber
from newsletter.worded import default_words
from tests.newsletter.joining import make_ebook, rich_field

pytestmark = pytest.mark.django_db


def _url(name: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_newsletter_lettertext:{name}", args=args)


@pytest.fixture
def admin(client: Client, home: Any, editor: Any) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def goodbye(db: None) -> LetterText:
    return LetterText.objects.get(kind="goodbye")


def _form(text: LetterText, **own: str) -> dict[str, str]:
    """The form as it comes back when nothing was changed but `own`."""
    from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

    words = default_words(text.kind)
    rich = ContentstateConverter(features=["bold", "italic", "link"]).from_database_format
    return {
        **{name: getattr(text, name) or getattr(words, name) for name in ("subject", "preview_line", "heading")},
        **{name: rich(getattr(text, name) or getattr(words, name)) for name in ("before", "after")},
        **own,
    }


@pytest.mark.parametrize("kind", LETTER_KINDS)
def test_every_default_keeps_to_its_own_fields(kind: str) -> None:
    about = LETTER_KINDS[kind]
    assert set(about.fields) <= SAMPLES.keys()
    for words in (about.subject, about.preview_line, about.heading, about.before, about.after):
        assert find_faults(words, about.fields) == []
    assert find_faults(about.button + about.foot, []) == []


def test_there_is_a_row_for_every_kind_of_letter(admin: Client) -> None:
    page = admin.get(_url("list")).text
    assert LetterText.objects.count() == len(LETTER_KINDS)
    for about in LETTER_KINDS.values():
        assert about.label in page


def test_own_words_reach_both_parts_and_the_button_and_the_foot_stay(subscriber: Subscriber, home: Any) -> None:
    LetterText.objects.filter(kind="goodbye").update(
        subject="Bye {name}",
        before='<p>So <b>long</b>, {name|friend}.</p><p>Read <a href="https://example.org/a">this</a> &amp; smile.</p>',
    )
    letters.post_goodbye(subscriber)
    letter = Letter.objects.get()
    assert letter.subject == "Bye Margaret"
    assert "So long, Margaret.\n\nRead this & smile.\nhttps://example.org/a\n" in letter.text
    assert "So <strong>long</strong>, Margaret." in letter.html
    assert '<a class="link" href="https://example.org/a"' in letter.html
    for part in (" ".join(letter.text.split()), letter.html):
        assert "That was a slip: put me back" in part
        assert "Nothing else follows." in part
        assert "4 Orchard Yard, Example Town" in part
        assert "within 24 hours" in part  # the words after the button were left as they are


def test_a_name_cannot_bring_markup_fields_or_lines_into_a_letter(subscriber: Subscriber, home: Any) -> None:
    subscriber.name = "<b>{ebook}</b>\r\nBcc: x"
    LetterText.objects.filter(kind="goodbye").update(subject="Bye {name}")
    letters.post_goodbye(subscriber)
    letter = Letter.objects.get()
    assert letter.subject == "Bye <b>{ebook}</b> Bcc: x"
    assert "<b>{ebook}" not in letter.html
    assert "&lt;b&gt;{ebook}&lt;/b&gt; Bcc: x" in letter.html


def test_words_cost_one_query(subscriber: Subscriber, home: Any, django_assert_max_num_queries: Any) -> None:
    from newsletter.worded import words_of

    with django_assert_max_num_queries(1):
        words_of("confirm")


@pytest.mark.parametrize("kind", LETTER_KINDS)
def test_the_form_shows_the_default_and_saves_it_as_nothing(admin: Client, kind: str) -> None:
    text = LetterText.objects.get(kind=kind)
    page = admin.get(_url("edit", text.pk)).text
    assert LETTER_KINDS[kind].subject in page
    assert admin.post(_url("edit", text.pk), _form(text)).status_code == 302
    text.refresh_from_db()
    assert not text.is_changed


def test_an_editors_words_are_saved_with_their_history(admin: Client, goodbye: LetterText) -> None:
    admin.post(
        _url("edit", goodbye.pk), _form(goodbye, before=rich_field("So long, {name}."), subject="Bye {name|reader}")
    )
    goodbye.refresh_from_db()
    assert goodbye.subject == "Bye {name|reader}"
    assert "So long, {name}." in goodbye.before
    assert goodbye.after == ""
    assert goodbye.revisions.count() == 1
    assert "your own" in admin.get(_url("list")).text


@pytest.mark.parametrize(
    ("field", "words"),
    [("subject", "Bye {nmae}"), ("heading", "Bye {ebook}"), ("subject", "Bye {name"), ("before", "So {long}.")],
)
def test_an_unknown_field_is_refused_with_the_list_of_those_there_are(
    admin: Client, goodbye: LetterText, field: str, words: str
) -> None:
    own = rich_field(words) if field == "before" else words
    answer = admin.post(_url("edit", goodbye.pk), _form(goodbye, **{field: own}))
    assert answer.status_code == 200
    assert "This letter has: {name}, {newsletter}." in answer.text
    goodbye.refresh_from_db()
    assert not goodbye.is_changed


def test_the_default_comes_back_and_the_words_stay_in_the_history(admin: Client, goodbye: LetterText) -> None:
    assert "Restore the default words" not in admin.get(_url("edit", goodbye.pk)).text
    admin.post(_url("edit", goodbye.pk), _form(goodbye, subject="Bye"))
    assert "Restore the default words" in admin.get(_url("edit", goodbye.pk)).text
    answer = admin.post(_url("edit", goodbye.pk), {**_form(goodbye), "action-restore": "1"}, follow=True)
    assert "has its default words again" in answer.text
    goodbye.refresh_from_db()
    assert not goodbye.is_changed
    assert [revision.as_object().subject for revision in goodbye.revisions.order_by("pk")] == ["Bye", ""]


def test_a_test_of_unsaved_words_goes_to_whoever_asks(admin: Client, editor: Any, goodbye: LetterText) -> None:
    answer = admin.post(_url("edit", goodbye.pk), {**_form(goodbye, subject="Bye {name}"), "action-test": "1"})
    assert "A test is on its way to editor@meadowsweet.example" in answer.text
    letter = Letter.objects.get()
    assert (letter.to, letter.subject) == (editor.email, "[Test] Bye Margaret")
    assert letter.text.startswith("This is a test of the letter “Goodbye”.")
    assert "This is a test" in letter.html
    goodbye.refresh_from_db()
    assert not goodbye.is_changed
    bad = admin.post(_url("edit", goodbye.pk), {**_form(goodbye, subject="{x}"), "action-test": "1"})
    assert "so no test was sent" in bad.text
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("kind", LETTER_KINDS)
def test_the_preview_shows_subject_and_both_parts_to_both_readers(admin: Client, kind: str) -> None:
    text = LetterText.objects.get(kind=kind)
    form = _form(text, subject="Dear {name|reader}")
    assert admin.post(_url("preview_on_edit", text.pk), form).json()["is_valid"]
    seen = {mode: admin.get(_url("preview_on_edit", text.pk), {"mode": mode}).text for mode, _ in text.preview_modes}
    for mode, page in seen.items():
        assert f"Dear {'reader' if mode.startswith('nameless') else 'Margaret'}" in page
        assert ("<pre>" in page) == mode.endswith("text")
        assert not re.search(r"\{\w+\}|None", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))


def test_nobody_adds_or_deletes_a_letter_and_a_stranger_sees_none(
    admin: Client, goodbye: LetterText, stranger: Any
) -> None:
    for url in (_url("add"), _url("delete", goodbye.pk)):
        admin.post(url, _form(goodbye))
    assert LetterText.objects.count() == len(LETTER_KINDS)
    admin.force_login(stranger)
    for url in (_url("list"), _url("edit", goodbye.pk)):
        assert "Somebody" not in admin.get(url, follow=True).text
    admin.post(_url("edit", goodbye.pk), {**_form(goodbye), "action-test": "1"})
    assert not Letter.objects.exists()


def test_a_letter_without_a_book_says_nothing_of_one_and_with_one_names_it(subscriber: Subscriber, home: Any) -> None:
    letters.post_confirm(subscriber)
    make_ebook()
    letters.post_confirm(subscriber)
    plain, with_book = Letter.objects.order_by("pk")
    assert (plain.kind, with_book.kind) == ("confirm", "confirm")
    assert "book" not in plain.text
    assert "the free e-book “A calmer day with pain”" in " ".join(with_book.text.split())
