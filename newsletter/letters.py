"""Every letter of the newsletter, one function each; the words are in `newsletter.letter_kinds` or the editors' own."""

from collections.abc import Mapping, Sequence
from email.utils import formataddr

from django.contrib.auth.models import AbstractUser
from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.formats import date_format

from guard.addresses import mask_address
from letters.actions import post_letter, post_ready_letter
from newsletter import links
from newsletter.composing import spoken_name
from newsletter.followed import FollowedItem, headline_of, wishes_of
from newsletter.models import (
    AddressChange,
    Dispatch,
    DraftRun,
    Ebook,
    EbookEdition,
    EbookGrant,
    Follow,
    NewsletterPage,
    SubjectTest,
    Subscriber,
    WelcomeStep,
)
from newsletter.models.ebooks import GRANT_DAYS
from newsletter.models.offers import OwnOffer
from newsletter.pieces import page_address
from newsletter.wall_clock import say_moment
from newsletter.worded import Words, words_of, words_of_step, write_letter

SERIES, FOLLOWED = "welcome_series", "followed"


def post_confirm(subscriber: Subscriber, *, follow: Follow | None = None) -> None:
    """The link with which an address joins, and begins to follow that."""
    ebook = Ebook.objects.offered().first()
    values = {"days": str(apnumber(links.CONFIRM_DAYS)), **_about(ebook)}
    url = links.confirm_url(subscriber, follow=follow)
    if follow:
        _post("confirm_follow", subscriber, {**values, "follow": follow.words}, button_url=url)
        return
    _post("confirm", subscriber, values, words=words_of("confirm" if ebook else "confirm_plain"), button_url=url)


def post_follow(follow: Follow) -> None:
    """To somebody on the list who wants to follow something, or whose address was typed for that."""
    values = {"days": str(apnumber(links.CONFIRM_DAYS)), "follow": follow.words}
    _post("follow", follow.subscriber, values, button_url=links.follow_url(follow))


def post_welcome(subscriber: Subscriber, *, grant: EbookGrant | None, offers: Sequence[OwnOffer] = ()) -> None:
    """Thanks, the e-book if there is one, the reader's codes, and how to leave."""
    headers = _way_out_headers(subscriber)
    if grant is None:
        _post("welcome", subscriber, words=words_of("welcome_plain"), headers=headers, offers=offers)
        return
    url = links.ebook_url(grant)
    _post("welcome", subscriber, _about_gift(grant), button_url=url, headers=headers, offers=offers)


def post_already_subscribed(subscriber: Subscriber) -> None:
    """For somebody on the list whose address was entered again."""
    _post("already_subscribed", subscriber, headers=_way_out_headers(subscriber))


def post_ebook_link(grant: EbookGrant) -> None:
    """A new link to a book whose old one is used up."""
    _post("ebook_link", grant.subscriber, _about_gift(grant), button_url=links.ebook_url(grant))


def post_goodbye(subscriber: Subscriber) -> None:
    """For somebody who has just left: the last letter, with the way back. Its link leads to the page of leaving."""
    _post("goodbye", subscriber, button_url=links.unsubscribe_url(subscriber))


def post_step(subscriber: Subscriber, step: WelcomeStep, *, grant: EbookGrant | None, about: str) -> None:
    """One letter of the welcome series; `grant` where the step gives a book. It is mail to a list, and says so."""
    url = links.ebook_url(grant) if grant else page_address(step.article)
    values = _about_gift(grant) if grant else {}
    headers = {**_way_out_headers(subscriber), "List-Id": links.list_id()}
    _post(SERIES, subscriber, values, words=words_of_step(step), button_url=url, headers=headers, about=about)


def post_followed(subscriber: Subscriber, items: Sequence[FollowedItem]) -> None:
    """What is new in what somebody follows. The mail program's button ends what the letter is about, not everything."""
    stop_url = items[0].stop_url if len({item.follow for item in items}) == 1 else links.unfollow_url(subscriber)
    headers = {**_way_out_headers(subscriber, url=stop_url), "List-Id": links.list_id()}
    values = {"headline": headline_of(items), "follows": wishes_of(items)}
    _post(FOLLOWED, subscriber, values, headers=headers, followed=items)


def post_mailchimp_form(subscriber: Subscriber, *, form_url: str) -> None:
    """For somebody who joined here and whom Mailchimp takes by its own form alone."""
    _post("mailchimp_form", subscriber, button_url=form_url, headers=_way_out_headers(subscriber))


def post_leave_link(subscriber: Subscriber) -> None:
    """For somebody who entered their address on the page for leaving."""
    _post("leave_link", subscriber, button_url=links.unsubscribe_url(subscriber))


def post_own_link(subscriber: Subscriber) -> None:
    """The link to all of one's own page, for a day."""
    _post("own_link", subscriber, {"hours": str(links.FRESH_HOURS)}, button_url=links.fresh_own_url(subscriber))


def post_new_address(change: AddressChange) -> None:
    """To the address that a subscriber wants to be written to; no name, for nobody knows yet who reads there."""
    values = {"name": "", "days": str(apnumber(links.NEW_ADDRESS_DAYS))}
    url = links.new_address_url(change)
    _post("new_address", change.subscriber, values, button_url=url, to=change.new_email)


def post_address_changed(change: AddressChange) -> None:
    """To the address from before, with the way back."""
    values = {"masked": mask_address(change.new_email), "days": str(apnumber(links.PUT_BACK_DAYS))}
    url = links.put_back_url(change)
    _post("address_changed", change.subscriber, values, button_url=url, to=change.old_email)


def post_still_reading(subscriber: Subscriber, *, days: int) -> None:
    """To somebody who has shown no sign of life for long: an answer is awaited for so many days."""
    headers = _way_out_headers(subscriber)
    _post("still_reading", subscriber, {"days": str(days)}, button_url=links.stay_url(subscriber), headers=headers)


def post_new_edition(grant: EbookGrant, edition: EbookEdition) -> None:
    """To somebody who was given an earlier edition: a new one is out, and this is its link."""
    reader = grant.subscriber
    values = {
        **_about_gift(grant),
        "edition": edition.label,
        "changes": f"What is new: {edition.changes}" if edition.changes else "",
    }
    url = links.ebook_url(grant)
    _post("new_edition", reader, values, button_url=url, headers=_way_out_headers(reader))


def post_dispatch_held(dispatch: Dispatch, *, reason: str) -> None:
    """To whoever ordered an issue that did not go out: it waits for a decision."""
    if dispatch.ordered_by is None:
        return
    url = links.absolute("newsletter_dispatch", str(dispatch.pk))
    context = {"issue": dispatch.issue, "reason": reason, "dispatch_url": url, "name": dispatch.ordered_by.first_name}
    post_letter("dispatch_held", to=dispatch.ordered_by.email, context=context)


def post_subject_wanted(test: SubjectTest, *, reason: str) -> None:
    """To whoever ordered an issue with two subjects: its other readers wait until one is chosen."""
    dispatch = test.dispatch
    if dispatch.ordered_by is None or not dispatch.ordered_by.email:
        return
    url = links.absolute("newsletter_dispatch", str(dispatch.pk))
    context = {"issue": dispatch.issue, "reason": reason, "dispatch_url": url, "name": dispatch.ordered_by.first_name}
    context |= {"first": dispatch.subject, "second": test.subject}
    post_letter("subject_wanted", to=dispatch.ordered_by.email, context=context)


def post_monthly_draft(person: AbstractUser, run: DraftRun, *, left_out: int = 0) -> None:
    """To an editor: a month's draft waits, or there was nothing new, or the month was missed and somebody must decide.

    `left_out`: how many articles are not in it because their review is overdue.
    """
    context = {
        "name": person.first_name,
        "run": run,
        "month": date_format(run.period, "F Y"),
        "was_due": say_moment(run.due_at, run.zone),
        "left_out": left_out,
        "draft_url": links.absolute("wagtailadmin_pages:edit", str(run.issue_id)) if run.issue_id else "",
        "desk_url": links.absolute("newsletter_monthly"),
    }
    post_letter("monthly_draft", to=person.email, context=context)


def post_sign_up_flood(person: AbstractUser, *, unconfirmed: int, limit: int) -> None:
    """To a colleague who looks after the list: many sign-ups, and nobody confirms them."""
    context = {
        "name": person.first_name,
        "unconfirmed": unconfirmed,
        "limit": limit,
        "admin_url": links.absolute("wagtailadmin_home"),
    }
    post_letter("sign_up_flood", to=person.email, context=context)


def _about(ebook: Ebook | None) -> dict[str, str]:
    return {"ebook": ebook.title, "about_book": ebook.blurb} if ebook else {}


def _about_gift(grant: EbookGrant) -> dict[str, str]:
    numbers = {"days": str(apnumber(GRANT_DAYS)), "downloads": str(apnumber(EbookGrant.MAX_DOWNLOADS))}
    return {**_about(grant.ebook), **numbers}


def _way_out_headers(subscriber: Subscriber, *, url: str = "") -> dict[str, str]:
    """RFC 2369 and RFC 8058: the same address as in the letter, where all of it ends if `url` is not a smaller way."""
    return {
        "List-Unsubscribe": f"<{url or links.unsubscribe_url(subscriber)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _post(
    kind: str,
    subscriber: Subscriber,
    values: Mapping[str, str] | None = None,
    *,
    words: Words | None = None,
    button_url: str = "",
    headers: dict[str, str] | None = None,
    about: str = "",
    to: str = "",
    offers: Sequence[OwnOffer] = (),
    followed: Sequence[FollowedItem] = (),
) -> None:
    """Write the letter in these words, or else the kind's own, and put it into the outbox.

    It goes to the subscriber's address, if `to` names no other.
    """
    page = NewsletterPage.objects.live().first()
    letter = write_letter(
        words or words_of(kind),
        {"name": spoken_name(subscriber.name), "newsletter": name_of_newsletter(page), **(values or {})},
        button_url=button_url,
        unsubscribe_url=links.unsubscribe_url(subscriber),
        own_url=links.own_url(subscriber),
        postal_address=page.postal_address if page else "",
        offers=offers,
        followed=followed,
    )
    post_ready_letter(
        kind,
        to=to or subscriber.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        headers={**sender_headers(page), **(headers or {})},
        about=about,
    )


def name_of_newsletter(page: NewsletterPage | None) -> str:
    """What the letter is called in a sentence: the site's name, or its page's title."""
    site = page.get_site() if page else None
    return (site.site_name if site else "") or (page.title if page else "")


def sender_headers(page: NewsletterPage | None) -> dict[str, str]:
    """Letters come from the name that the issues will come from."""
    if page is None:
        return {}
    found = {"From": formataddr((page.sender_name, page.sender_email))}
    return {**found, "Reply-To": page.reply_to} if page.reply_to else found
