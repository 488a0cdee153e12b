"""Hands issues to a provider of mail, many readers a call: django-anymail speaks its API.

A provider takes the issue once, with a sign of its own at each mark, and every reader's words beside it. What a call
without a clear answer leaves behind is unknown for all its readers: these providers know no key by which a call might
be repeated without harm, so a person decides.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email import message_from_bytes, policy
from html import escape
from typing import Any, ClassVar

import requests
from anymail.exceptions import AnymailAPIError, AnymailError
from anymail.message import AnymailMessage
from django.conf import settings
from django.core.mail import get_connection

from letters.headers import one_line
from newsletter.composing import SUBJECT, cut_at_marks
from newsletter.senders import Message, Outcome, Pattern, Personal, Result, Stage

# About the account, the key, the sender's domain: no reader's fault.
OURS = {401, 402, 403, 404, 405, 407}
LATER = {408, 425, 429}
MOST_ALONE = 10  # refused one by one while nobody was taken: it is not the readers
_OWN_HEADERS = ("Message-ID", "List-Unsubscribe")
_ACCEPTED, _REFUSED = {"queued", "sent"}, {"invalid", "rejected", "failed"}


class EspSender:
    """What is common to all providers. `most` readers a call: many calls, each of which may leave that many in doubt.

    A new connection for each call: on one that was kept, nobody could tell a call that never left from one that did.
    """

    most: ClassVar[int] = 500
    holds_unknown: ClassVar[bool] = True
    backend: ClassVar[str]
    options: ClassVar[dict[str, Any]] = {}
    literal: ClassVar[tuple[str, str]]  # what begins one of its signs, and the sign that prints it

    def send(self, message: Message, *, upcoming: Message | None = None) -> Outcome:
        """Hand over one whole message."""
        whole = message_from_bytes(message.content, policy=policy.default)
        text, html = whole.get_body(("plain",)), whole.get_body(("html",))
        mail = self._mail(
            Pattern(
                sender=str(whole["From"] or message.sender),
                reply_to=str(whole["Reply-To"] or ""),
                subject=str(whole["Subject"] or ""),
                text=text.get_content() if text else "",
                html=html.get_content() if html else "",
                headers={name: str(whole[name]) for name in _OWN_HEADERS if whole[name]},
                tag="",
            ),
            [message.recipient],
        )
        return _as_one(self._call(mail, [message.recipient])[0])

    def send_batch(self, pattern: Pattern, readers: Sequence[Personal]) -> list[Outcome]:
        """One call, as long as the provider does not refuse it as a whole; then halves, down to whom it refuses."""
        found: dict[str, Outcome] = {}
        waiting = [list(readers)]
        alone = 0
        while waiting:
            part = waiting.pop()
            outcomes = self._send_together(pattern, part)
            if len(part) > 1 and all(_is_refused_whole(outcome) for outcome in outcomes):
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
                continue
            alone += _is_refused_whole(outcomes[0])
            found |= {reader.recipient: _as_one(outcome) for reader, outcome in zip(part, outcomes, strict=True)}
            last = outcomes[-1]
            if last.is_ours:
                found |= {reader.recipient: last for part in waiting for reader in part}
                break
            if alone >= MOST_ALONE and not _anybody_taken(found):  # the sender's domain, the words: no reader's fault
                return [Outcome(Result.REFUSED, Stage.SENDER, last.code, last.reply)] * len(readers)
        return [found[reader.recipient] for reader in readers]

    def close(self) -> None:
        """Nothing is kept open."""

    def marked(self, content: str, signs: dict[str, str]) -> str:
        """The content with the provider's signs for our marks; what looks like one of its own is printed as it is."""
        begin, printed = self.literal
        return "".join(words.replace(begin, printed) + signs.get(mark, mark) for words, mark in cut_at_marks(content))

    def sign(self, key: str) -> str:
        """How the provider writes the place of a reader's word."""
        raise NotImplementedError

    def _send_together(self, pattern: Pattern, readers: Sequence[Personal]) -> list[Outcome]:
        mail = self._mail(*self._with_signs(pattern, readers))
        mail.merge_headers = {reader.recipient: reader.headers for reader in readers}
        mail.merge_metadata = {reader.recipient: {"wellpress": reader.told} for reader in readers}
        return self._call(mail, [reader.recipient for reader in readers])

    def _with_signs(self, pattern: Pattern, readers: Sequence[Personal]) -> Any:
        raise NotImplementedError

    def _mail(self, pattern: Pattern, to: list[str], merge_data: dict[str, dict[str, str]] | None = None) -> Any:
        mail = AnymailMessage(
            pattern.subject,
            pattern.text,
            pattern.sender,
            to,
            reply_to=[pattern.reply_to] if pattern.reply_to else None,
            headers=pattern.headers,
        )
        if pattern.html:
            mail.attach_alternative(pattern.html, "text/html")
        mail.track_opens = mail.track_clicks = False  # what readers open is nobody's business
        if pattern.tag:
            mail.tags = [pattern.tag]
        if merge_data:
            mail.merge_data = merge_data
        return mail

    def _call(self, mail: Any, to: list[str]) -> list[Outcome]:
        """One call, and what it says of each address."""
        fault: Exception | None = None
        options = self.options if hasattr(mail, "merge_headers") else {}
        try:
            get_connection(self.backend, **options).send_messages([mail])
        except (AnymailError, requests.RequestException, ValueError) as error:
            fault = error
        status = getattr(mail, "anymail_status", None)
        response = getattr(status, "esp_response", None)
        if response is not None and response.status_code >= 400:  # noqa: PLR2004 - anymail reads some of them as answers
            return [Outcome(Result.REFUSED, Stage.CONTENT, response.status_code, _on_one_line(response.text))] * len(to)
        if status is not None and status.recipients:
            return [_judge_status(status.recipients.get(address)) for address in to]
        return [_judge_fault(fault or ValueError("no answer"))] * len(to)


class MailgunSender(EspSender):
    """Mailgun's recipient variables: `%recipient.key%` anywhere in the mail."""

    backend = "anymail.backends.mailgun.EmailBackend"
    literal = ("%recipient", "%recipient.percent%recipient")

    def sign(self, key: str) -> str:
        """Such as %recipient.w1%."""
        return f"%recipient.{key}%"

    def _with_signs(self, pattern: Pattern, readers: Sequence[Personal]) -> Any:
        return _fill_pattern(self, pattern, readers, {"percent": "%"})


class PostmarkSender(EspSender):
    """Postmark's bulk API: Mustache in subject and bodies, a model for each reader; unescaped, for we escape."""

    backend = "anymail.backends.postmark.EmailBackend"
    options: ClassVar[dict[str, Any]] = {"use_bulk_api": True}
    literal = ("{{", "{{{braces}}}")

    def sign(self, key: str) -> str:
        """Such as {{{w1}}}."""
        return f"{{{{{{{key}}}}}}}"

    def _with_signs(self, pattern: Pattern, readers: Sequence[Personal]) -> Any:
        return _fill_pattern(self, pattern, readers, {"braces": "{{"})

    def _mail(self, pattern: Pattern, to: list[str], merge_data: dict[str, dict[str, str]] | None = None) -> Any:
        mail = super()._mail(pattern, to, merge_data)
        if merge_data:
            mail.esp_extra = {"MessageStream": settings.ESP_STREAM}
        return mail


def _fill_pattern(
    sender: EspSender, pattern: Pattern, readers: Sequence[Personal], more: dict[str, str]
) -> tuple[Pattern, list[str], dict[str, dict[str, str]]]:
    """The pattern in the provider's signs, the addresses, and each reader's words by the keys of those signs.

    A word that HTML writes otherwise has a second key, which the HTML part uses.
    """
    whole = f"{pattern.text}{pattern.html}"
    marks = list(dict.fromkeys(mark for _, mark in cut_at_marks(whole) if mark))
    if pattern.subject == SUBJECT:
        marks.append(SUBJECT)
    keys = {mark: f"w{number}" for number, mark in enumerate(marks)}
    escaped = [mark for mark in marks if any(escape(reader.words[mark]) != reader.words[mark] for reader in readers)]
    plain = {mark: sender.sign(key) for mark, key in keys.items()}
    html = plain | {mark: sender.sign(f"{keys[mark]}h") for mark in escaped}
    filled = Pattern(
        sender=pattern.sender,
        reply_to=pattern.reply_to,
        subject=plain.get(pattern.subject) or sender.marked(pattern.subject, {}),
        text=sender.marked(pattern.text, plain),
        html=sender.marked(pattern.html, html),
        headers=pattern.headers,
        tag=pattern.tag,
    )
    words = {
        reader.recipient: {
            **more,
            **{key: reader.words[mark] for mark, key in keys.items()},
            **{f"{keys[mark]}h": escape(reader.words[mark]) for mark in escaped},
        }
        for reader in readers
    }
    return filled, list(words), words


def _judge_status(status: Any) -> Outcome:
    """What the answer says of one address."""
    word = getattr(status, "status", None) or "not mentioned"
    if word in _ACCEPTED:
        return Outcome(Result.HANDED_OVER, Stage.CONTENT, 250, one_line(f"{word} {status.message_id or ''}")[:250])
    if word in _REFUSED:
        return Outcome(Result.REFUSED, Stage.RECIPIENT, 550, f"the provider says: {word}")
    return Outcome(Result.UNKNOWN, Stage.CONTENT, None, f"the provider says: {word}")


def _judge_fault(error: Exception) -> Outcome:
    """What a call that failed as a whole means for each of its readers."""
    words = _words(error)
    code = error.status_code if isinstance(error, AnymailAPIError) else None
    if code is not None:
        result, stage = _judge_code(code)
        return Outcome(result, stage, None if result is Result.UNKNOWN else code, words)
    if not isinstance(error, requests.RequestException):
        return Outcome(Result.REFUSED, Stage.CONTENT, None, words)  # anymail would not even ask: an address
    if _never_left(error):
        return Outcome(Result.DEFERRED, Stage.CONNECTION, None, words)
    return Outcome(Result.UNKNOWN, Stage.CONTENT, None, words)


def _judge_code(code: int) -> tuple[Result, Stage]:
    if code in OURS:
        return Result.REFUSED, Stage.CONNECTION
    if code in LATER:
        return Result.DEFERRED, Stage.CONNECTION
    if 400 <= code < 500:  # noqa: PLR2004
        return Result.REFUSED, Stage.CONTENT
    return Result.UNKNOWN, Stage.CONTENT  # said yes in words that nobody knows, or fell over


def _never_left(error: Exception) -> bool:
    """Whether the connection did not even come about."""
    return isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError) or any(
        type(cause).__name__ in {"NewConnectionError", "NameResolutionError", "ProxyError"} for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it was raised from, and what it carries."""
    seen: set[int] = set()
    todo = [error]
    while todo:
        one = todo.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def _is_refused_whole(outcome: Outcome) -> bool:
    """Whether the call was refused, and not one of its addresses."""
    return outcome.result is Result.REFUSED and outcome.stage is Stage.CONTENT


def _as_one(outcome: Outcome) -> Outcome:
    """A call for one that was refused as a whole was refused for the sake of that one."""
    return replace(outcome, stage=Stage.RECIPIENT) if _is_refused_whole(outcome) else outcome


def _anybody_taken(found: dict[str, Outcome]) -> bool:
    return any(outcome.result is Result.HANDED_OVER for outcome in found.values())


def _words(error: Exception) -> str:
    """The provider's own words if there are some."""
    response = getattr(error, "response", None)
    said = response.text if response is not None else str(error).partition("\n")[0]
    return _on_one_line(f"{type(error).__name__}: {said}")


def _on_one_line(words: str) -> str:
    return one_line(re.sub(r"\s+", " ", words))[:250]
