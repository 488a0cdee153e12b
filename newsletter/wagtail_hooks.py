"""What the newsletter adds to the admin."""

from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from newsletter.models import Subscriber
from newsletter.subscriber_viewsets import EbookViewSet, LookOnlyPolicy, SubscriberViewSet

# Before anything asks for it, or Wagtail makes one that allows more.
register_permission_policy(Subscriber, LookOnlyPolicy(Subscriber))
register_snippet(SubscriberViewSet)
register_snippet(EbookViewSet)
