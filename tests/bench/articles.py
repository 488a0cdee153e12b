"""Articles with everything on them: picture, review, sources, tags, comments."""

from datetime import timedelta
from itertools import pairwise

from django.utils import timezone
from wagtail.images.tests.utils import get_test_image_file

from blog.actions.pictures import cut_pictures_of
from blog.models import ArticlePage, AuthorPage, Comment, Reference
from home.sample.articles import SLUG
from images.models import SiteImage
from tests.factories import ReviewFactory

LONG = 50  # an article with more answers than that gets all others in its first thread


def furnish(place: int, comments: int) -> str:
    """Give the sample article number `place` all that an article can have and so many comments; its path."""
    article = ArticlePage.objects.get(slug=f"{SLUG}{place}")
    article.picture = SiteImage.objects.create(title="Hill", file=get_test_image_file(size=(1700, 1100)))
    article.picture_alt = "A hill"
    article.key_points = "Walk a little.\nRest a little.\nAsk when in doubt."
    article.references = [Reference(text=f"A study of walking, part {n}", doi=f"10.1000/{n}") for n in range(1, 7)]
    article.tags.add("walking", "rest")
    article.save()
    reviewer = AuthorPage.objects.filter(is_reviewer=True).first()
    ReviewFactory(article=article, **({"reviewer": reviewer} if reviewer else {}))
    cut_pictures_of(article.pk)
    _comment(article, comments)
    return str(article.get_url())


def _comment(article: ArticlePage, number: int) -> None:
    begun = timezone.now() - timedelta(days=30)
    rows = [
        Comment(
            article=article,
            author_name=f"Reader {n}",
            email=f"reader{n}@bench.example",
            text=f"This helped me a good deal, {n} times. " * (1 + n % 8),
            state=Comment.State.PUBLISHED,
            created_at=begun + timedelta(minutes=n),
        )
        for n in range(number)
    ]
    threads = Comment.objects.bulk_create([row for n, row in enumerate(rows) if n % 4])
    answers = [row for n, row in enumerate(rows) if not n % 4]
    for answer, thread in zip(answers, threads, strict=False):
        answer.parent = answer.answers = thread
    long = answers[LONG:]  # one conversation that is too long for the page
    for answer in long:
        answer.parent = answer.answers = threads[0]
    Comment.objects.bulk_create(answers)
    for before, answer in pairwise(long):
        answer.answers = before
    Comment.objects.bulk_update(long, ["answers"])
