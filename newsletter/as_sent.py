"""An issue on the web as it was sent: what its dispatch has frozen, with nothing of any reader in it."""

import re
from html import escape
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from newsletter.composing import (
    FALL_BACK_NAME,
    FIRST_NAME,
    NO_CODE,
    OWN_PAGE,
    SINCE,
    UNSUBSCRIBE,
    code_mark,
    fill_in,
    find_offers,
)
from newsletter.issue_fields import find_marks
from newsletter.links import absolute
from newsletter.models import Dispatch, IssuePage

_BODY = re.compile(r"<body[^>]*>")


def write_as_sent(dispatch: Dispatch, issue: IssuePage) -> str:
    """The mail's HTML part as a page of the web, below a line that says what it is."""
    about: dict[str, Any] = {"dispatch": dispatch, "issue": issue}
    head = render_to_string("newsletter/as_sent/head.html", about)
    line = render_to_string("newsletter/as_sent/line.html", about)
    page = _for_nobody(dispatch.html).replace("</head>", f"{head}</head>", 1)
    return _BODY.sub(lambda body: body[0] + line, page, count=1)


def _for_nobody(html: str) -> str:
    """The greeting is that to a reader without a name; links of a reader's own lead to where anybody may go."""
    words = {
        FIRST_NAME: FALL_BACK_NAME,
        SINCE: "",
        UNSUBSCRIBE: absolute("newsletter:leave"),
        OWN_PAGE: f"{settings.SITE_URL}/newsletter/",
        **{code_mark(offer): NO_CODE for offer in find_offers(html)},
        **{mark: field.fill({}) for mark, field in find_marks(html).items()},
    }
    return fill_in(html, {mark: escape(value) for mark, value in words.items()})
