"""What the blog forgets, and when."""

from datetime import datetime

from django.db.models import Q

from blog.models import Comment


def forget_origins(*, before: datetime) -> int:
    """Wipe the network address and browser of comments written before the moment given; returns how many."""
    kept = Comment.objects.filter(created_at__lt=before).filter(Q(ip__isnull=False) | ~Q(user_agent=""))
    return kept.update(ip=None, user_agent="")
