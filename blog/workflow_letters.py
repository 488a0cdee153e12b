"""Who is told by letter that an article waits, needs changes or went through, in place of Wagtail's mails.

Wagtail hands its own mails to the mail server while the editor waits. These are rows of the outbox.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted

from blog.colleagues import name_of, post_to_colleague
from blog.models import MedicalReviewTask

# Wagtail connects under these names; whoever has the name first, has it.
WAGTAILS = "_email_notification"
# Which of Wagtail's account settings a letter heeds.
WISHES = {"task_waiting": "submitted", "changes_wanted": "rejected", "went_through": "approved"}


def watch() -> None:
    """Take the places of Wagtail's notifiers."""
    takers: tuple[tuple[Any, type, str, Callable[..., None]], ...] = (
        (task_submitted, TaskState, "group_approval_task_submitted", tell_of_task),
        (workflow_submitted, WorkflowState, "workflow_state_submitted", say_nothing),
        (workflow_rejected, WorkflowState, "workflow_state_rejected", tell_of_rejection),
        (workflow_approved, WorkflowState, "workflow_state_approved", tell_of_approval),
    )
    for signal, sender, name, receiver in takers:
        signal.disconnect(sender=sender, dispatch_uid=f"{name}{WAGTAILS}")
        signal.connect(receiver, sender=sender, dispatch_uid=f"{name}{WAGTAILS}")


def say_nothing(**kwargs: Any) -> None:
    """The task that begins tells those who can do something."""


def tell_of_task(instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    """Those who can do the task: reviewers who did not write it, or the members of its groups."""
    task, page = instance.task.specific, instance.workflow_state.content_object.specific
    if isinstance(task, MedicalReviewTask):
        people: Iterable[Any] = [person for person in task.people() if task.reader_for(page, person)]
        address = reverse("sign_review", args=[instance.pk])
    else:
        groups = getattr(task, "groups", None)
        people = get_user_model().objects.filter(groups__in=groups.all()).distinct() if groups else []
        address = _edit_address(page)
    asker = instance.workflow_state.requested_by
    context = {"task": task.name, "is_review": isinstance(task, MedicalReviewTask), "asked_by": name_of(asker)}
    _post("task_waiting", [p for p in people if p != user], page, address, context)


def tell_of_rejection(instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    """Who handed it in, with the reason."""
    state = instance.current_task_state.specific
    context = {"reason": state.get_comment(), "by": name_of(user)}
    page = instance.content_object.specific
    _post("changes_wanted", _asker(instance, user), page, _edit_address(page), context)


def tell_of_approval(instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    """Who handed it in."""
    page = instance.content_object.specific
    _post("went_through", _asker(instance, user), page, _edit_address(page), {"by": name_of(user)})


def _asker(instance: WorkflowState, user: Any) -> list[Any]:
    return [instance.requested_by] if instance.requested_by and instance.requested_by != user else []


def _edit_address(page: Any) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def _post(kind: str, people: Iterable[Any], page: Any, address: str, context: dict[str, Any]) -> None:
    """One letter to each who has an address and wants such mails (Wagtail's account settings)."""
    title = page.get_latest_revision_as_object().title
    everything = {"title": title, "url": f"{settings.SITE_URL}{address}", **context}
    for person in people:
        post_to_colleague(kind, person, wish=WISHES[kind], context=everything)
