"""Where the blog hangs itself into Wagtail's admin."""

from typing import Any

from wagtail import hooks
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from blog.checks.panel import HOOKS as CHECK_HOOKS
from blog.models import Comment
from blog.moderation import akismet_page, statistics_views
from blog.moderation.bulk import BULK_ACTIONS
from blog.moderation.policy import CommentPermissionPolicy
from blog.moderation.viewset import CommentViewSet
from blog.reports import hooks as report_hooks
from blog.review_desk.hooks import HOOKS as REVIEW_HOOKS
from blog.viewsets import HelplineViewSet, NoteViewSet, RefusalReasonViewSet, SavedReplyViewSet, TopicViewSet
from blog.waiting import panel as waiting_panel

# Before anything asks for it: Wagtail would make a policy of its own.
register_permission_policy(Comment, CommentPermissionPolicy(Comment), exact_class=True)

register_snippet(TopicViewSet)
register_snippet(NoteViewSet)
register_snippet(RefusalReasonViewSet)
register_snippet(SavedReplyViewSet)
register_snippet(HelplineViewSet)


def register_comments() -> Any:
    """The moderators' desk."""
    return CommentViewSet()


def register_comment_decisions(actions: Any) -> None:
    """What the log of the admin says about comments."""
    for action, label, message in (
        ("comment.approve", "Approve comment", "Published"),
        ("comment.refuse", "Refuse comment", "Refused"),
        ("comment.spam", "Mark comment as spam", "Marked as spam"),
        ("comment.hold", "Hold comment again", "Held again"),
        ("comment.keep", "Keep a reported comment", "Reports looked at: it stays"),
        ("comment.undo", "Take a decision on a comment back", "Decision taken back"),
        ("comment.withdraw", "Withdraw comment", "Taken back by its writer"),
        ("comment.auto", "Publish comment unread", "Published by the rules of the site"),
        ("comment.edit", "Edit comment", "Changed by its writer"),
        ("comment.prove", "Prove address", "Its writer has proven the address"),
        ("comment.disown", "Disown comment", "Disowned by whoever owns the address"),
        ("comment.erase", "Erase comment", "Erased at the wish of its writer"),
        ("comment.answer", "Answer a comment", "Answered by one of ours"),
        ("ban.set", "Ban", "Banned"),
        ("ban.lift", "Lift a ban", "Ban lifted"),
        ("comment.blank", "Blank parts of a comment", "Parts of it blanked"),
        ("comment.unblank", "Put back the original of a comment", "Original put back"),
    ):
        actions.register_action(action, label, message)


hooks.register("register_admin_viewset", register_comments)
hooks.register("register_log_actions", register_comment_decisions)
hooks.register("register_admin_urls", statistics_views.admin_urls)
hooks.register("register_reports_menu_item", statistics_views.menu_item)
hooks.register("construct_homepage_panels", waiting_panel.add_panel)
for _action in BULK_ACTIONS:
    hooks.register("register_bulk_action", _action)
hooks.register("register_admin_urls", report_hooks.admin_urls)
hooks.register("register_admin_urls", akismet_page.addresses)
for _item in report_hooks.MENU_ITEMS:
    hooks.register("register_reports_menu_item", _item)
for _name, _hook in REVIEW_HOOKS.items():
    hooks.register(_name, _hook)
for _name, _check in CHECK_HOOKS:
    hooks.register(_name, _check)
