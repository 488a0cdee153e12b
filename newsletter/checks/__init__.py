"""What an editor should know about an issue before it goes out: checks of the final mail of a few real readers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone
from wagtail.models import Page

from blog.outward import find_own_hosts
from newsletter.actions.dispatching import why_not_offers, why_not_send
from newsletter.actions.freezing import trial_dispatch
from newsletter.checks import campaign, content, headers, machine, outside, own_links, pieces, subjects
from newsletter.checks.findings import Check, Level
from newsletter.checks.sample import Sample, compose_samples
from newsletter.composing import find_offers
from newsletter.issue_fields import fill_in_words, find_unknown_fields
from newsletter.models import CheckRun, Dispatch, IssuePage, Lot
from newsletter.pieces import find_articles, page_address
from newsletter.recipients import Recipients, count_recipients
from newsletter.render_faults import rendering
from newsletter.rendering import RenderedIssue, render_issue
from newsletter.segments import EVERYBODY, Rule


@dataclass(frozen=True)
class Examined:
    """An issue as it would go out: what all readers share, who they are, what the checks say."""

    mail: RenderedIssue
    recipients: Recipients
    checks: list[Check]
    run: CheckRun | None  # the last finished look at links to other sites

    @property
    def stops(self) -> list[Check]:
        """What must be mended first."""
        return [check for check in self.checks if check.level is Level.RED]

    @property
    def doubts(self) -> list[Check]:
        """What needs a reason."""
        return [check for check in self.checks if check.level is Level.AMBER]


def examine_issue(issue: IssuePage, rule: Rule = EVERYBODY, *, at: datetime | None = None) -> Examined:
    """Look at an issue that is to go out at that moment, now if it is None. Asks nobody outside.

    Renders it, which may write resized pictures: not inside a transaction. Raises CannotRender.
    """
    with rendering(issue):
        return _examine(issue, rule, at=at)


def _examine(issue: IssuePage, rule: Rule, *, at: datetime | None) -> Examined:
    mail = render_issue(issue)
    trial = trial_dispatch(issue, mail)
    on = timezone.localdate(at, timezone.get_default_timezone())
    run = issue.check_runs.filter(state=CheckRun.State.DONE).first()
    by_the_check = why_not_offers(issue, at=at)  # which names the day
    stops = [Check(reason, Level.RED) for reason in why_not_send(issue, rule, at=at) if reason not in by_the_check]
    checks = [
        *stops,
        machine.check_machine(later=at is not None),
        machine.check_sender(mail.sender, mail.reply_to),
        *headers.check_inbox(
            *(fill_in_words(words, {}) for words in (issue.subject, issue.preview_line)),
            second=fill_in_words(mail.second_subject, {}),
        ),
        *check_mail(
            trial,
            mail,
            rule,
            run=run,
            on=on,
            unpublished=[issue, *find_articles(issue)],
            told_fields=find_unknown_fields(issue),
        ),
        *pieces.check_offers(issue, on=on),
        pieces.check_ebooks(issue),
        pieces.check_reviews(issue, on=on),
        *campaign.check_campaign(issue, mail, rule),
    ]
    recipients = count_recipients(issue, rule, on=on)
    return Examined(mail, recipients, [*checks, *subjects.check_lots(issue, recipients.number)], run)


def check_text(issue: IssuePage, mail: RenderedIssue) -> list[Check]:
    """What of all that a second person should know who reads the text: not whether the machine can send it now.

    Raises CannotRender.
    """
    with rendering(issue):
        return _check_text(issue, mail)


def _check_text(issue: IssuePage, mail: RenderedIssue) -> list[Check]:
    run = issue.check_runs.filter(state=CheckRun.State.DONE).first()
    on = timezone.localdate()
    return [
        *check_mail(trial_dispatch(issue, mail), mail, run=run, on=on, unpublished=[issue]),
        *pieces.check_offers(issue, on=on),
        pieces.check_reviews(issue, on=on),
    ]


def check_mail(
    trial: Dispatch,
    mail: RenderedIssue,
    rule: Rule = EVERYBODY,
    *,
    run: CheckRun | None,
    on: date,
    unpublished: Iterable[Page] = (),
    told_fields: Collection[str] = (),
) -> list[Check]:
    """The checks of the mail itself, read back from its bytes.

    `told_fields` are not filled in, and another line says so.
    That a page of `unpublished` cannot be opened as long as it is not live is told elsewhere, or will be asked for.
    """
    samples = compose_samples(trial, rule, on=on)
    first, own = samples[0], find_own_hosts()
    told = {page_address(page) for page in unpublished if not page.live}
    links = [link for link in first.page.links if link not in told and not content.find_marks(link)]
    return [
        headers.check_headers(samples),
        content.check_text_part(first),
        content.check_size(samples),
        *content.check_marks(samples, told=told_fields),
        *_check_second(trial, rule, on=on, told_fields=told_fields),
        content.check_pictures(first.page),
        own_links.check_picture_files((picture.src for picture in first.page.pictures), own),
        own_links.check_own_links(link for link in links if own_links.is_own(link, own)),
        own_links.check_way_out(samples),
        outside.check_outside(outside.outside_links(links, own), run),
        *outside.check_codes(run, offers=bool(find_offers(mail.text + mail.html))),
    ]


def _check_second(trial: Dispatch, rule: Rule, *, on: date, told_fields: Collection[str]) -> list[Check]:
    """What is wrong with the head of the mails that have the second subject: their bodies are the same."""
    if trial.test is None:
        return []
    samples = compose_samples(trial, rule, on=on, lot=Lot.SECOND)
    found = [headers.check_headers(samples), *content.check_marks(samples, told=told_fields)]
    return [replace(check, words=f"Second subject. {check.words}") for check in found if check.level is not Level.GOOD]


__all__ = ["Check", "Examined", "Level", "Sample", "check_mail", "check_text", "examine_issue"]
