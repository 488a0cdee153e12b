"""The codes that an issue prints, given to the readers of a chunk before it is sent."""

from collections.abc import Sequence
from dataclasses import replace

from newsletter.actions.leases import Errand
from newsletter.actions.offers import codes_for


def with_codes(offers: Sequence[int], errands: list[Errand]) -> list[Errand]:
    """The same with each reader's codes for these offers; made now for whoever has none."""
    if not offers or not errands:
        return errands
    codes = codes_for(offers, [errand.reader for errand in errands])
    return [
        replace(
            errand,
            codes=tuple((pk, codes[pk, errand.reader.pk]) for pk in offers if (pk, errand.reader.pk) in codes),
        )
        for errand in errands
    ]
