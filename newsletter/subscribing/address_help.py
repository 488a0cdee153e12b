"""What an address says by itself: that it is mistyped perhaps, gone after minutes, or of a role.

Nobody else is asked and no row about people is read, so the answer tells nothing about who is on the list.
"""

from dataclasses import dataclass, field

from newsletter.models import NewsletterPage

# Where most readers have their mailbox: what a mistyped domain was probably meant to be.
COMMON = (
    *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "live.com", "live.co.uk"),
    *("yahoo.com", "yahoo.co.uk", "icloud.com", "aol.com", "btinternet.com", "virginmedia.com", "talktalk.net"),
    *("ntlworld.com", "protonmail.com", "fastmail.com", "tiscali.co.uk", "blueyonder.co.uk"),
)
# Real providers whose names are one letter away from a greater one.
_REAL = {"mail.com", "email.com", "ymail.com", "gmx.com", "imail.com", "hotmail.co", "fastmail.co.uk"}
_LEAST, _LONG = 5, 8  # letters of a name in which one, or two, may be wrong: "aol" and "sol" are both somebody's

# Providers that hand a mailbox to anybody for some minutes. Not those that forward to a mailbox one keeps.
DISPOSABLE = frozenset(
    {
        *("10minutemail.com", "10minutemail.net", "20minutemail.com", "33m.co", "burnermail.net", "discard.email"),
        *("dispostable.com", "emailondeck.com", "fakeinbox.com", "fakemail.net", "getairmail.com", "getnada.com"),
        *("grr.la", "guerrillamail.biz", "guerrillamail.com", "guerrillamail.de", "guerrillamail.info"),
        *("guerrillamail.net", "guerrillamail.org", "guerrillamailblock.com", "inboxkitten.com", "mailcatch.com"),
        *("maildrop.cc", "mailinator.com", "mailinator.net", "mailnesia.com", "mintemail.com", "moakt.com"),
        *("mohmal.com", "mytemp.email", "nada.email", "pokemail.net", "sharklasers.com", "spam4.me", "temp-mail.io"),
        *("temp-mail.org", "tempail.com", "tempinbox.com", "tempmail.com", "tempmail.net", "tempr.email"),
        *("throwawaymail.com", "trash-mail.com", "trashmail.com", "trashmail.de", "wegwerfmail.de", "yopmail.com"),
        *("yopmail.fr", "yopmail.net"),
    }
)
ROLES = frozenset(
    {
        *("accounts", "admin", "administrator", "billing", "board", "clinic", "contact", "editor", "enquiries"),
        *("enquiry", "finance", "hello", "help", "hr", "info", "jobs", "mail", "marketing", "media", "news", "office"),
        *("practice", "press", "privacy", "reception", "sales", "secretary", "security", "service", "staff"),
        *("support", "surgery", "team", "webmaster"),
    }
)
MACHINES = frozenset(
    {
        *("abuse", "bounce", "bounces", "do-not-reply", "donotreply", "hostmaster", "mailer-daemon", "no-reply"),
        *("nobody", "noreply", "postmaster", "spam"),
    }
)


@dataclass(frozen=True)
class Rules:
    """Who may join, as the team has it on the newsletter's page. `more_disposable`: domains in lower case."""

    refuse_disposable: bool = True
    more_disposable: frozenset[str] = field(default_factory=frozenset)
    refuse_roles: bool = False
    keep_network: bool = False


def read_rules() -> Rules:
    """The rules of the published newsletter page; one query."""
    names = ("refuse_disposable", "disposable_domains", "refuse_roles", "keep_network")
    found = NewsletterPage.objects.live().values_list(*names).first()
    if found is None:
        return Rules()
    disposable, domains, roles, network = found
    return Rules(disposable, frozenset(line.strip().strip("@.").lower() for line in domains.split()), roles, network)


def why_refused(email: str, rules: Rules) -> str:
    """Words for whoever typed it, or nothing. `email` is one that `guard.addresses` has taken."""
    local, domain = _parts(email)
    if local in MACHINES:
        return f"No person reads the mail to {local}@. Please give an address of your own"
    if rules.refuse_disposable and _is_disposable(domain, rules):
        return f"A mailbox at {domain} is gone after minutes, and our letter comes each month. Please give another one"
    if rules.refuse_roles and local in ROLES:
        return f"Several people may read the mail to {local}@. Please give an address of your own"
    return ""


def what_is_special(email: str, rules: Rules) -> str:
    """For the record of a consent: that the address is of a role, or will soon be gone; mostly nothing."""
    local, domain = _parts(email)
    marks = ("address of a role", local in ROLES), ("throw-away address", _is_disposable(domain, rules))
    return ", ".join(words for words, holds in marks if holds)


def what_was_meant(email: str) -> str:
    """The address with the domain that was probably meant, or nothing: `joan@gmial.com` gives `joan@gmail.com`."""
    local, _, domain = email.rpartition("@")
    typed = domain.lower()
    if typed in COMMON or typed in _REAL:
        return ""
    near = [(distance, known) for known in COMMON if (distance := _how_far(typed, known))]
    return f"{local}@{min(near)[1]}" if near else ""


def count_slips(one: str, other: str) -> int:
    """Letters left out, put in, changed or swapped with their neighbour (optimal string alignment distance)."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != wanted)))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                row[-1] = min(row[-1], rows[-2][j - 2] + 1)
        rows.append(row)
    return rows[-1][-1]


def _how_far(typed: str, known: str) -> int:
    """Slips between two domains; 0 where it is more likely another domain than a slip."""
    (name, _, end), (known_name, _, known_end) = typed.partition("."), known.partition(".")
    if max(abs(len(name) - len(known_name)), abs(len(end) - len(known_end))) > 2:  # noqa: PLR2004 - no slips of hands
        return 0
    in_name, in_end = count_slips(name, known_name), count_slips(end, known_end)
    allowed = 0 if len(known_name) < _LEAST else 1 if len(known_name) < _LONG else 2
    return in_name + in_end if in_name <= allowed and in_end <= 1 else 0


def _parts(email: str) -> tuple[str, str]:
    local, _, domain = email.lower().rpartition("@")
    return local.partition("+")[0], domain


def _is_disposable(domain: str, rules: Rules) -> bool:
    labels = domain.split(".")
    every = {".".join(labels[at:]) for at in range(len(labels) - 1)}
    return bool(every & DISPOSABLE or every & rules.more_disposable)
