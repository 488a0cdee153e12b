"""The rows of the newsletter, one file a noun."""

from .address_changes import AddressChange
from .approvals import Approval
from .campaigns import Campaign, CampaignTrial, MailchimpStep
from .check_runs import CheckRun
from .clicks import Click, Departure, IssueLink, KeptNews
from .dispatches import Chunk, Delivery, Dispatch, Slot
from .ebooks import Ebook, EbookEdition, EbookGrant, EditionNotice
from .follows import Follow, FollowNews, FollowNotice
from .imports import ImportLine, SubscriberImport
from .issues import IssuePage, NewsletterPage
from .leaving import LeaveRequest
from .letter_texts import LetterText
from .mail_events import MailEvent
from .mailchimp import MailchimpConnection, MailchimpHealth, MailchimpLine
from .mailchimp_sync import MailchimpErrand, MailchimpEvent, MailchimpMember, MailchimpWalk
from .offers import Offer, OfferCode, Partner, Redemption
from .schedules import DraftRun, DraftSchedule
from .segments import Segment
from .series import SeriesLetter, WelcomeStep
from .sign_ups import ConsentOrigin, SignUpRequest
from .subject_tests import Lot, SubjectTest
from .subscribers import Consent, ConsentWording, Subscriber
from .suppression import Suppression

__all__ = [
    "AddressChange",
    "Approval",
    "Campaign",
    "CampaignTrial",
    "CheckRun",
    "Chunk",
    "Click",
    "Consent",
    "ConsentOrigin",
    "ConsentWording",
    "Delivery",
    "Departure",
    "Dispatch",
    "DraftRun",
    "DraftSchedule",
    "Ebook",
    "EbookEdition",
    "EbookGrant",
    "EditionNotice",
    "Follow",
    "FollowNews",
    "FollowNotice",
    "ImportLine",
    "IssueLink",
    "IssuePage",
    "KeptNews",
    "LeaveRequest",
    "LetterText",
    "Lot",
    "MailEvent",
    "MailchimpConnection",
    "MailchimpErrand",
    "MailchimpEvent",
    "MailchimpHealth",
    "MailchimpLine",
    "MailchimpMember",
    "MailchimpStep",
    "MailchimpWalk",
    "NewsletterPage",
    "Offer",
    "OfferCode",
    "Partner",
    "Redemption",
    "Segment",
    "SeriesLetter",
    "SignUpRequest",
    "Slot",
    "SubjectTest",
    "Subscriber",
    "SubscriberImport",
    "Suppression",
    "WelcomeStep",
]
