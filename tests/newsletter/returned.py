"""Returned mail as mail servers and providers send it, about any mail of ours."""

from email.message import EmailMessage
from typing import Any

from newsletter.composing import Skeleton
from newsletter.models import Delivery, Subscriber, Suppression
from newsletter.senders.memory import MemorySender
from tests.newsletter.dispatches import launched, run

TEXT = "This is the mail system. I'm sorry to inform you that your message could not be delivered."


def report(
    parts: list[tuple[str, str]], *, kind: str = "delivery-status", to: str = "letters@meadowsweet.example"
) -> bytes:
    """A multipart/report of (content type, content), written by hand: the library would mend what we want broken."""
    lines = [
        "From: MAILER-DAEMON@mx.example",
        f"To: {to}",
        "Subject: Undelivered Mail Returned to Sender",
        "Message-ID: <report.1@mx.example>",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type={kind}; boundary="=_b"',
        "",
        "--=_b",
        "Content-Type: text/plain",
        "",
        TEXT,
    ]
    for content_type, content in parts:
        lines += ["--=_b", f"Content-Type: {content_type}", "", content]
    return "\r\n".join([*lines, "--=_b--", ""]).encode()


def original(message_id: str, **more: str) -> str:
    """The head of the mail that a report is about."""
    fields = {"From": "letters@meadowsweet.example", "To": "margaret@example.com", "Message-ID": message_id, **more}
    return "\r\n".join(f"{name}: {value}" for name, value in fields.items()) + "\r\n\r\nWords."


def dsn(
    message_id: str | None,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    words: str = "",
    about: str = "",
    to: str = "letters@meadowsweet.example",
) -> bytes:
    """RFC 3464. `about` is the address that the report names, which nobody believes; `to` where it comes back to.

    With None for a Message-ID it quotes no mail.
    """
    diagnostic = f"Diagnostic-Code: smtp; {words}\r\n" if words else ""
    status_part = (
        "Reporting-MTA: dns; mx.example\r\nArrival-Date: Tue, 1 Dec 2026 07:00:00 +0000\r\n\r\n"
        f"Final-Recipient: rfc822; {about or 'margaret@example.com'}\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n{diagnostic}"
    )
    quoted = [("message/rfc822", original(message_id))] if message_id is not None else []
    return report([("message/delivery-status", status_part), *quoted], to=to)


def plain_bounce(to: str, words: str, **fields: str) -> bytes:
    """A refusal as old mail servers write it: in words."""
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = "MAILER-DAEMON@mx.example", to, "failure notice"
    for name, value in fields.items():
        found[name.replace("_", "-")] = value
    found.set_content(f"Hi. This is the mail program at mx.example.\n\n<margaret@example.com>:\n{words}\n")
    return found.as_bytes()


def spam_report(message_id: str, *, kind: str = "abuse", **more: str) -> bytes:
    """RFC 5965."""
    feedback = f"Feedback-Type: {kind}\r\nUser-Agent: SomeGenerator/1.0\r\nVersion: 1\r\n"
    parts = [("message/feedback-report", feedback), ("message/rfc822", original(message_id, **more))]
    return report(parts, kind="feedback-report")


def answers(message_id: str) -> dict[str, bytes]:
    """What is sent back to us and is no returned mail: answering machines, challenges, notices, people."""

    def mail(subject: str, **fields: str) -> bytes:
        found = EmailMessage()
        found["From"], found["To"], found["Subject"] = "margaret@example.com", "letters@meadowsweet.example", subject
        found["In-Reply-To"] = message_id
        for name, value in fields.items():
            found[name.replace("_", "-")] = value
        found.set_content(f"I am away. 550 5.1.1 margaret@example.com user unknown\n\nMessage-ID: {message_id}\n")
        return found.as_bytes()

    return {
        "an answering machine (RFC 3834)": mail("Out of office", Auto_Submitted="auto-replied"),
        "an old answering machine": mail("Automatic reply: Your e-book", Precedence="bulk", X_Autoreply="yes"),
        "Exchange": mail("Abwesenheitsnotiz: Ihr Heft", X_Auto_Response_Suppress="All"),
        "a challenge": mail("Please confirm your message", Auto_Submitted="auto-generated"),
        "a bounce in free text": mail("failure notice", Return_Path="<>"),
        "a person": mail("Re: Please confirm your address"),
        "a notice of delay": dsn(message_id, action="delayed", status="4.4.1"),
        "a relayed mail": dsn(message_id, action="relayed", status="2.0.0"),
        "a report that is no spam report": spam_report(message_id, kind="not-spam"),
    }


def hand_over_issue(subscriber: Subscriber, settings: Any) -> Delivery:
    """An issue that went to three readers; how it went to this one."""
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    MemorySender.reset()
    return run(launched(readers=2)).deliveries.get(subscriber=subscriber)


def name_of(delivery: Delivery) -> str:
    return Skeleton(delivery.dispatch).message_id(delivery.subscriber_id or 0)


def why_barred() -> list[str]:
    return list(Suppression.objects.values_list("reason", flat=True))
