"""The head of the mail: what every mail program and every large provider asks for."""

from collections.abc import Iterator, Sequence
from email.errors import MessageError
from email.headerregistry import DateHeader
from email.message import EmailMessage

from newsletter.checks.findings import Check, Level, verdict
from newsletter.checks.sample import Sample

REQUIRED = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
)
LONGEST_LINE = 998  # RFC 5322, 2.1.1, without the line end
PHONE_SUBJECT = 60  # characters that a phone's inbox shows
PREVIEW_LINE = range(70, 91)  # as the field's own words advise


def check_inbox(subject: str, preview: str, *, second: str = "") -> list[Check]:
    """How it looks in a list of mails: advice. `second`: the other subject, where two are tested."""
    about = f"Preview line: {len(preview)} characters; {PREVIEW_LINE[0]} to {PREVIEW_LINE[-1]} are best"
    return [
        _check_subject("Subject", subject),
        *([_check_subject("Second subject", second)] if second else []),
        Check(
            about if preview else "There is no preview line",
            Level.GOOD if len(preview) in PREVIEW_LINE else Level.NOTE,
        ),
    ]


def _check_subject(name: str, words: str) -> Check:
    level = Level.GOOD if len(words) <= PHONE_SUBJECT else Level.NOTE
    return Check(f"{name}: {len(words)} characters; phones show about {PHONE_SUBJECT}", level)


def check_headers(samples: Sequence[Sample]) -> Check:
    """All headers that must be there, once each and readable, and the reader's own address in the right one."""
    found = [fault for sample in samples for fault in _faults(sample)]
    ids = [str(sample.mail["Message-ID"]) for sample in samples]
    if len(set(ids)) < len(ids):
        found.append("Two readers’ mails have the same Message-ID.")
    return verdict(
        found,
        good=f"All {len(REQUIRED)} headers that providers ask for are there",
        words="The head of the mail is not right. Tell whoever looks after this site:",
    )


def _faults(sample: Sample) -> Iterator[str]:
    mail = sample.mail
    for name in REQUIRED:
        values = _values(mail, name)
        if len(values) != 1 or not values[0].strip():
            yield f"{name}: {'missing' if not values else 'empty' if len(values) == 1 else 'there twice'}"
    for name in ("From", "To"):
        if not _is_one_address(mail, name):
            yield f"{name} holds no single address"
    date = mail["Date"]
    if date is not None and not (isinstance(date, DateHeader) and date.datetime):
        yield "Date cannot be read"
    if "One-Click" not in str(mail["List-Unsubscribe-Post"] or ""):
        yield "List-Unsubscribe-Post does not offer one click (RFC 8058)"
    if mail["To"] is not None and sample.message.recipient not in str(mail["To"]):
        yield f"To does not hold the address of the reader with {sample.why}"
    if any(len(line) > LONGEST_LINE for line in sample.message.content.split(b"\r\n")):
        yield "A line is longer than mail servers take"
    if mail.defects:
        yield f"It is no well-formed mail: {mail.defects[0]}"


def _values(mail: EmailMessage, name: str) -> list[str]:
    try:
        return [str(value) for value in mail.get_all(name, [])]
    except MessageError:  # a header that Python cannot read at all
        return []


def _is_one_address(mail: EmailMessage, name: str) -> bool:
    header = mail[name]
    return header is not None and len(getattr(header, "addresses", ())) == 1 and "@" in str(header)
