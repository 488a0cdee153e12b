"""An issue that cannot be written as a mail is no riddle for the editor: the fault in words, the rest in the log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from letters.headers import one_line
from newsletter.errors import CannotRender, NewsletterError

log = logging.getLogger(__name__)


def name_fault(error: Exception) -> str:
    """Which error it is, on one line without a full stop: in its own words, or of the program."""
    if isinstance(error, NewsletterError):
        return str(error).rstrip(".")
    return one_line(f"A fault of the program, {type(error).__name__}: {error}")[:180]


@contextmanager
def rendering(what: object) -> Iterator[None]:
    """Raises CannotRender for whatever goes wrong inside, but for what has words already and what a database says."""
    try:
        yield
    except (NewsletterError, DatabaseError):
        raise
    except Exception as error:
        log.exception("The issue “%s” cannot be written as a mail", what)
        raise CannotRender(f"The issue cannot be written as a mail. {name_fault(error)}.") from error
