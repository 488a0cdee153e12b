from django.db import migrations

KINDS = {"topic": "topic", "reusablenote": "reusable note"}
VERBS = ("add", "change", "delete", "view")


def let_editors_keep_shelves(apps, schema_editor):
    """Editors make topics and reusable notes; a topic that holds articles is protected from deletion."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    editors, _ = Group.objects.get_or_create(name="Editors")
    # Django makes permissions after all migrations; made here, they are found then.
    for model, name in KINDS.items():
        kind, _ = ContentType.objects.get_or_create(app_label="blog", model=model)
        for verb in VERBS:
            right, _ = Permission.objects.get_or_create(
                content_type=kind, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {name}"}
            )
            editors.permissions.add(right)


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0016_neutral_topic_icon"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(let_editors_keep_shelves, migrations.RunPython.noop)]
