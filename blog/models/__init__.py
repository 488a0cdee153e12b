"""The rows of the blog, one file a noun."""

from .articles import ArticleIndexPage, ArticlePage
from .authors import AuthorIndexPage, AuthorLink, AuthorPage, Credential
from .comments import Comment
from .imports import ImportedItem
from .notes import ReusableNote
from .outward_links import OutwardLink
from .parts import ArticleTag, Contribution, Correction, RelatedPick
from .reminders import ReviewReminder
from .reviews import Review
from .sources import Reference
from .tasks import MedicalReviewTask
from .topics import Topic, TopicPick

__all__ = [
    "ArticleIndexPage",
    "ArticlePage",
    "ArticleTag",
    "AuthorIndexPage",
    "AuthorLink",
    "AuthorPage",
    "Comment",
    "Contribution",
    "Correction",
    "Credential",
    "ImportedItem",
    "MedicalReviewTask",
    "OutwardLink",
    "Reference",
    "RelatedPick",
    "ReusableNote",
    "Review",
    "ReviewReminder",
    "Topic",
    "TopicPick",
]
