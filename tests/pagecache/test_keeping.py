"""What a process keeps for one generation."""

from typing import Any

import pytest
from django.db import transaction

from pagecache.changes import mark_changed
from pagecache.keeping import MOST, current_moment, kept, one_moment

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


class Counter:
    """Counts how often something was made."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> int:
        self.made += 1
        return self.made


@pytest.fixture
def count() -> Counter:
    mark_changed()  # nothing of an earlier test is left
    return Counter()


def test_it_is_made_once_a_generation(count: Any) -> None:
    for _ in range(3):
        with one_moment():
            assert kept("x", count) == 1
    mark_changed()
    with one_moment():
        assert kept("x", count) == 2


def test_each_key_has_its_own(count: Any) -> None:
    with one_moment():
        assert [kept(("x", n), count) for n in (1, 2, 1)] == [1, 2, 1]


def test_nothing_is_kept_outside_of_a_request(count: Any) -> None:
    assert [kept("x", count), kept("x", count)] == [1, 2]


def test_who_has_changed_something_takes_nothing_that_was_kept(count: Any) -> None:
    with one_moment():
        kept("x", count)
        with transaction.atomic():
            mark_changed()
            assert kept("x", count) == 2  # nobody else sees yet what this one sees
        assert current_moment() is None
        assert kept("x", count) == 3
    with one_moment():
        assert kept("x", count) == 4
        assert kept("x", count) == 4


def test_one_answer_is_made_in_one_moment_whatever_happens_meanwhile(count: Any) -> None:
    with one_moment():
        first = current_moment()
        with one_moment():  # another request
            mark_changed()
        assert current_moment() == first


def test_the_memory_it_takes_is_limited(count: Any) -> None:
    with one_moment():
        for n in range(MOST + 1):
            kept(n, count)
        kept(MOST, count)
        assert count.made == MOST + 1
        kept(0, count)
        assert count.made == MOST + 2
