"""Narrowing what was found by topic, author and kind, with the number that each choice would leave."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from blog.models import AuthorPage, Topic
from blog.models.articles import KIND_LABELS

KINDS = {"guide": "Guide", **KIND_LABELS}
MOST = 8  # options of one facet


class Row(NamedTuple):
    """What is known of a found article before it is shown."""

    pk: int
    topic: int | None
    kind: str
    title: str
    deck: str
    authors: tuple[int, ...]


@dataclass(frozen=True)
class Choice:
    """What the reader ticked: slugs of topics and authors, kinds. What is on no list is passed over."""

    topic: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """One box to tick; `count` is how many articles have it among those that the other facets leave."""

    value: str
    name: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """One group of boxes; `name` is the parameter."""

    name: str
    title: str
    options: list[Option]

    @property
    def is_useful(self) -> bool:
        """Whether it can narrow anything."""
        return len(self.options) > 1 or any(option.is_chosen for option in self.options)


@dataclass(frozen=True)
class _Group:
    """How one facet is counted: `known` are slug and name by key, `keys_of` the keys of a row."""

    name: str
    title: str
    known: Mapping[Any, tuple[str, str]]
    keys_of: Callable[[Row], Iterable[Any]]


def narrow(rows: Sequence[Row], choice: Choice) -> tuple[list[Row], list[Facet]]:
    """The rows that fit the choice, and the facets of all of them."""
    groups = _groups(rows)
    wanted = {group.name: _chosen(group, getattr(choice, group.name)) for group in groups}
    facets = []
    for group in groups:
        left = _fitting(rows, [other for other in groups if other != group], wanted)
        counts = Counter(key for row in left for key in group.keys_of(row) if key in group.known)
        facets.append(Facet(group.name, group.title, _options(group, counts, wanted[group.name])))
    return _fitting(rows, groups, wanted), facets


def _groups(rows: Sequence[Row]) -> list[_Group]:
    topics = {topic.pk: (topic.slug, topic.name) for topic in Topic.objects.defer("intro")}
    wrote = AuthorPage.objects.live().filter(pk__in={key for row in rows for key in row.authors})
    authors = {pk: (slug, name) for pk, slug, name in wrote.values_list("pk", "slug", "title")}
    return [
        _Group("topic", "Topic", topics, lambda row: (row.topic,)),
        _Group("author", "Author", authors, lambda row: row.authors),
        _Group("kind", "Kind of piece", {kind: (kind, name) for kind, name in KINDS.items()}, lambda row: (row.kind,)),
    ]


def _chosen(group: _Group, slugs: Sequence[str]) -> set[Any]:
    return {key for key, (slug, _) in group.known.items() if slug in slugs}


def _fitting(rows: Sequence[Row], groups: Sequence[_Group], wanted: Mapping[str, set[Any]]) -> list[Row]:
    for group in groups:
        if keys := wanted[group.name]:
            rows = [row for row in rows if not keys.isdisjoint(group.keys_of(row))]
    return list(rows)


def _options(group: _Group, counts: Counter[Any], chosen: set[Any]) -> list[Option]:
    """The most frequent, and whatever is ticked."""
    keys = [key for key, _ in counts.most_common(MOST)]
    keys += [key for key in chosen if key not in keys]
    return [Option(*group.known[key], counts[key], key in chosen) for key in keys]
