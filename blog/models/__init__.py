"""The rows of the blog, one file a noun."""

from .articles import ArticleIndexPage, ArticlePage, ArticleTag, Contribution
from .authors import AuthorIndexPage, AuthorPage, Credential
from .comments import Comment
from .imports import ImportedItem
from .reviews import Review
from .sources import Reference
from .topics import Topic

__all__ = [
    "ArticleIndexPage",
    "ArticlePage",
    "ArticleTag",
    "AuthorIndexPage",
    "AuthorPage",
    "Comment",
    "Contribution",
    "Credential",
    "ImportedItem",
    "Reference",
    "Review",
    "Topic",
]
