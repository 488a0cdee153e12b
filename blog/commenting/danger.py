"""Whether words that were not taken sound like danger to life: their writer is shown whom to call all the same."""

from blog.commenting.text import clean_text
from blog.spam.crisis import find_crisis

MOST_READ = 16_000  # signs: twice what a comment may have; a request may hold a hundred times more


def sounds_like_danger(text: str) -> bool:
    """Read the words as they were typed, whatever else is wrong with them."""
    return bool(find_crisis(clean_text(text[:MOST_READ])))
