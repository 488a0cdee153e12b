"""A Mailchimp on loopback: stateful, answering and refusing as the service does; CONTRIBUTING.md tells its use."""

from tests.fakes.mailchimp import batches, campaign_actions, contract, reports
from tests.fakes.mailchimp.server import KEY, FakeMailchimp

__all__ = ["KEY", "FakeMailchimp", "batches", "campaign_actions", "contract", "reports"]
