"""Connecting this site to an audience at Mailchimp, in steps that a worker takes and that can be repeated.

look         whose key it is, and which audiences there are
set up       merge fields and webhook of the chosen audience; from then on people are kept in step
disconnect   the webhook goes, nothing is told any more; everybody here stays as they are
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from guard.bells import ring_after_commit
from newsletter.actions.leased_rows import claim, give_back, is_free, note, try_later
from newsletter.errors import MailchimpError, MailchimpRefused, MailchimpUncertain, WrongState
from newsletter.links import absolute
from newsletter.mailchimp.payload import merge_fields_of
from newsletter.models import Campaign, Dispatch, MailchimpConnection, MailchimpStep
from newsletter.sealed import seal
from newsletter.senders.campaign_calls import CALLS, gone_is_good
from newsletter.senders.mailchimp import Mailchimp

if TYPE_CHECKING:
    from users.models import User  # reached through settings strings only

MOST_TRIES = 4
_ANOTHER = (
    "MAILCHIMP_AUDIENCE_ID names another audience than the one that is connected. Disconnect that one first, then "
    "check the key again."
)

Kind = MailchimpStep.Kind
State = MailchimpStep.State


def ask_for_step(kind: Kind, *, by: "User | None" = None) -> MailchimpStep:
    """Have a worker take it; the step that is under way, if there is one. Raises WrongState where it makes no sense."""
    from newsletter.mailchimp_desk.tasks import take_mailchimp_step  # noqa: PLC0415 - the task calls this module

    if words := _why_not(kind):
        raise WrongState(words)
    try:
        with transaction.atomic():
            step = MailchimpStep.objects.create(kind=kind, asked_by=by)
    except IntegrityError:
        step = MailchimpStep.objects.filter(state=State.WAITING).first() or MailchimpStep.objects.latest("pk")
    ring_after_commit(take_mailchimp_step, step.pk)
    return step


def choose_audience(audience_id: str) -> MailchimpConnection:
    """Take one of the audiences of the last look; nobody there is told anything yet. Raises WrongState."""
    look = last_look()
    told = {one["pk"]: one for one in (look.found.get("audiences", []) if look else [])}
    if audience_id not in told:
        raise WrongState("This audience is not in the account any more. Check the key again, then choose.")
    chosen = told[audience_id]
    with transaction.atomic():
        connection = MailchimpConnection.objects.select_for_update().filter(pk=1).first() or MailchimpConnection(pk=1)
        if connection.is_on and connection.audience_id != audience_id:
            raise WrongState("Disconnect the audience that is connected before you choose another one.")
        if connection.audience_id != audience_id:
            connection.webhook_id = connection.webhook_signing_secret = ""
            connection.merge_fields_ready = False
        connection.audience_id, connection.audience_name = audience_id, chosen["name"][:200]
        connection.account_name = str(look.found.get("account", ""))[:200] if look else ""
        connection.double_optin, connection.signup_form_url = chosen["double_optin"], chosen["signup_form_url"][:500]
        connection.save()
    return connection


def choose_what_goes(**wishes: Any) -> None:
    """What Mailchimp gets to know and what follows from joining there: columns of the connection."""
    MailchimpConnection.objects.filter(pk=1).update(**wishes)


def last_look() -> MailchimpStep | None:
    """The newest look that brought something."""
    return MailchimpStep.objects.filter(kind=Kind.LOOK, state=State.DONE).first()


def due_steps() -> QuerySet[MailchimpStep]:
    """Steps that wait, or that a dead worker left."""
    return MailchimpStep.objects.filter(is_free(timezone.now()), state=State.WAITING)


def take_step(pk: int) -> bool:
    """Take one step; harmless when rung twice. Whether an audience is connected now that was not, or not so, before."""
    step = claim(due_steps(), pk)
    if step is None:
        return False
    try:
        _TAKE[Kind(step.kind)](step, Mailchimp(tries=CALLS))
    except (MailchimpError, WrongState) as error:
        if isinstance(error, MailchimpRefused | WrongState) or step.tries + 1 >= MOST_TRIES:
            give_back(step, state=State.FAILED, fault=str(error)[:300], finished_at=timezone.now())
        else:
            try_later(step, str(error))
    else:
        give_back(step, state=State.DONE, fault="", finished_at=timezone.now())
        return step.kind == Kind.SET_UP
    return False


def _why_not(kind: Kind) -> str:
    connection = MailchimpConnection.objects.filter(pk=1).first()
    if not settings.MAILCHIMP_API_KEY and kind != Kind.DISCONNECT:
        return "There is no key. Set MAILCHIMP_API_KEY where the site runs, then start the site again."
    if kind == Kind.SET_UP and connection is None:
        return "Choose an audience first."
    if kind == Kind.SET_UP and not settings.MAILCHIMP_WEBHOOK_SECRET:
        return "Set MAILCHIMP_WEBHOOK_SECRET first: 24 letters and digits or more, which nobody can guess."
    if kind == Kind.DISCONNECT and (connection is None or not (connection.is_on or connection.webhook_id)):
        return "Nothing is connected."
    if kind == Kind.DISCONNECT and _is_campaign_under_way():
        return "A campaign is under way. Wait until it is over, or stop it, then disconnect."
    return ""


def _is_campaign_under_way() -> bool:
    over = (Dispatch.State.DONE, Dispatch.State.CANCELLED)
    return Campaign.objects.filter(settled_at=None).exclude(dispatch__state__in=over).exists()


def _look(step: MailchimpStep, port: Mailchimp) -> None:
    account = port.read_account()
    fixed = settings.MAILCHIMP_AUDIENCE_ID
    audiences = [port.read_audience(fixed)] if fixed else port.list_audiences()
    note(step, found={"account": account.name, "plan": account.plan, "audiences": [asdict(one) for one in audiences]})
    if fixed:
        if MailchimpConnection.objects.filter(pk=1, is_on=True).exclude(audience_id=fixed).exists():
            raise WrongState(_ANOTHER)
        note(step, state=State.DONE)
        choose_audience(fixed)


def _set_up(step: MailchimpStep, port: Mailchimp) -> None:
    connection = MailchimpConnection.objects.get(pk=1)
    audience_id = connection.audience_id
    audience = port.read_audience(audience_id)
    for tag, name in merge_fields_of(connection).items():
        port.ensure_merge_field(audience_id, tag=tag, name=name)
        note(step)
    own = MailchimpConnection.objects.filter(pk=1, audience_id=audience_id)
    own.update(merge_fields_ready=True, audience_name=audience.name[:200], double_optin=audience.double_optin)
    try:
        hook = port.ensure_webhook(audience_id, url=webhook_address())
    except MailchimpUncertain:
        hook = port.ensure_webhook(audience_id, url=webhook_address())  # it looks before it makes one
    changes = {"webhook_id": hook.pk}
    if hook.signing_secret:  # told this once alone
        changes["webhook_signing_secret"] = seal(hook.signing_secret)
    own.update(**changes)
    own.filter(is_on=False).update(is_on=True, connected_at=timezone.now())


def _disconnect(step: MailchimpStep, port: Mailchimp) -> None:
    """Off at once; then the webhook. Should Mailchimp be away for good, the rest is done here all the same."""
    connection = MailchimpConnection.objects.get(pk=1)
    MailchimpConnection.objects.filter(pk=1).update(is_on=False)
    if connection.webhook_id and settings.MAILCHIMP_API_KEY:
        gone_is_good(port.delete_webhook, connection.audience_id, connection.webhook_id)
    MailchimpConnection.objects.filter(pk=1).update(webhook_id="", webhook_signing_secret="")


def webhook_address() -> str:
    """Where Mailchimp tells its news."""
    return absolute("newsletter:mailchimp_webhook", settings.MAILCHIMP_WEBHOOK_SECRET)


_TAKE = {Kind.LOOK: _look, Kind.SET_UP: _set_up, Kind.DISCONNECT: _disconnect}
