"""Telling followers: what came out or changed is written down, gathered for each reader, and posted once a day."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from blog.models import ArticlePage, Contribution, Correction
from letters.actions import is_sending_enabled
from newsletter import letters
from newsletter.followed import FollowedItem
from newsletter.links import unfollow_url
from newsletter.models import Follow, FollowNews, FollowNotice, Subscriber
from newsletter.models.subscribers import SubscriberQuerySet
from newsletter.pieces import page_address

SECOND_THOUGHTS = timedelta(hours=1)  # after the publishing: an editor may take it back, or mend the headline
RECENT = timedelta(days=7)  # a change that is older was there before anybody could follow it, or came with an import
APART = timedelta(days=1)  # between two letters to one reader
GATHERED = 500  # readers in one transaction
AT_ONCE = 500  # letters in one round
MOST = 20  # pieces of news in one letter; the others come the next day

State = FollowNotice.State
Kind = FollowNews.Kind


def note_publishing(article: ArticlePage) -> None:
    """Write down what followers are to be told of an article that has just been published; once, however often.

    New is what was never published before; what comes from another system with a day of its own is not. A change is a
    correction that is more than a slip of the pen, or a text that changed in substance, within the last days.
    """
    if not article.live or article.first_published_at is None:
        return
    is_first = article.first_published_at == article.last_published_at
    days = {timezone.localdate(article.first_published_at)} if is_first else _days_of_change(article)
    kind, due_at = (Kind.NEW if is_first else Kind.CHANGED), timezone.now() + SECOND_THOUGHTS
    rows = [FollowNews(article=article, kind=kind, day=day, due_at=due_at) for day in days]
    FollowNews.objects.bulk_create(rows, ignore_conflicts=True)


def due_news() -> list[int]:
    """The keys of what may be told of now."""
    return list(FollowNews.objects.due().values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def gather_some(pk: int) -> bool:
    """Write notices for the next followers of one piece of news; False when nobody is left, which ends it.

    Whoever has paused gets none, also not later.
    """
    news = FollowNews.objects.due().select_for_update(of=("self",)).filter(pk=pk).first()
    if news is None:
        return False
    readers = list(_followers(news).values_list("pk", flat=True)[:GATHERED])
    rows = [FollowNotice(news=news, subscriber_id=reader) for reader in readers]
    FollowNotice.objects.bulk_create(rows, ignore_conflicts=True)
    if not readers:
        FollowNews.objects.filter(pk=pk).update(gathered_at=timezone.now())
    return bool(readers)


def due_readers() -> list[int]:
    """The keys of readers to whom a letter may go now; none where this copy of the site may not send."""
    if not is_sending_enabled():
        return []
    waiting = FollowNotice.objects.waiting().exclude(subscriber__in=_told_lately().values("subscriber"))
    return list(waiting.order_by("subscriber").values_list("subscriber", flat=True).distinct()[:AT_ONCE])


@transaction.atomic
def post_follow_letter(reader: int) -> bool:
    """Post one letter with all that waits for this reader, if one may go; False if not.

    Letter and notices change in one transaction, under a lock on the person: two workers at once, or one that is
    killed, make one letter.
    """
    person = Subscriber.objects.select_for_update().filter(pk=reader).first()
    if person is None or _told_lately().filter(subscriber=person).exists():
        return False
    waiting = FollowNotice.objects.waiting().filter(subscriber=person)
    notices = list(waiting.select_related("news__article").order_by("news__due_at", "news")[:MOST])
    is_reached = Subscriber.objects.confirmed().unpaused().filter(pk=person.pk).exists()
    items = _read_items(person, [notice.news for notice in notices]) if is_reached else {}
    now = timezone.now()
    told = [notice.pk for notice in notices if notice.news_id in items]
    waiting.filter(pk__in=told).update(state=State.POSTED, at=now)
    waiting.filter(pk__in=[notice.pk for notice in notices]).update(state=State.SKIPPED, at=now)
    if items:
        letters.post_followed(person, list(items.values()))
    return bool(items)


def _told_lately() -> Any:
    return FollowNotice.objects.filter(state=State.POSTED, at__gt=timezone.now() - APART)


def _followers(news: FollowNews) -> SubscriberQuerySet:
    """Who followed it before it was published and has no notice yet."""
    theirs = Follow.objects.confirmed().filter(
        _matching(news), subscriber=OuterRef("pk"), confirmed_at__lt=news.due_at - SECOND_THOUGHTS
    )
    noticed = FollowNotice.objects.filter(news=news, subscriber=OuterRef("pk"))
    return Subscriber.objects.confirmed().unpaused().filter(Exists(theirs), ~Exists(noticed)).order_by("pk")


def _matching(news: FollowNews) -> Q:
    """The follows that this is news for."""
    if news.kind == Kind.CHANGED:
        return Q(article=news.article_id)
    wrote = Contribution.objects.filter(article=news.article_id, role=Contribution.Role.WROTE)
    topic = ArticlePage.objects.filter(pk=news.article_id, topic__isnull=False)
    return Q(author__in=wrote.values("author")) | Q(topic__in=topic.values("topic"))


def _read_items(person: Subscriber, found: Iterable[FollowNews]) -> dict[int, FollowedItem]:
    """What there is to tell, by the key of the news; what was taken back, or is followed no more, is left out."""
    items = {}
    for news in found:
        article = news.article
        follow = person.follows.confirmed().with_targets().filter(_matching(news)).first()
        if follow is None or article.listed_at is None:
            continue
        is_change = news.kind == Kind.CHANGED
        changes = _changes_of(article, news.day) if is_change else ()
        if is_change and not changes and _day_of_update(article) != news.day:
            continue
        items[news.pk] = FollowedItem(
            title=article.title,
            url=page_address(article),
            follow=follow.pk,
            why=follow.words,
            stop_url=unfollow_url(person, follow),
            is_change=is_change,
            words=changes if is_change else (article.deck,),
        )
    return items


def _changes_of(article: ArticlePage, day: date) -> tuple[str, ...]:
    return tuple(_corrections(article).filter(corrected_on=day).values_list("text", flat=True))


def _days_of_change(article: ArticlePage) -> set[date]:
    """The days in the last week on which readers are told that the words changed in substance."""
    since = timezone.localdate() - RECENT
    days = set(_corrections(article).filter(corrected_on__gte=since).values_list("corrected_on", flat=True))
    updated, published = _day_of_update(article), timezone.localdate(article.first_published_at)
    if updated and updated >= since:
        days.add(updated)
    return {day for day in days if day >= published}


def _day_of_update(article: ArticlePage) -> date | None:
    return timezone.localdate(article.updated_at) if article.updated_at else None


def _corrections(article: ArticlePage) -> Any:
    """Those that are more than a slip of the pen."""
    return Correction.objects.filter(article=article).exclude(grade=Correction.Grade.TYPO).order_by("pk")
