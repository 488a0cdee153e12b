"""What a query finds: articles in order with the counts to narrow them by, people, topics."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from taggit.models import Tag

from blog.models import ArticlePage, ArticleTag, AuthorPage, Contribution, Topic
from home.search.facets import Choice, Facet, Row, narrow
from home.search.indexed import indexed
from home.search.query import words_of, words_of_text
from home.search.spelling import SHORTEST, Term, understand, words_that_begin

MAX_FOUND = 3000  # articles; who needs more needs other words
MAX_PEOPLE = 3
FEW = 10  # articles; below it, words that only begin like the last one count too


@dataclass(frozen=True)
class Found:
    """What a query found. `articles` are ids in order; `facets` are what narrows them, with counts."""

    words: list[str]
    terms: list[Term] = field(default_factory=list)
    articles: list[int] = field(default_factory=list)
    people: list[AuthorPage] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)
    holds_all_words: bool = True
    is_cut: bool = False

    @property
    def beside(self) -> bool:
        """Whether people or topics bear the words."""
        return bool(self.people or self.topics)

    @property
    def forms(self) -> list[str]:
        """Every spelling that was looked for, to be marked."""
        return [form for term in self.terms for form in term.forms]

    @property
    def unknown(self) -> list[str]:
        """The words that stand nowhere and were put right."""
        return [term.asked for term in self.terms if term.meant]

    @property
    def meant(self) -> str:
        """The query with those words put right; empty if none was."""
        return " ".join(term.meant or term.asked for term in self.terms) if self.unknown else ""


def find(query: str, *, choice: Choice | None = None, newest: bool = False, literally: bool = False) -> Found:
    """Look for a tidy query, narrowed by `choice`; `literally` puts no word right."""
    words = words_of(query)
    if not words:
        return Found(words)
    terms = understand(words, literally=literally)
    pages, people, holds_all = _matches(terms)
    ranked = _rank(_rows(pages[:MAX_FOUND]), terms, newest=newest)
    if len(ranked) < FEW and holds_all and (more := _begun(terms)):
        terms = [*terms[:-1], more]
        have = {row.pk for row in ranked}
        other = [pk for pk in _matches(terms)[0] if pk not in have]
        ranked += _rank(_rows(other[:MAX_FOUND]), terms, newest=newest)
    shown, facets = narrow(ranked, choice or Choice())
    return Found(
        words,
        terms,
        [row.pk for row in shown],
        _people(people, terms),
        [topic for topic in Topic.objects.with_articles() if _holds(topic.name, terms)],
        facets,
        holds_all,
        len(pages) > MAX_FOUND,
    )


def _begun(terms: list[Term]) -> Term | None:
    """The last term, as it was meant, widened to words that begin like it."""
    last = terms[-1]
    begun = words_that_begin(last.meant or last.asked)
    return Term(last.asked, tuple(dict.fromkeys([*last.forms, *begun])), last.meant) if begun else None


def _matches(terms: list[Term]) -> tuple[list[int], list[int], bool]:
    """Ids of articles (where they are many, those with the words in the title first, then the newest) and of people.

    They hold all terms; if no article does, those that hold some, and False.
    """
    article, author = (ContentType.objects.get_for_model(model).pk for model in (ArticlePage, AuthorPage))
    for some in (False, True):
        entries = indexed(terms, some=some)
        articles = sorted((key for kind, key in entries if kind == article), reverse=True)
        people = [key for kind, key in entries if kind == author]
        if len(articles) > MAX_FOUND:
            titled = {key for kind, key in indexed(terms, some=some, titles=True) if kind == article}
            articles.sort(key=lambda key: key not in titled)
        if articles or (people and not some):
            return articles, people, not some
    return [], people, False


def _rows(keys: Sequence[int]) -> list[Row]:
    wrote: dict[int, list[int]] = {}
    parts = Contribution.objects.filter(article__in=keys, role=Contribution.Role.WROTE).order_by()
    for article, author in parts.values_list("article_id", "author_id"):
        wrote.setdefault(article, []).append(author)
    published = ArticlePage.objects.published().filter(pk__in=keys).newest_first()
    rows = published.values_list("pk", "topic_id", "kind", "title", "deck")
    return [Row(pk, topic, kind, title, deck, tuple(wrote.get(pk, ()))) for pk, topic, kind, title, deck in rows]


def _rank(rows: list[Row], terms: Sequence[Term], *, newest: bool) -> list[Row]:
    """Newest first, as they come; else by where the terms stand, the newest of equals first.

    The title counts more than topic and tags with the deck, these more than the deck, and that more than the text.
    """
    if newest:
        return rows
    forms = [frozenset(term.forms) for term in terms]
    beginnings = [tuple(form for form in term.forms if len(form) >= SHORTEST) for term in terms]
    shelves = _shelf_words(rows, terms)

    def weigh(row: Row) -> int:
        title, deck = set(words_of_text(row.title)), set(words_of_text(row.deck))
        shelf = shelves[row.pk]
        weight = 0
        for form, begun in zip(forms, beginnings, strict=True):
            if not form.isdisjoint(title):
                weight += 8
            elif any(word.startswith(begun) for word in title):  # “sleeping” for “sleep”
                weight += 7
            weight += 4 * (not form.isdisjoint(shelf)) + 2 * (not form.isdisjoint(deck))
        return weight

    return sorted(rows, key=weigh, reverse=True)


def _shelf_words(rows: list[Row], terms: Sequence[Term]) -> dict[int, set[str]]:
    """The words of the topic and of the tags that may hold a term, by article."""
    topics = {topic.pk: words_of_text(topic.name) for topic in Topic.objects.all()}
    words = {row.pk: set(topics.get(row.topic, ())) for row in rows}
    named = Q()
    for form in {form for term in terms for form in term.forms}:
        named |= Q(name__icontains=form)
    tags = dict(Tag.objects.filter(named).values_list("pk", "name"))
    for article, tag in ArticleTag.objects.filter(tag__in=tags).values_list("content_object_id", "tag_id"):
        if article in words:
            words[article].update(words_of_text(tags[tag]))
    return words


def _people(keys: Iterable[int], terms: Sequence[Term]) -> list[AuthorPage]:
    """Those who bear the words in their name first."""
    people = (
        AuthorPage.objects.live().public().filter(pk__in=keys).order_by("title").prefetch_related("photo__renditions")
    )
    return sorted(people, key=lambda person: not _holds(person.title, terms))[:MAX_PEOPLE]


def _holds(name: str, terms: Sequence[Term]) -> bool:
    words = set(words_of_text(name))
    return all(not words.isdisjoint(term.forms) for term in terms)
