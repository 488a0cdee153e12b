"""A Mailchimp on loopback: stateful, answering and refusing as the service does; docs/mailchimp.md tells its use."""

from tests.fakes.mailchimp import contract, segments
from tests.fakes.mailchimp.server import KEY, FakeMailchimp

__all__ = ["KEY", "FakeMailchimp", "contract", "segments"]
