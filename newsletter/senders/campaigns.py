"""A sender that takes an issue to Mailchimp, once for all its readers, as a campaign."""

import time
import uuid
from email import message_from_bytes, policy
from email.utils import parseaddr
from typing import ClassVar

from newsletter.errors import MailchimpError, MailchimpRefused
from newsletter.models import MailchimpConnection
from newsletter.senders import Message, Outcome, Result, Stage
from newsletter.senders.campaign_calls import CALLS, OVER
from newsletter.senders.mailchimp import Mailchimp, hash_of

SOON, PATIENCE = 0.2, 60.0  # seconds between looks at a small campaign, and altogether


class CampaignSender:
    """An issue goes once for all (`actions.campaigning`). `send` makes a campaign to one: who left is refused."""

    sends_campaigns: ClassVar[bool] = True
    holds_unknown: ClassVar[bool] = True

    def send(self, message: Message, *, upcoming: Message | None = None) -> Outcome:
        """Hand one whole message over, as a campaign to that reader alone."""
        audience_id = MailchimpConnection.objects.filter(is_on=True).values_list("audience_id", flat=True).first()
        if not audience_id:
            return Outcome(Result.REFUSED, Stage.CONNECTION, None, "Mailchimp is not connected.")
        port = Mailchimp(tries=CALLS)
        try:
            member = port.read_member(audience_id, hash_of(message.recipient))
        except MailchimpError as error:
            return _judge(error, stage=Stage.RECIPIENT)
        if member.status != "subscribed":
            return Outcome(Result.REFUSED, Stage.RECIPIENT, 550, f"In Mailchimp this address is {member.status}.")
        try:
            campaign_id = _prepare_one(port, audience_id, message)
        except MailchimpError as error:
            return _judge(error, stage=Stage.SENDER)
        return _send_one(port, campaign_id)

    def close(self) -> None:
        """Nothing is kept open."""


def _judge(error: MailchimpError, *, stage: Stage) -> Outcome:
    """What an error of a call before the telling means: nothing has left."""
    if isinstance(error, MailchimpRefused):
        return Outcome(Result.REFUSED, stage, error.status or None, str(error))
    return Outcome(Result.DEFERRED, Stage.CONNECTION, None, str(error))


def _prepare_one(port: Mailchimp, audience_id: str, message: Message) -> str:
    whole = message_from_bytes(message.content, policy=policy.default)
    text, html = whole.get_body(("plain",)), whole.get_body(("html",))
    words = text.get_content() if text else ""
    name, address = parseaddr(str(whole["From"] or message.sender))
    title = f"One reader ({uuid.uuid4().hex[:12]})"
    segment_id = port.ensure_segment(audience_id, name=title)
    port.tag_many(audience_id, segment_id, add=[message.recipient])
    settings = {"subject_line": str(whole["Subject"] or ""), "from_name": name or address, "reply_to": address}
    to = {"list_id": audience_id, "segment_opts": {"saved_segment_id": segment_id}}
    made = port.create_campaign(recipients=to, settings={**settings, "title": title})
    port.set_content(made.pk, html=html.get_content() if html else f"<pre>{words}</pre>", text=words)
    return made.pk


def _send_one(port: Mailchimp, campaign_id: str) -> Outcome:
    """Tell it to go and wait for the end; in doubt only while nobody can read its state."""
    words = ""
    try:
        port.send(campaign_id)
    except MailchimpRefused as error:
        return _judge(error, stage=Stage.CONTENT)
    except MailchimpError as error:
        words = str(error)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            state = port.read_campaign(campaign_id)
        except MailchimpError as error:
            words = str(error)
        else:
            if state.status in OVER and state.emails_sent:
                return Outcome(Result.HANDED_OVER, code=250, reply=f"sent as campaign {campaign_id}")
            if state.status in OVER:
                return Outcome(Result.REFUSED, Stage.CONTENT, None, "Mailchimp sent it to nobody.")
        time.sleep(SOON)
    return Outcome(Result.UNKNOWN, reply=words or "Mailchimp is still at it.")
