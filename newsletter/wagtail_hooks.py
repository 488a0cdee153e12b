"""What the newsletter adds to the admin."""

from wagtail import hooks
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from newsletter import dispatch_hooks
from newsletter.gifts import hooks as gift_hooks
from newsletter.gifts.ebook_desk import EbookViewSet
from newsletter.gifts.offer_desk import OfferViewSet, PartnerViewSet
from newsletter.home_panel import add_panel
from newsletter.letter_desk.mail_events import MailEventViewSet
from newsletter.letter_desk.viewsets import (
    ChangeOnlyPolicy,
    LetterTextViewSet,
    WelcomeStepViewSet,
    restore_item,
    test_item,
)
from newsletter.mailchimp_desk import views as mailchimp_views
from newsletter.models import LetterText, MailEvent, Subscriber
from newsletter.monthly import hooks as monthly_hooks
from newsletter.people import erase_views
from newsletter.people import hooks as people_hooks
from newsletter.people.rights import MENU_HOOK
from newsletter.people.viewsets import LookOnlyPolicy, SubscriberViewSet
from newsletter.subscribing.alarm_panel import add_alarm_panel
from newsletter.subscribing.embed_views import embed_item, embed_urls

# Before anything asks for it, or Wagtail makes one that allows more.
register_permission_policy(Subscriber, LookOnlyPolicy(Subscriber))
register_permission_policy(LetterText, ChangeOnlyPolicy(LetterText))
register_snippet(SubscriberViewSet)
register_snippet(EbookViewSet)
register_snippet(OfferViewSet)
register_snippet(PartnerViewSet)
register_snippet(LetterTextViewSet)
register_snippet(WelcomeStepViewSet)
register_permission_policy(MailEvent, LookOnlyPolicy(MailEvent))
register_snippet(MailEventViewSet)

hooks.register("register_admin_urls", dispatch_hooks.admin_urls)
hooks.register("register_admin_urls", gift_hooks.admin_urls)
hooks.register("register_admin_urls", people_hooks.admin_urls)
hooks.register("register_admin_menu_item", people_hooks.menu)
hooks.register("register_admin_urls", monthly_hooks.admin_urls)
hooks.register("register_admin_menu_item", monthly_hooks.menu_item)
hooks.register("register_page_header_buttons", monthly_hooks.header_buttons)
for _item in people_hooks.MENU_ITEMS:
    hooks.register(MENU_HOOK, _item)
hooks.register("register_log_actions", people_hooks.register_actions)
hooks.register("register_log_actions", dispatch_hooks.register_actions)
hooks.register("register_page_header_buttons", dispatch_hooks.header_buttons)
hooks.register("register_page_header_buttons", dispatch_hooks.article_buttons)
hooks.register("register_page_listing_buttons", dispatch_hooks.listing_buttons)
hooks.register("register_snippet_listing_buttons", erase_views.listing_button)
hooks.register("register_reports_menu_item", dispatch_hooks.menu_item)
hooks.register("register_permissions", dispatch_hooks.send_rights)
hooks.register("before_delete_page", dispatch_hooks.keep_sent_issues)
hooks.register("insert_editor_js", dispatch_hooks.load_lengths)
hooks.register("construct_homepage_panels", add_panel)
hooks.register("construct_homepage_panels", add_alarm_panel)
hooks.register("register_admin_urls", embed_urls)
hooks.register("register_settings_menu_item", embed_item)
hooks.register("register_admin_urls", mailchimp_views.admin_urls)
hooks.register("register_settings_menu_item", mailchimp_views.menu_item)
hooks.register("register_snippet_action_menu_item", test_item)
hooks.register("register_snippet_action_menu_item", restore_item)
