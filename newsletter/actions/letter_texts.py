"""Putting the default words of a letter back."""

from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from newsletter.models import LetterText


@transaction.atomic
def restore_default(text: LetterText, *, by: Any) -> None:
    """Empty every field of one letter, so that the default is used; the words before stay in its history."""
    for name in LetterText.WORDS:
        setattr(text, name, "")
    text.save()
    revision = text.save_revision(user=by)
    log(instance=text, action="wagtail.edit", user=by, revision=revision, content_changed=True)
