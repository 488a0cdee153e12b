"""What a check can find, in words for an editor: the name of the matter and how to put it right."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much it matters. Neither stops anybody from saving or publishing."""

    RED = "red"  # readers could be misled or shut out
    AMBER = "amber"  # could be better


@dataclass(frozen=True)
class Matter:
    """One kind of finding."""

    level: Level
    title: str
    advice: str


MATTERS = {
    "claim": Matter(Level.RED, "Claim without a source", "Put a source mark such as [1] behind it, or say it softer."),
    "bad-mark": Matter(Level.RED, "Mark without a source", "Add the source to the list, or mend the number."),
    "no-alt": Matter(Level.RED, "Picture without words", "Say what it shows, or tick “decorative”."),
    "no-author": Matter(Level.RED, "No author", "Add who wrote it under “Who made it”."),
    "no-sponsor": Matter(Level.RED, "Paid for, by nobody named", "Fill in the sponsor; readers see it above the text."),
    "sponsor-unlabelled": Matter(
        Level.RED, "Sponsor not shown", "Set the kind of piece to “Paid for by a sponsor”, or take the sponsor out."
    ),
    "no-words-for-search": Matter(
        Level.RED, "Neither deck nor description", "Write the deck: search engines and shared links show it."
    ),
    "bold-words": Matter(
        Level.AMBER, "Bold words in the summary", "Make sure that the text backs them with a source, or say it softer."
    ),
    "heading-order": Matter(Level.AMBER, "A heading skips a level", "Use a heading block, then small ones within."),
    "empty-heading": Matter(Level.AMBER, "Empty heading", "Write it or take it out."),
    "reading-level": Matter(
        Level.AMBER, "Hard to read", "Shorter sentences help most; then plainer words for the long ones."
    ),
    "no-description": Matter(
        Level.AMBER, "No description for search engines", "Write one under “Promote”; until then the deck stands in."
    ),
    "long-title": Matter(Level.AMBER, "Title too long for search results", "Write a shorter one under “Promote”."),
    "long-description": Matter(
        Level.AMBER, "Description too long for search results", "Say what matters in the first 155 letters."
    ),
    "no-review": Matter(Level.AMBER, "Not medically reviewed", "Send it to review; readers see that it has none."),
    "old-review": Matter(Level.AMBER, "Changed since its review", "Send the changes to review; readers are told."),
    "review-due": Matter(Level.AMBER, "Review is overdue", "Send it to review; readers are told."),
    "no-sources": Matter(Level.AMBER, "No sources", "Name at least the one that you relied on most."),
    "unused-source": Matter(Level.AMBER, "Source without a mark", "Put its number in the text, or take it out."),
    "link-text": Matter(Level.AMBER, "Link says nothing", "Let the words of the link name where it leads."),
    "many-urgent": Matter(Level.AMBER, "Several urgent boxes", "Keep one: whom to call must be seen at a glance."),
}


@dataclass(frozen=True)
class Finding:
    """One thing found: `code` is a key of `MATTERS`, `words` what it is about, `where` a place or empty."""

    code: str
    words: str = ""
    where: str = ""

    @property
    def matter(self) -> Matter:
        """Name and advice of this kind."""
        return MATTERS[self.code]

    @property
    def level(self) -> Level:
        """Red or amber."""
        return self.matter.level

    def __str__(self) -> str:
        return ": ".join(filter(None, [self.matter.title, self.words]))
