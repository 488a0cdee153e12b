"""Parts of a comment are blanked for good, the original comes back to the sign, and no log tells what it was."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from wagtail.log_actions import registry as log_registry

from blog.actions.comments import Seen, approve_comment
from blog.actions.redactions import NO_NAME, blank_parts, find_parts, restore_original
from blog.commenting.text import BLANK
from blog.errors import CommentMovedError, NothingToBlankError, TooLateError
from blog.models import Comment
from blog.moderation.marking import mark_findings
from blog.moderation.redaction_form import RedactionForm
from pagecache.models import Generation
from tests.blog.finder_sets import HOSTILE
from tests.factories import CommentFactory
from users.models import User

TEXT = "Dr Ann Lee was kind. Ring me on 07700 900123, ask for ann lee.\n\nAnnual checks help."
OTHER_SCRIPTS = st.text(max_size=60)


def log_of(comment: Comment) -> list[Any]:
    return list(log_registry.get_logs_for_instance(comment).order_by("timestamp"))


def form_for(comment: Comment, **data: Any) -> RedactionForm:
    """The form as the browser would send it, with what is ticked on the page unless said otherwise."""
    shown = RedactionForm(comment=comment)
    return RedactionForm({**shown.initial, **data}, comment=comment)


@pytest.mark.django_db
def test_a_part_is_blanked_and_the_whole_comes_back(moderator: User) -> None:
    comment = CommentFactory(text=TEXT, personal_data=True)
    blank_parts(comment, by=moderator, spans=[(32, 44)])
    assert comment.text == TEXT.replace("07700 900123", BLANK)
    assert (comment.version, comment.personal_data, comment.original_text) == (1, False, TEXT)
    restore_original(comment, by=moderator)
    assert (comment.text, comment.personal_data) == (TEXT, True)
    assert (comment.original_text, comment.original_until) == ("", None)


@pytest.mark.django_db
def test_the_log_tells_who_and_how_much_but_never_what(moderator: User) -> None:
    comment = CommentFactory(text=TEXT)
    blank_parts(comment, by=moderator, spans=[(32, 44)], phrases=["Ann Lee"])
    (entry,) = log_of(comment)
    assert (entry.action, entry.user, entry.data) == ("comment.blank", moderator, {"parts": 3, "name": False})
    restore_original(comment, by=moderator)
    assert [entry.action for entry in log_of(comment)] == ["comment.blank", "comment.unblank"]
    assert "07700" not in str([entry.data for entry in log_of(comment)])


@pytest.mark.django_db
def test_a_second_blanking_keeps_the_first_original_and_its_day(moderator: User) -> None:
    comment = CommentFactory(text=TEXT)
    blank_parts(comment, by=moderator, phrases=["Ann Lee"])
    until = comment.original_until
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        blank_parts(comment, by=moderator, phrases=["07700 900123"])
    assert (comment.original_text, comment.original_until) == (TEXT, until)
    assert until is not None
    assert timedelta(days=13) < until - timezone.now() <= timedelta(days=14)


@pytest.mark.django_db
def test_after_its_days_the_original_cannot_come_back(moderator: User) -> None:
    comment = CommentFactory(text=TEXT)
    blank_parts(comment, by=moderator, phrases=["Ann Lee"])
    with time_machine.travel(timezone.now() + timedelta(days=14, seconds=1)), pytest.raises(TooLateError):
        restore_original(comment, by=moderator)
    with pytest.raises(TooLateError):
        restore_original(CommentFactory(), by=moderator)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_pages_change_only_where_readers_see_the_comment(moderator: User) -> None:
    for state in ("published", "held"):
        comment = CommentFactory(text=TEXT, state=state)
        seen = [Generation.read()]
        blank_parts(comment, by=moderator, phrases=["Ann Lee"])
        seen.append(Generation.read())
        restore_original(comment, by=moderator)
        seen.append(Generation.read())
        assert len({moment.number for moment in seen}) == (3 if state == "published" else 1)


@pytest.mark.django_db
def test_a_name_that_gives_away_is_replaced_and_the_log_forgets_it(moderator: User) -> None:
    comment = CommentFactory(text=TEXT, author_name="joan@example.org", state="held")
    approve_comment(comment, by=moderator)
    blank_parts(comment, by=moderator, blank_name=True)
    assert (comment.author_name, comment.text, comment.original_text) == (NO_NAME, TEXT, "")
    assert "joan@example.org" not in str([(entry.label, entry.data) for entry in log_of(comment)])


@pytest.mark.django_db
def test_nothing_is_blanked_in_what_changed_meanwhile(moderator: User) -> None:
    comment = CommentFactory(text=TEXT)
    stale = Comment.objects.get(pk=comment.pk)
    blank_parts(comment, by=moderator, phrases=["Ann Lee"])
    with pytest.raises(CommentMovedError):  # the places are those of the longer text
        blank_parts(stale, by=moderator, spans=[(32, 44)])
    stale = Comment.objects.get(pk=comment.pk)
    blank_parts(comment, by=moderator, phrases=["help"])
    with pytest.raises(CommentMovedError):  # the original is the same by now, the text is not
        blank_parts(stale, by=moderator, phrases=["kind"])
    with pytest.raises(CommentMovedError):
        blank_parts(comment, by=moderator, phrases=["kind"], seen=Seen("published", 2))
    with pytest.raises(CommentMovedError):
        blank_parts(comment, by=moderator, phrases=["kind"], seen=Seen("refused", 1))
    with pytest.raises(CommentMovedError):
        restore_original(comment, by=moderator, seen=Seen("published", 7))
    comment.refresh_from_db()
    assert comment.text == TEXT.replace("Ann Lee", BLANK).replace("ann lee", BLANK).replace("help", BLANK)
    assert len(log_of(comment)) == 2


def test_a_phrase_is_found_in_any_case_over_lines_and_as_whole_words() -> None:
    assert find_parts("Ann, ANN and Annual", phrases=["ann"]) == [(0, 3), (5, 8)]
    assert find_parts("Ann\n Lee and Ann Lee", phrases=["ann lee"]) == [(0, 8), (13, 20)]
    assert find_parts("the Annual", phrases=["ann"]) == [(4, 7)]  # it stands nowhere else
    assert find_parts("cost (£5)?", phrases=["(£5)?"]) == [(5, 10)]


def test_parts_that_touch_or_overlap_are_one_and_those_outside_are_none() -> None:
    assert find_parts("0123456789", spans=[(5, 7), (1, 3), (2, 5), (9, 99), (-1, 2), (4, 4)]) == [(1, 7)]


def test_words_that_do_not_stand_there_are_named() -> None:
    with pytest.raises(NothingToBlankError, match="Bert"):
        find_parts("Ann Lee", phrases=["Ann", "Bert"])


@pytest.mark.django_db
def test_nothing_chosen_is_said_and_changes_nothing(moderator: User) -> None:
    comment = CommentFactory(text=TEXT)
    with pytest.raises(NothingToBlankError):
        blank_parts(comment, by=moderator, phrases=[" ", BLANK])
    assert log_of(comment) == []


@given(text=st.text(max_size=80), data=st.data())
@settings(max_examples=200, deadline=None)
def test_no_chosen_phrase_is_left_and_nothing_else_is_lost(text: str, data: st.DataObject) -> None:
    text = text.replace(BLANK, "")
    assume(text.strip())
    words = data.draw(st.sampled_from(text.split()))
    start = data.draw(st.integers(0, len(words) - 1))
    phrase = words[start : data.draw(st.integers(start + 1, len(words)))]
    parts = find_parts(text, phrases=[phrase])
    assert all(text[a:b] for a, b in parts)
    left = "".join(sign for at, sign in enumerate(text) if not any(a <= at < b for a, b in parts))
    gone = "".join(text[a:b] for a, b in parts)
    assert sorted(left + gone) == sorted(text)
    blanked = text
    for a, b in reversed(parts):
        blanked = blanked[:a] + BLANK + blanked[b:]
    with pytest.raises(NothingToBlankError):  # what stood as a word is gone; inside longer words it was not meant
        find_parts(" ".join(word for word in blanked.split() if word.casefold() == phrase.casefold()), phrases=[phrase])


@pytest.mark.django_db(transaction=False)
@given(text=st.text(st.characters(exclude_categories=("Cs", "Co", "Cc")), min_size=3, max_size=60), data=st.data())
@settings(max_examples=30, deadline=None)
def test_the_original_comes_back_to_the_sign(text: str, data: st.DataObject) -> None:
    person = User.objects.get_or_create(username="blanker")[0]
    comment = CommentFactory(text=text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    blank_parts(comment, by=person, spans=[(start, end)])
    assert comment.text == text[:start] + BLANK + text[end:]
    restore_original(comment, by=person)
    assert comment.text == text


@pytest.mark.django_db
def test_the_form_offers_what_was_found_ticked_and_blanks_what_was_chosen(moderator: User) -> None:
    comment = CommentFactory(text=TEXT)
    html = str(RedactionForm(comment=comment))
    assert "07700 900123 (phone number)" in html
    assert html.count("checked") == 1
    form = form_for(comment, other="Ann Lee\nkind\n")
    assert form.is_valid(), form.errors
    form.blank(by=moderator)
    assert comment.text.count(BLANK) == 4


@pytest.mark.django_db
def test_the_form_refuses_what_was_chosen_on_other_words(moderator: User) -> None:
    comment = CommentFactory(text=TEXT)
    form = form_for(comment)
    Comment.objects.filter(pk=comment.pk).update(text=f"New. {TEXT}")
    late = RedactionForm(form.data, comment=Comment.objects.get(pk=comment.pk))
    assert not late.is_valid()
    assert "has changed" in str(late.errors)
    assert set(late.errors) == {"__all__"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"parts": []}, "Choose what to blank"),
        ({"other": "nobody"}, "do not stand in the comment: nobody"),
        ({"parts": ["0-5"]}, "0-5"),
        ({"parts": ["x"]}, "not one of the available choices"),
    ],
)
def test_the_form_says_what_is_wrong(data: dict[str, Any], words: str) -> None:
    form = form_for(CommentFactory(text=TEXT), **data)
    assert not form.is_valid()
    assert words in str(form.errors)


def test_findings_are_marked_with_their_kind_and_all_else_is_escaped() -> None:
    html = mark_findings(f"<b>me</b>: 07700 900123,\nI want to die {BLANK}")
    assert html == (
        "&lt;b&gt;me&lt;/b&gt;: "
        '<mark class="finding finding--personal" title="phone number">07700 900123'
        '<span class="w-sr-only"> (phone number)</span></mark>,<br>I '
        '<mark class="finding finding--crisis" title="thoughts of suicide">want to die'
        '<span class="w-sr-only"> (thoughts of suicide)</span></mark> <span class="blanked">[blanked]</span>'
    )


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_text_is_inert_in_marks_and_in_the_form(part: str) -> None:
    part = part.encode("utf-8", "ignore").decode()  # the database holds no halves of signs
    text = f'{part} 07700 900123 {part} joan@example.org"><script>x</script> {part}'
    html = mark_findings(text)
    form = str(RedactionForm(comment=Comment(text=text)))
    for page in (html, form):
        assert "<script" not in page
        assert "<img" not in page
