"""What the newsletter forgets, and when: applies `newsletter.keeping.RULES`, a few rows at a time."""

from newsletter import keeping
from newsletter.actions.importing import forget_import_files, forget_import_reports
from newsletter.actions.sign_up import forget_unconfirmed


def forget_what_is_due() -> dict[str, int]:
    """Apply every rule; returns how many rows each touched, by the rule's name. Harmless when rung twice."""
    return {
        keeping.UNCONFIRMED.name: forget_unconfirmed(),
        keeping.IMPORT_FILES.name: forget_import_files(),
        keeping.IMPORT_REPORTS.name: forget_import_reports(),
    }
