"""Whoever changes is to be told to Mailchimp: the database itself writes the errand, in the transaction of the change.

No action, no import and no statement past the models can forget it. Put up and taken down with `newsletter.triggers`.
While no audience is connected nothing is written.
"""

from typing import NamedTuple

from django.db.backends.utils import CursorWrapper

_IS_ON = "EXISTS (SELECT 1 FROM newsletter_mailchimpconnection WHERE is_on)"
_SUBSCRIBERS, _TOPICS = "newsletter_subscriber", "newsletter_subscriber_topics"
_CONFIRMS = "NEW.state = 'confirmed' AND OLD.state <> 'confirmed'"
_CHANGES = "UPDATE OF state, mailbox, name"
_DIFFERS = "(NEW.state <> OLD.state OR NEW.mailbox <> OLD.mailbox OR NEW.name <> OLD.name)"


class Errand(NamedTuple):
    """After `moment` on a row of `table`, where `when` holds: an errand for `who`; `asked`: by their own press."""

    name: str
    table: str
    moment: str
    when: str = "TRUE"
    who: str = "NEW.subscriber_id"
    asked: str = "FALSE"

    @property
    def statement(self) -> str:
        """What is done, in the words of both databases."""
        return (
            "INSERT INTO newsletter_mailchimperrand (subscriber_id, version, has_asked, tries, next_try_at, fault)"  # noqa: S608 - ours
            f" VALUES ({self.who}, 1, {self.asked}, 0, NULL, '') ON CONFLICT (subscriber_id) DO UPDATE SET"
            " version = newsletter_mailchimperrand.version + 1, tries = 0, next_try_at = NULL,"
            " has_asked = (newsletter_mailchimperrand.has_asked OR excluded.has_asked);"
        )


ERRANDS = (
    Errand("newsletter_errand_joined", _SUBSCRIBERS, "INSERT", "NEW.state = 'confirmed'", "NEW.id"),
    Errand("newsletter_errand_changed", _SUBSCRIBERS, _CHANGES, _DIFFERS, "NEW.id", f"({_CONFIRMS})"),
    Errand("newsletter_errand_topic", _TOPICS, "INSERT"),
    Errand("newsletter_errand_no_topic", _TOPICS, "DELETE", who="OLD.subscriber_id"),
    Errand("newsletter_errand_code", "newsletter_offercode", "INSERT", "NEW.subscriber_id IS NOT NULL"),
    Errand("newsletter_errand_book", "newsletter_ebookgrant", "INSERT"),
)


def put_up_on_sqlite(cursor: CursorWrapper, errand: Errand) -> None:
    """Make it, if it is missing."""
    cursor.execute(
        f"CREATE TRIGGER IF NOT EXISTS {errand.name} AFTER {errand.moment} ON {errand.table}"
        f" WHEN {errand.when} AND {_IS_ON} BEGIN {errand.statement} END"
    )


def put_up_on_postgresql(cursor: CursorWrapper, errand: Errand) -> None:
    """Make it, if it is missing."""
    cursor.execute("SELECT 1 FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass", [errand.name, errand.table])
    if cursor.fetchone():
        return
    cursor.execute(
        f"CREATE OR REPLACE FUNCTION {errand.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {errand.when} AND {_IS_ON} THEN {errand.statement} END IF; RETURN NULL; END $$"
    )
    cursor.execute(
        f"CREATE TRIGGER {errand.name} AFTER {errand.moment} ON {errand.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {errand.name}()"
    )
