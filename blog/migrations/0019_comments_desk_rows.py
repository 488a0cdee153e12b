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


AT_ONCE = 500


def name_commenters(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One row a mailbox; a reply answers the comment that began its thread, as far as anybody knows."""
    from guard.addresses import InvalidAddressError, fingerprint, normalise  # noqa: PLC0415

    comment: Any = apps.get_model("blog", "Comment")
    commenter: Any = apps.get_model("blog", "Commenter")
    comment.objects.filter(parent__isnull=False, answers=None).update(answers=F("parent"))
    rows: dict[str, Any] = {}
    found = comment.objects.filter(staff=None).exclude(email="").only("email").order_by("pk")
    for one in found:
        try:
            mailbox = normalise(one.email)
        except InvalidAddressError:
            continue
        if mailbox not in rows:
            rows[mailbox], _ = commenter.objects.get_or_create(key=fingerprint(mailbox), defaults={"mailbox": mailbox})
        one.commenter = rows[mailbox]
    # No index on the address: a search for each would make large sites wait for hours.
    comment.objects.bulk_update([one for one in found if one.commenter_id], ["commenter"], batch_size=AT_ONCE)


def mark_what_waits(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What came in before it was looked for: personal data and danger to life, in comments that nobody has decided on."""
    from blog.spam.crisis import find_crisis  # noqa: PLC0415
    from blog.spam.personal_data import find_personal_data  # noqa: PLC0415

    comment: Any = apps.get_model("blog", "Comment")
    for one in comment.objects.filter(state__in=["pending", "held"]).only("text", "author_name"):
        one.personal_data = bool(find_personal_data(one.text) or find_personal_data(one.author_name))
        one.crisis = bool(find_crisis(one.text))
        if one.personal_data or one.crisis:
            one.save(update_fields=["personal_data", "crisis"])


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
        migrations.RunPython(mark_what_waits, nothing),
        migrations.RunPython(fill_lists, nothing),
        migrations.RunPython(let_moderators_keep_lists, nothing),
    ]
