"""Who wrote the comments that are there, and what a desk needs on its first day: reasons, helplines, rights."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

REASONS = (
    ("Personal details", "It gives away personal details, of the writer or of somebody else."),
    ("Could harm", "It gives advice that could harm somebody."),
    ("Own case", "It asks about a case of one’s own, which we cannot advise on here."),
    ("Advertising", "It advertises something."),
    ("Off the subject", "It is about something other than the article."),
    ("Attack", "It attacks a person or a group."),
)
HELPLINES = (
    ("Emergency services", "UK", "999", "", "Day and night"),
    ("Emergency services", "European Union", "112", "", "Day and night"),
    ("Samaritans", "UK and Ireland", "116 123", "https://www.samaritans.org/", "Day and night, free of charge"),
    ("988 Suicide & Crisis Lifeline", "United States", "988", "https://988lifeline.org/", "Day and night"),
)

VERBS = ("add", "change", "delete", "view")


def name_commenters(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One row a mailbox; a reply answers the comment that began its thread, as far as anybody knows."""
    from guard.addresses import InvalidAddressError, fingerprint, normalise  # noqa: PLC0415

    comment: Any = apps.get_model("blog", "Comment")
    commenter: Any = apps.get_model("blog", "Commenter")
    comment.objects.filter(parent__isnull=False, answers=None).update(answers=F("parent"))
    for email in comment.objects.filter(staff=None).exclude(email="").values_list("email", flat=True).distinct():
        try:
            mailbox = normalise(email)
        except InvalidAddressError:
            continue
        row, _ = commenter.objects.get_or_create(key=fingerprint(mailbox), defaults={"mailbox": mailbox})
        comment.objects.filter(email=email, staff=None).update(commenter=row)


def fill_lists(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The usual reasons and whom to call; editors change them as they like."""
    reason: Any = apps.get_model("blog", "RefusalReason")
    helpline: Any = apps.get_model("blog", "Helpline")
    for order, (title, words) in enumerate(REASONS):
        reason.objects.get_or_create(title=title, defaults={"words": words, "sort_order": order})
    for order, (name, country, number, url, hours) in enumerate(HELPLINES):
        facts = {"number": number, "url": url, "hours": hours, "sort_order": order}
        helpline.objects.get_or_create(name=name, country=country, defaults=facts)


RIGHTS = (
    *((model, verb) for model in ("ban", "refusalreason", "savedreply", "helpline") for verb in VERBS),
    ("commentsettings", "change"),
)


def let_moderators_keep_lists(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Moderators keep the lists and the rules of their desk."""
    group: Any = apps.get_model("auth", "Group")
    permission: Any = apps.get_model("auth", "Permission")
    content_type: Any = apps.get_model("contenttypes", "ContentType")
    moderators, _ = group.objects.get_or_create(name="Moderators")
    # Django makes permissions after all migrations; made here, they are found then.
    for model, verb in RIGHTS:
        kind, _ = content_type.objects.get_or_create(app_label="blog", model=model)
        right, _ = permission.objects.get_or_create(
            content_type=kind, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {model}"}
        )
        moderators.permissions.add(right)


def nothing(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was filled in goes with its tables."""


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0018_comments_desk"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(name_commenters, nothing),
        migrations.RunPython(fill_lists, nothing),
        migrations.RunPython(let_moderators_keep_lists, nothing),
    ]
