"""Finds or makes what an imported article stands on: its author's profile, its topic, its old address."""

from urllib.parse import unquote

from django.db.models import Max, Q
from django.utils.text import slugify
from wagtail.contrib.redirects.models import Redirect

from blog.models import ArticlePage, AuthorIndexPage, AuthorPage, Topic
from blog.sanitiser import clean_html, plain_text

from .blocks import to_blocks
from .ledger import Ledger, digest_of
from .parse import Author, Term

SHELF_OF_THE_REST = Term("category", "articles", "Articles")  # for what stood in no category


def place_author(author: Author, *, parent: AuthorIndexPage, ledger: Ledger) -> tuple[AuthorPage, bool]:
    """The profile of `author` and whether it was made now; never a log-in. A biography is only added, not replaced."""
    row = ledger.find("author", author.login)
    page = AuthorPage.objects.filter(pk=row.object_id).first() if row else None
    # The same name in a team this small is the same person.
    page = page or AuthorPage.objects.child_of(parent).filter(title__iexact=_name(author)).first()
    bio = _biography(author)
    made = page is None
    if page is None:
        page = AuthorPage(title=_name(author), bio=bio)
        if not slugify(page.title, allow_unicode=True):  # else Wagtail finds a free one
            page.slug = f"author-{digest_of(author.login)[:8]}"
        parent.add_child(instance=page)
        page.save_revision().publish(log_action=True)
    elif bio and not page.bio and not page.has_unpublished_changes:
        page.bio = bio
        page.save_revision(log_action=True).publish(log_action=True)
    if row is None or row.object_id != page.pk:
        ledger.record("author", author.login, page)
    return page, made


def place_topic(term: Term | None, *, description: str, ledger: Ledger) -> tuple[Topic, bool]:
    """The topic for a category (None: the one for all the rest) and whether it was made now."""
    wanted = term or SHELF_OF_THE_REST
    name = plain_text(wanted.name)[:60]
    # A topic's slug is ASCII; a name in another script gets one from its fingerprint.
    slug = slugify(unquote(wanted.slug) or name)[:60].strip("-_") or f"topic-{digest_of(name)[:8]}"
    row = ledger.find("category", slug)
    topic = Topic.objects.filter(pk=row.object_id).first() if row else None
    topic = topic or Topic.objects.filter(Q(slug=slug) | Q(name__iexact=name)).first()
    made = topic is None
    if topic is None:
        last = Topic.objects.aggregate(last=Max("sort_order"))["last"] or 0
        topic = Topic(name=name, slug=slug, intro=plain_text(description), sort_order=min(last + 1, 32_000))
        topic.full_clean()
        topic.save()
    if row is None or row.object_id != topic.pk:
        ledger.record("category", slug, topic)
    return topic, made


def forward_old_address(path: str, page: ArticlePage) -> str:
    """Make a Redirect from `path` to the page; says in words why not, if the path is taken."""
    old_path = Redirect.normalise_path(path)
    if old_path == Redirect.normalise_path(page.relative_url(None) or ""):
        return ""
    taken = Redirect.objects.filter(old_path=old_path, site=None).first()
    if taken is None:
        Redirect.objects.create(old_path=old_path, redirect_page=page, is_permanent=True)
    elif taken.redirect_page_id != page.pk:
        return f"its old address {old_path} already leads elsewhere"
    return ""


def _name(author: Author) -> str:
    return plain_text(author.name)[:255] or "Editorial team"


def _biography(author: Author) -> str:
    """Paragraphs as the profile's rich text field stores them."""
    blocks = to_blocks(author.biography).blocks
    return str(clean_html("".join(value for kind, value in blocks if kind == "text")))
