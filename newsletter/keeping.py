"""What is kept of subscribers and for how long: the one table, which `newsletter.actions.retention` applies."""

from guard.keeping import Rule

UNCONFIRMED = Rule(
    "unconfirmed", 14, "An address whose owner never pressed the button in our letter", "the last asking"
)
IMPORT_FILES = Rule("import files", 7, "A list that was brought and never taken, with its file", "the bringing")
IMPORT_REPORTS = Rule("import reports", 30, "The rows that an import did not take, or had a note about", "the import")

RULES: tuple[Rule, ...] = (UNCONFIRMED, IMPORT_FILES, IMPORT_REPORTS)
