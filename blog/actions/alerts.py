"""Who is written to when comments want a person."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser

RIGHT = "blog.change_comment"  # whoever has it may decide on comments


def moderators() -> list[AbstractUser]:
    """Colleagues with an open account and an address who may decide; administrators where there is nobody else."""
    people: Any = get_user_model().objects
    by_right = people.with_perm(RIGHT, include_superusers=False).exclude(email="").order_by("pk")
    return list(by_right) or list(people.filter(is_superuser=True, is_active=True).exclude(email="").order_by("pk"))
