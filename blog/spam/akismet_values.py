"""What Akismet is told of a comment: this and nothing else, and only where the site's editors said so.

Values are finished strings: the client sends whatever `str()` makes of anything else. Left out on purpose: the trap
field, whoever the reader claims to be (an administrator is never spam to Akismet), and where the reader came from,
which is not kept.
"""

from datetime import UTC, datetime

from django.conf import settings

from blog.commenting.links import article_url
from blog.models import Comment, CommentSettings


def akismet_values(comment: Comment, rules: CommentSettings, *, recheck_reason: str = "") -> dict[str, str]:
    """The fields of https://akismet.com/developers/comment-check/, without the key; empty ones are left out."""
    modified_at = comment.article.last_published_at
    values = {
        "blog": settings.SITE_URL,
        "user_ip": comment.ip or "",
        "user_agent": comment.user_agent,
        "permalink": article_url(comment),
        "comment_type": "reply" if comment.answers_id or comment.parent_id else "comment",
        "comment_author": comment.author_name,
        "comment_author_email": comment.email if rules.akismet_gets_email else "",
        "comment_content": as_written(comment),
        "comment_date_gmt": _moment(comment.created_at),
        "comment_post_modified_gmt": _moment(modified_at) if modified_at else "",
        "blog_lang": settings.LANGUAGE_CODE.replace("-", "_"),
        "blog_charset": "UTF-8",
        "recheck_reason": recheck_reason,
    }
    return {name: value for name, value in values.items() if value}


def as_written(comment: Comment) -> str:
    """The words before a moderator blanked any of them."""
    return comment.original_text or comment.text


def _moment(moment: datetime) -> str:
    """ISO 8601, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
