"""Before a comment is sent: its preview, a question about personal data, what is said of keeping, and no word lost."""

import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from blog.commenting import keeping
from blog.commenting.notice import closed_words, notice_for
from blog.models import Comment, CommentSettings, Mode
from tests.blog.test_comment_form import post, typed
from tests.factories import ArticlePageFactory, CommentFactory

pytestmark = pytest.mark.django_db
SECRET = "Call me on 0161 496 0123, or write to joan@example.org."


class Form(HTMLParser):
    """What the comment form of a page would send, and its buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []
        self.action, self._area, self._inside = "", "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = have.get("id") == "comment-form"
            self.action = have["action"] if self._inside else self.action
        if not self._inside:
            return
        if tag == "button" and have["type"] == "submit":
            self.buttons.append((have.get("name", ""), have.get("value", "")))
        if tag == "textarea":
            self._area = have["name"]
            self.values[self._area] = ""
        if tag == "input" and (have["type"] != "checkbox" or "checked" in have):
            self.values[have["name"]] = have.get("value", "on")

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data


def press(client: Client, page: str, name: str = "", **changes: str) -> Any:
    """Send the form of the page as it stands, by the button of that name."""
    form = Form(page)
    button = next((value for named, value in form.buttons if named == name))
    return client.post(form.action, {**form.values, **changes, **({name: button} if name else {})})


def in_main(answer: Any) -> str:
    """What a reader sees; not what waits there for the script."""
    main = answer.text.partition("<main")[2].partition("</main")[0]
    return " ".join(unescape(re.sub(r"(?s)<template.*?</template>", "", main)).split())


@pytest.fixture
def article(db: None) -> Any:
    return ArticlePageFactory()


def set_rules(**fields: Any) -> None:
    site = Site.objects.get(is_default_site=True)
    settings, _ = CommentSettings.objects.get_or_create(site=site)
    for name, value in fields.items():
        setattr(settings, name, value)
    settings.save()


def test_a_preview_shows_the_comment_as_it_will_look_and_keeps_nothing(client: Client, article: Any) -> None:
    answer = post(client, article, text="It is *not* bad:\n\n- tea\n- toast", preview="yes")
    assert answer.status_code == 200
    assert "<p>It is <em>not</em> bad:</p><ul><li>tea</li><li>toast</li></ul>" in answer.text
    assert re.search(r"<title>\s*Preview: ", answer.text)
    assert answer["Cache-Control"] == "no-store"
    assert not client.cookies
    assert not Comment.objects.exists()
    assert press(client, answer.text).status_code == 303
    assert Comment.objects.get().text == "It is *not* bad:\n\n- tea\n- toast"


def test_a_preview_minds_the_text_alone(client: Client, article: Any) -> None:
    answer = post(client, article, name="", email="", form_token="old", preview="yes")
    assert answer.status_code == 200
    assert "needs your attention" not in in_main(answer)
    assert typed()["text"] in answer.text.partition('id="comment-preview"')[2]
    empty = post(client, article, text=" ", preview="yes")
    assert empty.status_code == 422
    assert "Write your comment" in empty.text
    assert 'id="comment-preview"' not in empty.text


def test_a_preview_keeps_what_is_answered_and_the_wish_for_letters(client: Client, article: Any) -> None:
    first = CommentFactory(article=article)
    page = post(client, article, parent=str(first.pk), wants_replies="on", preview="yes").text
    assert press(client, page).status_code == 303
    comment = Comment.objects.get(state="pending")
    assert (comment.answers, comment.wants_replies) == (first, True)


def test_letters_about_answers_are_asked_for_and_never_assumed(client: Client, article: Any) -> None:
    assert "wants_replies" not in Form(client.get(article.url).text).values
    post(client, article)
    assert not Comment.objects.get().wants_replies


def test_personal_data_is_a_question_and_no_error(client: Client, article: Any) -> None:
    answer = post(client, article, text=SECRET, name="joan@example.org")
    assert answer.status_code == 422
    assert not Comment.objects.exists()
    page = in_main(answer)
    assert "a phone number: “0161 496 0123”" in page
    assert page.count("an email address: “joan@example.org”") == 1
    assert "needs your attention" not in page
    assert 'aria-invalid="true"' not in page
    assert re.search(r"<title>\s*Before you send it: ", answer.text)
    assert Form(answer.text).values["text"].strip() == SECRET


def test_after_the_question_a_reader_sends_other_words_or_the_same(client: Client, article: Any) -> None:
    page = post(client, article, text=SECRET).text
    assert press(client, page, text="Call me.").status_code == 303
    assert press(client, page).status_code == 422
    assert press(client, page, "keep", email="other@example.org").status_code == 303
    assert set(Comment.objects.values_list("text", flat=True)) == {"Call me.", SECRET}


def test_the_return_key_never_says_that_personal_data_may_stay(client: Client, article: Any) -> None:
    names = [name for name, _ in Form(post(client, article, text=SECRET).text).buttons]
    assert names == ["", "keep", "preview"]


def test_a_robot_is_asked_nothing(client: Client, article: Any) -> None:
    assert post(client, article, text=SECRET, website="https://pills.example").status_code == 303


def test_too_many_comments_are_refused_with_the_words_kept_and_a_time(
    client: Client, article: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = flood(client, article)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert answer["Cache-Control"] == "no-store"
    assert Form(answer.text).values["text"].strip() == "Word 99."
    assert re.search(r"<title>\s*Not sent yet: ", answer.text)
    assert "One thing needs your attention" in answer.text


def flood(client: Client, article: Any) -> Any:
    """The first answer that is no 303 to comments one after the other."""
    for number in range(200):
        answer = post(client, article, text=f"Word {number}.")
        if answer.status_code != 303:
            return post(client, article, text="Word 99.")
    raise AssertionError


def test_what_is_far_too_long_is_not_read_and_says_so(client: Client, article: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000
    answer = post(client, article, text="a" * 30_000)
    assert answer.status_code == 413
    assert "your words should still be in the form" in in_main(answer)


@pytest.mark.parametrize(
    ("mode", "words", "button"),
    [
        (Mode.HOLD_ALL, "reads every comment before it appears.", "Send to the moderator"),
        (Mode.HOLD_FIRST, "your first comment before it appears", "Send the comment"),
        (Mode.HOLD_LINKS, "and there is no link in them.", "Send the comment"),
    ],
)
def test_the_form_says_who_reads_a_comment_first(
    client: Client, article: Any, mode: Mode, words: str, button: str
) -> None:
    set_rules(mode=mode)
    page = in_main(client.get(article.url))
    assert words in page
    assert button in page


def test_the_form_names_the_day_on_which_comments_close(client: Client, article: Any) -> None:
    set_rules(close_after_days=30)
    last = timezone.localdate(article.first_published_at) + timedelta(days=30)
    assert f"Comments close on {last:%-d %B %Y}." in in_main(client.get(article.url))
    article.comments_close_after = 0
    assert notice_for(article).last_day is None
    old = ArticlePageFactory(first_published_at=timezone.now() - timedelta(days=100))
    page = in_main(client.get(old.url))
    assert "They were open until" in page
    assert "comment-form" not in page
    refused = post(client, old)
    assert refused.status_code == 409
    assert closed_words(old) in in_main(refused)
    assert typed()["text"] in in_main(refused)


def test_the_notice_follows_the_table_of_keeping(client: Client, article: Any) -> None:
    set_rules(spam_days=7, original_days=1)
    page = in_main(client.get(article.url))
    for rule in (keeping.ORIGINS, keeping.REFUSED, keeping.WITHDRAWN, keeping.COMMENTERS):
        assert f"{rule.words}: {rule.days} days after {rule.since}." in page
    assert f"{keeping.SPAM.words}: 7 days after" in page
    assert f"{keeping.ORIGINALS.words}: 1 day after" in page
    assert keeping.AKISMET_VALUES.words not in page


@pytest.mark.parametrize("with_email", [True, False])
def test_akismet_is_named_only_where_it_is_asked(client: Client, article: Any, settings: Any, with_email: bool) -> None:
    own = "No other company sees them."
    set_rules(use_akismet=True, akismet_gets_email=with_email)
    settings.AKISMET_API_KEY = ""
    assert own in in_main(client.get(article.url))
    set_rules(use_akismet=False)
    settings.AKISMET_API_KEY = "0123456789ab"
    assert own in in_main(client.get(article.url))
    set_rules(use_akismet=True)
    page = in_main(client.get(article.url))
    assert own not in page
    assert "Akismet" in page
    assert ("your email address, your network address" in page) == with_email
    assert ("Your email address does not go there." in page) != with_email
    assert ("Never shown, never shared" in page) != with_email


def test_a_new_site_shows_no_notice_of_a_page_that_is_a_draft(client: Client, article: Any) -> None:
    page = in_main(client.get(article.url))
    assert "What happens with what I write" in page
    assert reverse("blog:my_comments") in page
    assert "More is on the page" not in page


def test_the_form_is_the_same_bytes_for_everybody(article: Any) -> None:
    first, second = (Client(REMOTE_ADDR=ip).get(article.url).content for ip in ("192.0.2.1", "192.0.2.2"))
    assert first == second


def test_a_form_that_comes_back_can_be_sent_by_older_browsers(client: Client, article: Any) -> None:
    """Without a referrer they would send `Origin: null`, which is refused."""
    for answer in (post(client, article, text=""), post(client, article, preview="yes")):
        assert answer["Referrer-Policy"] == "same-origin"
