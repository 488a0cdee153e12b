"""What is kept of subscribers and for how long: the one table, which `newsletter.actions.retention` applies."""

from guard.keeping import Rule

UNCONFIRMED = Rule(
    "unconfirmed", 14, "An address whose owner never pressed the button in our letter", "the last asking"
)

RULES: tuple[Rule, ...] = (UNCONFIRMED,)
