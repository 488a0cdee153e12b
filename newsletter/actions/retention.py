"""What the newsletter forgets, and when: applies `newsletter.keeping.RULES`, a few rows at a time."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from guard.keeping import delete_rows, in_batches
from newsletter import keeping
from newsletter.actions.clicks import fold_old_clicks
from newsletter.actions.connecting import last_look
from newsletter.actions.erasing import erase_subscriber
from newsletter.actions.importing import forget_import_files, forget_import_reports
from newsletter.actions.kept_news import fold_news
from newsletter.actions.sign_up import forget_unconfirmed
from newsletter.models import (
    AddressChange,
    CampaignTrial,
    ConsentOrigin,
    Follow,
    FollowNotice,
    MailchimpEvent,
    MailchimpMember,
    MailchimpStep,
    MailchimpWalk,
    MailEvent,
    OfferCode,
    SignUpRequest,
    Subscriber,
    Suppression,
)


def forget_what_is_due() -> dict[str, int]:
    """Apply every rule; returns how many rows each touched, by the rule's name. Harmless when rung twice."""
    now = timezone.now()
    # What waits for the worker is kept however long: somebody is to be answered.
    old_sign_ups = SignUpRequest.objects.exclude(settled_at=None).filter(asked_at__lt=now - keeping.SIGN_UPS.time)
    old_origins = ConsentOrigin.objects.filter(at__lt=now - keeping.CONSENT_ORIGINS.time)
    old_changes = AddressChange.objects.filter(asked_at__lt=now - keeping.ADDRESS_CHANGES.time)
    gone = Subscriber.objects.filter(state=Subscriber.State.LEFT, left_at__lt=now - keeping.LEFT.time)
    old_wishes = Follow.objects.asked().filter(asked_at__lt=now - keeping.FOLLOW_WISHES.time)
    old_notices = FollowNotice.objects.exclude(state=FollowNotice.State.WAITING)
    old_notices = old_notices.filter(at__lt=now - keeping.FOLLOW_NOTICES.time)
    last_days = timezone.localdate() - keeping.OFFER_CODES.time
    old_codes = OfferCode.objects.filter(offer__valid_until__lte=last_days)
    return {
        keeping.UNCONFIRMED.name: forget_unconfirmed(),
        keeping.IMPORT_FILES.name: forget_import_files(),
        keeping.IMPORT_REPORTS.name: forget_import_reports(),
        keeping.SIGN_UPS.name: delete_rows(old_sign_ups),
        keeping.CONSENT_ORIGINS.name: delete_rows(old_origins),
        keeping.ADDRESS_CHANGES.name: delete_rows(old_changes),
        keeping.LEFT.name: in_batches(gone, _erase),
        keeping.OFFER_CODES.name: delete_rows(old_codes),
        keeping.FOLLOW_WISHES.name: delete_rows(old_wishes),
        keeping.FOLLOW_NOTICES.name: delete_rows(old_notices),
        keeping.MAIL_EVENTS.name: in_batches(
            MailEvent.objects.filter(at__lt=now - keeping.MAIL_EVENTS.time), fold_news
        ),
        keeping.CLICKS.name: fold_old_clicks(),
        **_forget_of_mailchimp(now),
    }


def _forget_of_mailchimp(now: datetime) -> dict[str, int]:
    """News that nobody could take is forgotten too: the comparison of the whole audience finds what it told of."""
    old_news = MailchimpEvent.objects.filter(came_at__lt=now - keeping.MAILCHIMP_NEWS.time)
    before, look = now - keeping.MAILCHIMP_WORK.time, last_look()
    old_work = (
        MailchimpStep.objects.filter(asked_at__lt=before).exclude(pk=look.pk if look else None),
        CampaignTrial.objects.filter(asked_at__lt=before),
        MailchimpWalk.objects.filter(began_at__lt=before).exclude(ended_at=None),
    )
    to_go = MailchimpMember.objects.exclude(to_go=MailchimpMember.ToGo.NO)
    return {
        keeping.MAILCHIMP_NEWS.name: delete_rows(old_news),
        keeping.MAILCHIMP_WORK.name: sum(delete_rows(rows) for rows in old_work),
        keeping.MAILCHIMP_FAREWELLS.name: delete_rows(
            to_go.filter(noted_at__lt=now - keeping.MAILCHIMP_FAREWELLS.time)
        ),
    }


def _erase(some: Any) -> int:
    return sum(erase_subscriber(person, reason=Suppression.Reason.LEFT) for person in some)
