"""All comments of one address, by the operator's hand; and the page that tells what is kept."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from blog.commenting.keeping import RULES
from blog.models import Comment, Commenter
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_everything_from_an_address_is_exported_however_it_is_spelt() -> None:
    CommentFactory(email="Joan@Example.com", text="First words.", state="refused", refusal_reason="Off the subject.")
    CommentFactory(email="joan@example.com", text="Second words.")
    CommentFactory(email="other@example.com", text="Not hers.")
    said = run("export_comments", "joan@EXAMPLE.com")
    everything = json.loads(said)
    assert [comment["text"] for comment in everything["comments"]] == ["First words.", "Second words."]
    assert "Not hers." not in said


def test_an_imported_comment_without_a_writer_is_found_by_its_address() -> None:
    CommentFactory(email="old@example.com", commenter=None, text="Written elsewhere.")
    assert "Written elsewhere." in run("export_comments", "OLD@example.com")
    run("erase_comments", "old@example.com", "--yes")
    assert not Comment.objects.exists()


def test_the_file_is_the_operators_alone_and_none_is_written_over(tmp_path: Path) -> None:
    CommentFactory(email="joan@example.com")
    file = tmp_path / "joan.json"
    assert run("export_comments", "joan@example.com", "--output", str(file)) == f"Wrote 1 comment to {file}.\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(json.loads(file.read_text(encoding="utf-8"))["comments"]) == 1
    with pytest.raises(CommandError, match="File exists"):
        run("export_comments", "joan@example.com", "--output", str(file))


@pytest.mark.parametrize(("address", "words"), [("nobody@example.com", "Nobody has written"), ("no", "Enter an email")])
def test_an_address_that_is_not_known_is_said_to_be(address: str, words: str) -> None:
    for command in ("export_comments", "erase_comments"):
        with pytest.raises(CommandError, match=words):
            run(command, address)
    assert not Commenter.objects.exists()


def test_erasing_asks_first_and_leaves_others_alone(monkeypatch: Any) -> None:
    first = CommentFactory(email="joan@example.com")
    reply = CommentFactory(article=first.article, parent=first, email="other@example.com")
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="Nothing was erased"):
        run("erase_comments", "joan@example.com")
    assert Comment.objects.get(pk=first.pk).email == "joan@example.com"
    assert run("erase_comments", "joan@example.com", "--yes").startswith("Erased 1 comment.")
    first.refresh_from_db()
    assert (first.state, first.email, first.text, first.author_name) == ("withdrawn", "", "", "")
    assert Comment.objects.get(pk=reply.pk).text


def test_the_page_about_what_is_kept_says_what_the_rules_say() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "what-is-kept.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| ")]
    told = [row for row in rows if row[0] in {rule.name for rule in RULES}]
    said = ", or what *Comment settings* say"
    assert told == [[r.name, r.words, f"{r.days}{said if r.setting else ''}", r.since] for r in RULES]
