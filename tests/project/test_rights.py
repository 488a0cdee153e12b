"""Who may open and who may post to each address that the site adds to the admin.

The addresses come from the URL configuration, so a new one fails until it has a line here.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from wagtail.models import RevisionMixin

from blog.models import Ban, Helpline, OutwardLink, RefusalReason, ReusableNote, SavedReply
from newsletter.actions.dispatching import order_dispatch
from newsletter.models import Approval, Delivery, LetterText, MailEvent, Segment, WelcomeStep
from tests.factories import (
    ArticlePageFactory,
    AuthorPageFactory,
    CommentFactory,
    IssuePageFactory,
    SubscriberFactory,
    TopicFactory,
)
from tests.newsletter.joining import make_ebook
from tests.newsletter.lists import upload
from tests.newsletter.monthly import make_run
from tests.newsletter.offering import make_offer
from users.models import User

pytestmark = pytest.mark.django_db

APPS = (
    "blog",
    "newsletter",
    "home",
    "letters",
    "guard",
    "inbox",
    "pagecache",
)  # pictures and users have Wagtail's screens
# m: in "Moderators", r: in "Medical reviewers" with a reviewer's profile, e: in "Editors", a: administrator.
# l: in "List managers".
GROUPS = {"m": "Moderators", "r": "Medical reviewers", "e": "Editors", "l": "List managers"}
OF_AN_ISSUE = (
    "newsletter_correct",
    "newsletter_send",
    "newsletter_test",
    "newsletter_check",
    "newsletter_reach",
    "newsletter_ask_approval",
    "newsletter_mail",
)
DECIDE = {"newsletter_decide_reader": "received"}
XHR = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}  # Wagtail refuses these with 403 instead of leading away

# Names of addresses: who may open them, who may post to them; "-" is nobody.
RIGHTS = {
    "newsletter_send": "ea ea",
    "newsletter_dispatches newsletter_dispatch": "ea -",
    "newsletter_test newsletter_check newsletter_ask_approval": "- ea",
    "newsletter_change_dispatch newsletter_decide_reader": "- ea",
    "newsletter_embed newsletter_reach newsletter_mail": "ea -",
    "newsletter_readers newsletter_export_readers": "ea -",
    "newsletter_approve": "a a",
    "newsletter_compare newsletter_compare_csv newsletter_article_corrections": "ea -",
    "newsletter_correct": "- ea",
    "newsletter_mailchimp": "a -",
    "newsletter_mailchimp_look newsletter_mailchimp_choose": "- a",
    "newsletter_mailchimp_set_up newsletter_mailchimp_disconnect": "- a",
    "newsletter_monthly newsletter_move_dispatch": "ea ea",
    "newsletter_make_monthly newsletter_answer_monthly": "- ea",
    "review_due_report review_due_report_results link_report link_report_results": "ea -",
    "reading_report reading_report_results": "ea -",
    "review_due_hand_in link_report_ask_again": "- ea",
    "record_review": "ea ea",
    "sign_review": "r r",  # by name: an administrator who is no reviewer signs nothing
    "comments:list list_results inspect edit": "ma -",
    "comments:decide blank restore stays undo": "ma ma",
    "comments:commenter export_commenter": "ma -",
    "comments:erase_commenter ban change_ban lift_ban": "ma ma",
    "comments:bans": "ma -",
    "akismet_status": "ma ma",
    "comments:answer": "ma ma",
    "comment_statistics": "ma -",
    "wagtailsnippets_blog_refusalreason:list list_results usage history history_results": "ma -",
    "wagtailsnippets_blog_refusalreason:add edit delete copy": "ma ma",
    "wagtailsnippets_blog_savedreply:list list_results usage history history_results": "ma -",
    "wagtailsnippets_blog_savedreply:add edit delete copy": "ma ma",
    "wagtailsnippets_blog_helpline:list list_results usage history history_results": "ma -",
    "wagtailsnippets_blog_helpline:add edit delete copy": "ma ma",
    # Nobody makes, changes or takes away a subscriber, and there is no chooser that would list them.
    "wagtailsnippets_newsletter_subscriber:list list_results inspect": "la -",
    "wagtailsnippets_newsletter_subscriber:usage history history_results add edit delete": "- -",
    "wagtailsnippets_newsletter_ebook:list list_results usage history history_results": "ea -",
    "wagtailsnippets_newsletter_ebook:add edit": "ea ea",
    "wagtailsnippets_newsletter_ebook:delete": "a a",  # every reader's link to it would go along
    "newsletter_tell_readers": "ea ea",
    "newsletter_erase_subscriber": "la la",
    "newsletter_imports newsletter_suppressions": "la la",
    "newsletter_in_step newsletter_drift_kind": "la -",
    "newsletter_drift_compare newsletter_drift_bring_in newsletter_drift_mend": "- la",
    "newsletter_segments newsletter_growth newsletter_follows": "la -",
    "newsletter_new_segment newsletter_segment": "la la",
    "newsletter_count_segment newsletter_delete_segment": "- la",
    "newsletter_import newsletter_import_report": "la -",
    "newsletter_change_import": "- la",
    "wagtailsnippets_newsletter_mailevent:list list_results": "a -",
    "wagtailsnippets_newsletter_mailevent:usage history history_results add edit delete": "- -",
    # The letters are there: nobody adds, copies or deletes one.
    "wagtailsnippets_newsletter_lettertext:list list_results usage history history_results": "ea -",
    "wagtailsnippets_newsletter_lettertext:edit preview_on_edit": "ea ea",
    "wagtailsnippets_newsletter_lettertext:revisions_view revisions_compare": "ea -",
    "wagtailsnippets_newsletter_lettertext:revisions_revert": "ea ea",
    "wagtailsnippets_newsletter_lettertext:add delete preview_on_add": "- -",
    "wagtailsnippets_newsletter_welcomestep:list list_results usage history history_results": "ea -",
    "wagtailsnippets_newsletter_welcomestep:add edit delete preview_on_add preview_on_edit": "ea ea",
    "wagtailsnippets_newsletter_welcomestep:revisions_view revisions_compare": "ea -",
    "wagtailsnippets_newsletter_welcomestep:revisions_revert": "ea ea",
    "wagtailsnippets_newsletter_offer:list list_results usage history history_results": "ea -",
    "wagtailsnippets_newsletter_offer:add edit": "ea ea",
    "wagtailsnippets_newsletter_offer:delete": "a a",
    "wagtailsnippets_newsletter_partner:list list_results usage history history_results": "ea -",
    "wagtailsnippets_newsletter_partner:add edit": "ea ea",
    "wagtailsnippets_newsletter_partner:delete": "a -",  # one that has offers stays
    "newsletter_offer_codes newsletter_partner_link": "ea ea",
    "newsletter_redemptions": "ea -",
    "wagtailsnippets_blog_topic:list list_results usage history history_results": "ea -",
    "wagtailsnippets_blog_topic:add edit delete copy preview_on_add preview_on_edit": "ea ea",
    "wagtailsnippets_blog_reusablenote:list list_results usage history history_results": "ea -",
    "wagtailsnippets_blog_reusablenote:add edit delete copy": "ea ea",
    # Names that readers see anyway.
    "wagtailsnippetchoosers_newsletter_ebook:choose choose_results chosen chosen_multiple": "mrela -",
    "wagtailsnippetchoosers_blog_topic:choose choose_results chosen chosen_multiple": "mrela -",
    "wagtailsnippetchoosers_blog_reusablenote:choose choose_results chosen chosen_multiple": "mrela -",
    "wagtailsnippetchoosers_blog_refusalreason:choose choose_results chosen chosen_multiple": "mrela -",
    "wagtailsnippetchoosers_blog_helpline:choose choose_results chosen chosen_multiple": "mrela -",
    "wagtailsnippetchoosers_blog_savedreply:choose choose_results chosen chosen_multiple": "mrela -",
    "wagtailsnippetchoosers_newsletter_offer:choose choose_results chosen chosen_multiple": "mrela -",
    "wagtailsnippetchoosers_newsletter_partner:choose choose_results chosen chosen_multiple": "mrela -",
}


def table() -> dict[str, tuple[str, str]]:
    """One row an address."""
    rows = {}
    for names, who in RIGHTS.items():
        space, _, last = names.rpartition(":")
        may_open, may_post = who.split()
        for name in last.split():
            rows[f"{space}:{name}" if space else name] = (may_open, may_post)
    return rows


def is_ours(name: str, view: Any) -> bool:
    """Whether the view, or the model that a view of Wagtail's shows, is ours."""
    model = view.view_initkwargs.get("model") if hasattr(view, "view_class") else None
    module = getattr(view, "view_class", view).__module__
    label = model._meta.app_label if hasattr(model, "_meta") else module.partition(".")[0]
    of_snippet = name.startswith(tuple(f"wagtailsnippet{kind}_{app}_" for kind in ("s", "choosers") for app in APPS))
    return label in APPS or module.partition(".")[0] in APPS or of_snippet


def our_routes(patterns: Any, space: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and parameters of each address of ours below the patterns."""
    for entry in patterns:
        if not isinstance(entry, URLPattern):
            yield from our_routes(entry.url_patterns, f"{space}{entry.namespace}:" if entry.namespace else space)
            continue
        name = f"{space}{entry.name}"
        if name.startswith("wagtailsnippetchoosers_") and entry.name == "create":
            continue  # makes nothing: our choosers have no form for it, and Wagtail's view stumbles over that
        if is_ours(name, entry.callback):
            yield name, dict.fromkeys([*entry.pattern.converters, *entry.pattern.regex.groupindex])


def admin_routes() -> dict[str, dict[str, Any]]:
    """All of them below /admin/."""
    (admin,) = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "admin/"]
    return dict(our_routes(admin.url_patterns))


def person(role: str) -> User:
    """Somebody who plays the part, with the rights that the migrations gave to the group."""
    user = User.objects.create_user(username=f"role-{role}", password="a long passphrase", is_superuser=role == "a")
    if role in GROUPS:
        user.groups.add(Group.objects.get(name=GROUPS[role]))
    if role == "r":
        AuthorPageFactory(user=user, is_reviewer=True)
    return user


def gift_rows() -> dict[str, Any]:
    """Books, offers and a month without its draft, by the beginning of a name."""
    book, offer = make_ebook(), make_offer()
    return {
        "newsletter_tell": book.newest_edition,
        "newsletter_offer": offer,
        "newsletter_redemptions": offer,
        "newsletter_partner": offer.partner,
        "newsletter_answer_monthly": make_run(),
        "ebook": book,
        "offer": offer,
        "partner": offer.partner,
    }


@pytest.fixture
def values(home: Any) -> dict[str, dict[str, Any]]:
    """Parameters by the beginning of a name."""
    article, subscriber = ArticlePageFactory(), SubscriberFactory()
    article.save_revision()
    in_review = article.get_workflow().start(article, None)
    link = OutwardLink.objects.create(url="https://example.com/")
    link.articles.add(article)
    ordered = order_dispatch(IssuePageFactory(), at=timezone.now())
    issue = IssuePageFactory()
    comment = CommentFactory(state="held")
    ban = Ban.objects.create(kind="domain", value="example.com")
    segment = Segment.objects.create(name="Sleepers", slug="sleepers")
    rows = {
        "newsletter_erase_subscriber": subscriber,
        **gift_rows(),
        **dict.fromkeys(OF_AN_ISSUE, issue),
        "newsletter_segment": segment,
        "newsletter_delete_segment": segment,
        "newsletter_import": upload("email\na@example.com\n"),
        "newsletter_change_import": upload("email\nb@example.com\n"),
        "newsletter_article_corrections": article,
        "newsletter_approve": Approval.objects.create(issue=issue),
        **dict.fromkeys((*DECIDE, "newsletter_"), ordered),
        "review_due": ArticlePageFactory(),
        "link_report": link,
        "sign_review": in_review.current_task_state,
        "record_review": article,
        "subscriber": subscriber,
        "mailevent": MailEvent.objects.create(provider="smtp", event_id="1", kind="blocked"),
        "lettertext": LetterText.objects.get(kind="goodbye"),
        "welcomestep": WelcomeStep.objects.create(days=3, subject="One", heading="A", body="<p>B</p>"),
        "topic": TopicFactory(),
        "reusablenote": ReusableNote.objects.create(name="Call 999"),
        "comments:commenter": comment.commenter,
        "comments:export_commenter": comment.commenter,
        "comments:erase_commenter": comment.commenter,
        "comments:change_ban": ban,
        "comments:lift_ban": ban,
        "comments": comment,
        "refusalreason": RefusalReason.objects.create(title="Off", words="Off the subject."),
        "helpline": Helpline.objects.create(name="Nightline", country="UK", number="020 7946 0000"),
        "savedreply": SavedReply.objects.create(title="Thanks", text="Thank you."),
    }
    verbs = {"newsletter_change_import": "discard", "newsletter_answer_monthly": "skip"} | DECIDE
    delivery = Delivery.objects.create(dispatch=ordered, subscriber=subscriber, state="held")
    words = {"decision": "approve", "batch": uuid4(), "delivery": delivery.pk, "name": "absent"}
    return {
        start: {"pk": row.pk, "verb": verbs.get(start, "pause"), **words, **revisions_of(row)}
        for start, row in rows.items()
    }


def revisions_of(row: Any) -> dict[str, int]:
    """The parameters of addresses that show a row's history, where it has one."""
    if not isinstance(row, RevisionMixin):
        return {}
    return dict.fromkeys(("revision_id", "revision_id_a", "revision_id_b"), row.save_revision().pk)


def address(name: str, parameters: dict[str, Any], values: dict[str, dict[str, Any]]) -> str:
    """The route's address for a row that exists."""
    kind = name.partition(":")[0].rpartition("_")[2] if name.startswith("wagtailsnippet") else name
    found = next((row for start, row in values.items() if kind.startswith(start)), {})
    return reverse(name, kwargs={key: found[key] for key in parameters})


def is_let_in(client: Client, method: str, path: str) -> bool:
    """Whether the request got further than 403 or 405; what it did is undone."""
    with transaction.atomic():
        answer = getattr(client, method)(path, **XHR)
        transaction.set_rollback(True)
    assert answer.status_code in {200, 302, 303, 400, 403, 405, 409, 422}, (path, answer.status_code)
    return bool(answer.status_code not in {403, 405})


@pytest.mark.parametrize(
    "role", ["", "m", "r", "e", "l", "a"], ids=["anonymous", "moderator", "reviewer", "editor", "list manager", "admin"]
)
def test_each_address_of_the_admin_lets_in_whom_the_table_names(role: str, client: Client, values: Any) -> None:
    if role:
        client.force_login(person(role))
    found = {}
    for name, parameters in admin_routes().items():
        path = address(name, parameters, values)
        found[name] = (is_let_in(client, "get", path), is_let_in(client, "post", path))
    named = {name: tuple(bool(role) and role in who for who in row) for name, row in table().items()}
    assert found == named
