"""What a reader has to do at Mailchimp before its mails reach them: read from rows, for the reader's own page."""

from dataclasses import dataclass

from newsletter.mailchimp.members import Problem, Status, ToGo, connected
from newsletter.models import MailchimpMember, NewsletterPage, Subscriber


@dataclass(frozen=True)
class Asked:
    """`by_mail`: Mailchimp has sent a mail with a button; else only its form helps, at `form_url` (empty: unknown).

    `sends_issues`: issues go out by Mailchimp, so none comes before. `write_to` is where the newsletter gets answers.
    """

    by_mail: bool
    form_url: str
    sends_issues: bool
    write_to: str


def what_is_asked(subscriber: Subscriber) -> Asked | None:
    """None: nothing, as far as is known here."""
    connection = connected()
    if connection is None or subscriber.state != Subscriber.State.CONFIRMED:
        return None
    own = MailchimpMember.objects.filter(subscriber=subscriber, audience_id=connection.audience_id, to_go=ToGo.NO)
    row = own.first()
    if row is None:
        return None
    newsletter = NewsletterPage.objects.live().first()
    sends_issues = newsletter is not None and newsletter.sends_with == "mailchimp"
    by_mail = row.status == Status.PENDING and not row.problem
    needs_form = sends_issues and row.problem in {Problem.FORGOTTEN, Problem.COMPLIANCE}
    if not (by_mail or needs_form):
        return None
    write_to = (newsletter.reply_to or newsletter.sender_email) if newsletter else ""
    return Asked(by_mail=by_mail, form_url=connection.signup_form_url, sends_issues=sends_issues, write_to=write_to)
