"""The rows of the blog, one file a noun."""

from .articles import ArticleIndexPage, ArticlePage
from .authors import AuthorIndexPage, AuthorLink, AuthorPage, Credential
from .comment_marks import CommentReport, HelpfulVote
from .comment_settings import Ban, CommentSettings, Helpline, Mode, RefusalReason, SavedReply
from .commenters import Commenter
from .comments import Comment
from .imports import ImportedItem
from .judgement import AkismetCheck, AkismetFeedback, AkismetStatus, LearntWord
from .notes import ReusableNote
from .outward_links import OutwardLink
from .parts import ArticleTag, Contribution, Correction, RelatedPick
from .reminders import ReviewReminder
from .reviews import Review
from .sources import Reference
from .tasks import MedicalReviewTask
from .topics import Topic, TopicPick

__all__ = [
    "AkismetCheck",
    "AkismetFeedback",
    "AkismetStatus",
    "ArticleIndexPage",
    "ArticlePage",
    "ArticleTag",
    "AuthorIndexPage",
    "AuthorLink",
    "AuthorPage",
    "Ban",
    "Comment",
    "CommentReport",
    "CommentSettings",
    "Commenter",
    "Contribution",
    "Correction",
    "Credential",
    "HelpfulVote",
    "Helpline",
    "ImportedItem",
    "LearntWord",
    "MedicalReviewTask",
    "Mode",
    "OutwardLink",
    "Reference",
    "RefusalReason",
    "RelatedPick",
    "ReusableNote",
    "Review",
    "ReviewReminder",
    "SavedReply",
    "Topic",
    "TopicPick",
]
