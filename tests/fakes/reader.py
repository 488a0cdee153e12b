"""A reader without JavaScript and cookies: finds the forms of a page and fills them in."""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any


@dataclass
class Form:
    """A form as it stands in the page: where it goes and what its fields hold."""

    action: str
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(own.get("action", ""), own.get("method", "get").lower())
            self.forms.append(self.open)
        elif self.open and tag in {"input", "textarea"} and own.get("name"):
            kind = own.get("type", "text") if tag == "input" else "textarea"
            self.open.kinds[own["name"]] = kind
            if kind not in {"checkbox", "radio"}:
                self.open.fields[own["name"]] = own.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None


def forms_of(html: str) -> list[Form]:
    """All forms of a page, in order."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


def form_with(html: str, kind: str) -> Form:
    """The first posted form that has a field of the kind given: "textarea", "email"."""
    return next(form for form in forms_of(html) if form.method == "post" and kind in form.kinds.values())


def links_of(mail: EmailMessage, part: str) -> list[str]:
    """The http addresses in the text part of a mail that hold the words `part`."""
    body: Any = mail.get_body(("plain",))
    return [link for link in re.findall(r"https?://[^\s<>\"]+", body.get_content()) if part in link]
