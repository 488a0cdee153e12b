"""Mailchimp's Marketing API, as far as the site uses it. `calling` alone imports the vendor's package."""

from newsletter.senders.mailchimp.audiences import AudienceCalls
from newsletter.senders.mailchimp.campaigns import CampaignCalls
from newsletter.senders.mailchimp.members import MemberCalls
from newsletter.senders.mailchimp.shapes import hash_of

__all__ = ["Mailchimp", "hash_of"]


class Mailchimp(AudienceCalls, MemberCalls, CampaignCalls):
    """Everything that the site asks of Mailchimp; cheap to make, used by one thread."""
