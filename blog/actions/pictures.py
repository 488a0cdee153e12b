"""Cuts pictures to the sizes that readers meet, before a reader asks: the work to do is whatever cut is missing."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.images import get_image_model
from wagtail.images.models import Filter, SourceImageIOError
from wagtail.models import Page, ReferenceIndex

from blog.pictures import cuts_at
from pagecache.changes import mark_changed

logger = logging.getLogger(__name__)

AT_ONCE = 100  # pictures whose cuts are looked up by one query


def cut_pictures_of(pk: int) -> int:
    """Cut what the page with this key shows; how many cuts were made. Harmless when rung twice."""
    page = ContentType.objects.get_for_model(Page)
    return _cut(_uses().filter(base_content_type=page, object_id=str(pk)), seconds=None)


def cut_all_pictures(*, seconds: float | None = None) -> int:
    """Cut whatever is missing anywhere, for about so many seconds; the next call goes on."""
    return _cut(_uses(), seconds=seconds)


def _uses() -> Any:
    """Wagtail's index of which row shows which picture, and where in the row."""
    return ReferenceIndex.objects.filter(to_content_type=ContentType.objects.get_for_model(get_image_model()))


def _cut(uses: Any, *, seconds: float | None) -> int:
    begun, made = time.monotonic(), 0
    try:
        for image, spec in _missing(uses):
            if seconds is not None and time.monotonic() - begun > seconds:
                break
            made += _cut_one(image, spec)
    finally:
        if made:
            mark_changed()  # pages that were drawn without these cuts are drawn anew
    return made


def _cut_one(image: Any, spec: str) -> bool:
    try:
        image.get_rendition(spec)
    except (SourceImageIOError, OSError) as error:
        logger.warning("picture %s cannot be cut to %s: %s", image.pk, spec, error)
        return False
    return True


def _missing(uses: Any) -> Iterator[tuple[Any, str]]:
    """Each picture with each cut that it needs and has not; by one query for many pictures."""
    needed: dict[int, set[str]] = defaultdict(set)
    for place, key in uses.values_list("model_path", "to_object_id").distinct():
        if specs := cuts_at(place):
            needed[int(key)].update(specs)
    keys = sorted(needed)
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        for image in get_image_model().objects.filter(pk__in=some).prefetch_related("renditions"):
            wanted = [Filter(spec=spec) for spec in sorted(needed[image.pk])]
            found = image.find_existing_renditions(*wanted)
            yield from ((image, one.spec) for one in wanted if one not in found)
