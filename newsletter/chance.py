"""Whether two shares differ by more than chance: Fisher's exact test, which is right for few people as for many.

R. A. Fisher, Statistical Methods for Research Workers, 5th ed. (1934), 21.02; A. Agresti, Categorical Data Analysis,
3rd ed. (2013), 3.5.
"""

from math import exp, lgamma

_AS_LIKELY = 1e-7  # tables as likely as the one that was seen count too, whatever the last digit says


def chance_of(some: int, of: int, others: int, of_others: int) -> float:
    """How likely chance alone brings a difference at least as rare as `some` of `of` and `others` of `of_others`.

    Two-sided: all tables with the same sums that are no likelier than this one. 1.0 where there is nobody.
    """
    both, everybody = some + others, of + of_others

    def weight(number: int) -> float:
        return _log_ways(of, number) + _log_ways(of_others, both - number) - _log_ways(everybody, both)

    seen = weight(some) + _AS_LIKELY
    tables = range(max(0, both - of_others), min(both, of) + 1)
    return min(1.0, sum(exp(log) for log in map(weight, tables) if log <= seen))


def least_difference(number: int, of_each: int, *, limit: float) -> int | None:
    """How many of the other lot it takes at least, if it is `number` here of equally many; None: no number would do."""
    low, high = number, of_each
    if chance_of(number, of_each, high, of_each) >= limit:
        return None
    while low < high:
        middle = (low + high) // 2
        if chance_of(number, of_each, middle, of_each) < limit:
            high = middle
        else:
            low = middle + 1
    return low


def _log_ways(of: int, number: int) -> float:
    """The logarithm of how many ways there are to choose so many."""
    return lgamma(of + 1) - lgamma(number + 1) - lgamma(of - number + 1)
