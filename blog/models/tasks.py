"""The step of a workflow in which a medical reviewer reads an article and signs it."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.urls import reverse
from wagtail.models import GroupApprovalTask, TaskState
from wagtail.permission_policies.pages import PagePermissionPolicy

from .authors import AuthorPage
from .parts import Contribution

SIGN, REJECT = "sign", "reject"


class MedicalReviewTask(GroupApprovalTask):
    """Only a person whose profile says "medical reviewer" may sign; signing writes a `Review` of the newest words.

    There is no plain "approve" in it, so that Wagtail's own buttons cannot pass an article that nobody signed.
    The groups see what waits; the profile decides who may sign.
    """

    class Meta:
        verbose_name = "medical review"
        verbose_name_plural = "medical reviews"

    @classmethod
    def get_description(cls) -> str:
        """For the administrator who makes a workflow."""
        return "A medical reviewer who did not write the article reads it and signs the words that were read."

    def reader_for(self, article: Any, user: Any) -> AuthorPage | None:
        """The profile under which this person may sign this article, or None."""
        reviewer = _reviewer(user)
        if reviewer is None:
            return None
        wrote = Contribution.objects.filter(article=article.pk, author=reviewer, role=Contribution.Role.WROTE)
        return None if wrote.exists() else reviewer

    def people(self) -> QuerySet[Any]:
        """Everybody with a log-in who may sign some article."""
        return get_user_model().objects.filter(is_active=True, author_page__is_reviewer=True).distinct()

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        """A reviewer may open the draft that waits for him."""
        return bool(user.is_superuser) or self.reader_for(obj, user) is not None

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """Who signs or publishes may still mend the text; others wait until it was read."""
        may_publish = PagePermissionPolicy().user_has_permission_for_instance(user, "publish", obj)
        return not (may_publish or self.user_can_access_editor(obj, user))

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        """Read and sign, or ask for changes with a reason."""
        if self.reader_for(obj, user) is None:
            return []
        return [(SIGN, "Read and sign", False), (REJECT, "Ask for changes", True)]

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> str | None:
        """Signing has a page of its own, whose address is returned; the rest is as in every task."""
        if action_name == SIGN:
            return reverse("sign_review", args=[task_state.pk])
        if action_name == REJECT:
            super().on_action(task_state, user, action_name, **kwargs)
        return None

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> QuerySet[TaskState]:
        """What waits for this person."""
        if _reviewer(user) is None:
            return TaskState.objects.none()
        return self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)


def _reviewer(user: Any) -> AuthorPage | None:
    return AuthorPage.objects.filter(user=user.pk, is_reviewer=True).first() if user.pk and user.is_active else None
