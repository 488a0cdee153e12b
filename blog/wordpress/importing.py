"""Makes pages from a WordPress export, each post in a transaction of its own: any run can be cut and repeated."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction

from blog.blocks import ArticleBody
from blog.errors import BlogError
from blog.listed import list_articles
from blog.models import ArticleIndexPage, ArticlePage, AuthorIndexPage, AuthorPage, Contribution, ImportedItem, Topic

from .ledger import Ledger, digest_of, was_edited_here
from .mapping import ArticleValues, key_of, map_post, name_of, reason_to_skip, with_ids
from .media import Pictures
from .parse import Author, Channel, Item, Part, Term, read_export
from .placing import forward_old_address, place_author, place_topic
from .report import Act, Outcome

# What an export does not say, and readers look for.
FOR_AN_AUTHOR = ("fill in the role, a photo and the qualifications",)
FOR_A_TOPIC = ("fill in the summary and choose an icon",)


class NoPlaceError(BlogError):
    """The site has no page under which articles or authors could be put."""


def import_export(file: BinaryIO, *, media: Path | None = None, dry_run: bool = False) -> Iterator[Outcome]:
    """What became of each thing in the export, as it happens.

    Raises ExportFileError where the file is broken: what was read before it is in and stays. Raises NoPlaceError.
    A dry run does all the work and takes each piece back.
    """
    if not ArticleIndexPage.objects.exists() or not AuthorIndexPage.objects.exists():
        raise NoPlaceError("This site has no page for articles or none for authors yet.")
    work = _Import(media=media, dry_run=dry_run)
    for part in read_export(file):
        yield from work.take(part)


class _Import:
    def __init__(self, *, media: Path | None, dry_run: bool) -> None:
        self.media = media
        self.dry_run = dry_run
        self.authors: dict[str, Author] = {}
        self.categories: dict[str, Term] = {}
        self.seen: set[str] = set()
        self.reported: set[tuple[str, str]] = set()  # a dry run makes the same author again for every post

    def take(self, part: Part) -> Iterator[Outcome]:
        match part:
            case Channel():
                self.channel = part
                self.ledger = Ledger(part.source)
            case Author():
                self.authors[part.login] = part
            case Term():
                self.categories[part.slug] = part
            case Item():
                yield from self._take_item(part)

    def _take_item(self, item: Item) -> Iterator[Outcome]:
        reason = reason_to_skip(item)
        if not reason and key_of(item) in self.seen:
            reason = "it stands in this file twice"
        if reason:
            yield Outcome(item.post_type, name_of(item), Act.SKIPPED, reason)
            return
        self.seen.add(key_of(item))
        try:
            with transaction.atomic():
                outcomes = self._import_post(item)
                if self.dry_run:
                    transaction.set_rollback(True)
        except ValidationError as error:
            outcomes = [Outcome("post", name_of(item), Act.SKIPPED, f"cannot be stored: {'; '.join(error.messages)}")]
        for outcome in outcomes:
            if outcome.kind == "post" or (outcome.kind, outcome.name) not in self.reported:
                self.reported.add((outcome.kind, outcome.name))
                yield outcome

    def _import_post(self, item: Item) -> list[Outcome]:
        values = map_post(item)
        pictures = Pictures(self.media, self.ledger, dry_run=self.dry_run)
        body, notes = pictures.place(values.body)
        stored = with_ids(body, f"{self.ledger.source} {key_of(item)}")
        author = self._author_of(item)
        digest = digest_of([asdict(replace(values, body=[], notes=[])), stored, asdict(author)])
        row = self.ledger.find("post", key_of(item))
        page = ArticlePage.objects.filter(pk=row.object_id).first() if row else None
        kept = _reason_to_keep(row, page, digest)
        if kept is not None:
            return [Outcome("post", name_of(item), Act.SKIPPED if kept else Act.UNCHANGED, kept)]
        author_page, author_is_new = place_author(author, parent=AuthorIndexPage.objects.get(), ledger=self.ledger)
        topic, topic_is_new = self._topic_of(values)
        page = page or ArticlePage(live=False)
        notes += _fill(page, values, stored, author=author_page, topic=topic)
        notes += _save(page, values)
        self.ledger.record("post", key_of(item), page, digest=digest)
        name = f"{name_of(item)} at {page.relative_url(None)}"
        made = [
            Outcome("author", author_page.title, Act.MADE, notes=FOR_AN_AUTHOR) if author_is_new else None,
            Outcome("topic", topic.name, Act.MADE, notes=FOR_A_TOPIC) if topic_is_new else None,
            Outcome("post", name, Act.CHANGED if row else Act.MADE, notes=(*values.notes, *notes)),
            *(Outcome("picture", f"{n} of {name}", Act.MADE) for n in range(1, pictures.made + 1)),
        ]
        return list(filter(None, made))

    def _author_of(self, item: Item) -> Author:
        known = self.authors.get(item.creator) or Author(item.creator, item.creator or self.channel.title)
        return Author(known.login, known.name, known.biography or item.meta.get("_author_bio", ""))

    def _topic_of(self, values: ArticleValues) -> tuple[Topic, bool]:
        known = self.categories.get(values.topic.slug) if values.topic else None
        return place_topic(values.topic, description=known.description if known else "", ledger=self.ledger)


def _reason_to_keep(row: ImportedItem | None, page: ArticlePage | None, digest: str) -> str | None:
    """None if the page is to be written; else why it stays as it is: "" for no change there."""
    if row is None:
        return None
    if page is None:
        return "it was imported before and deleted here"
    if row.digest == digest:
        return ""
    if was_edited_here(page, row):
        return "it was edited here after it was imported, so it keeps our words"
    return None


def _fill(page: ArticlePage, values: ArticleValues, body: list[dict], *, author: AuthorPage, topic: Topic) -> list[str]:
    """Put the values on the page, saving nothing; notes what had to differ."""
    notes = []
    if page.pk is None:
        page.slug = _free_slug(values.slug)
        if page.slug != values.slug:
            notes.append(f"the slug “{values.slug}” is taken here: it became “{page.slug}”")
        page.first_published_at = values.published_at
    page.title = page.draft_title = values.title
    page.deck = values.deck
    page.search_description = values.search_description
    page.body = json.dumps(body)
    page.topic = topic
    page.comments_mode = values.comments_mode
    page.updated_at = values.updated_at
    page.tags.set(values.tags)
    page.contributions = [Contribution(author=author)]
    return notes


def _save(page: ArticlePage, values: ArticleValues) -> list[str]:
    """Store the page with a revision, live or as a draft, with the dates of the export."""
    ArticleBody().clean(page.body)
    if page.pk is None:
        ArticleIndexPage.objects.get().add_child(instance=page)
    page.full_clean()
    revision = page.save_revision(log_action=True)
    if values.live:
        revision.publish(log_action=True)
    elif page.live:
        page.unpublish(log_action=True)
    page.refresh_from_db()
    if values.published_at and values.live:
        # Publishing sets its own moment; a query leaves the rest of the row alone.
        dates = {"first_published_at": values.published_at, "last_published_at": values.published_at}
        ArticlePage.objects.filter(pk=page.pk).update(**dates)
        list_articles(ArticlePage.objects.filter(pk=page.pk))
    note = forward_old_address(values.old_path, page) if values.live and values.old_path else ""
    return [note] if note else []


def _free_slug(wanted: str) -> str:
    """`wanted`, or with the first number that makes it free among the articles."""
    siblings = ArticlePage.objects.child_of(ArticleIndexPage.objects.get())
    taken = set(siblings.filter(slug__startswith=wanted).values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
