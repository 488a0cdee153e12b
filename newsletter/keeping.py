"""What is kept of subscribers and for how long: the one table, which `newsletter.actions.retention` applies."""

from guard.keeping import Rule

UNCONFIRMED = Rule(
    "unconfirmed", 14, "An address whose owner never pressed the button in our letter", "the last asking"
)
IMPORT_FILES = Rule("import files", 7, "A list that was brought and never taken, with its file", "the bringing")
IMPORT_REPORTS = Rule("import reports", 30, "The rows that an import did not take, or had a note about", "the import")
SIGN_UPS = Rule("sign-ups", 1, "That a sign-up form was sent; its address is wiped when it is answered", "the sending")
CONSENT_ORIGINS = Rule(
    "consent origins", 30, "From which network somebody asked or confirmed, where the site keeps it", "the consent"
)
ADDRESS_CHANGES = Rule("address changes", 30, "From which address to which one somebody moved", "the asking")
LEFT = Rule(
    "left",
    730,
    "Who has left, with all that refers to them; a keyed hash stays, so that no list brings them back",
    "the leaving",
)
OFFER_CODES = Rule(
    "offer codes",
    365,
    "The codes of an offer, with the hash of who had which; how many were redeemed, where and when, stays",
    "the offer’s last day",
)
FOLLOW_WISHES = Rule(
    "follow wishes", 14, "A wish to follow something that was not confirmed, or was ended", "the wish or its end"
)
FOLLOW_NOTICES = Rule("follow notices", 90, "That somebody was told what is new in what they follow", "the letter")
MAIL_EVENTS = Rule("mail events", 400, "That a mail came back, arrived or was reported as spam", "the event")
CLICKS = Rule(
    "clicks", 396, "Which links somebody pressed who allowed us to count; the number of each link stays", "the issue"
)
MAILCHIMP_NEWS = Rule(
    "mailchimp news", 30, "That Mailchimp told something of somebody; the address is wiped once it is taken", "the news"
)
MAILCHIMP_WORK = Rule(
    "mailchimp work",
    90,
    "Who had what done or tried at Mailchimp, and that the audience was compared; the last look at the account stays",
    "the asking",
)
MAILCHIMP_FAREWELLS = Rule(
    "mailchimp farewells",
    365,
    "A hash of who is to be deleted or archived there, where that could not be done",
    "the wish",
)

RULES: tuple[Rule, ...] = (
    UNCONFIRMED,
    IMPORT_FILES,
    IMPORT_REPORTS,
    SIGN_UPS,
    CONSENT_ORIGINS,
    ADDRESS_CHANGES,
    LEFT,
    OFFER_CODES,
    FOLLOW_WISHES,
    FOLLOW_NOTICES,
    MAIL_EVENTS,
    CLICKS,
    MAILCHIMP_NEWS,
    MAILCHIMP_WORK,
    MAILCHIMP_FAREWELLS,
)
