from django.db import migrations

RIGHTS = {
    ("lettertext", "letter"): ("change", "view"),
    ("welcomestep", "welcome letter"): ("add", "change", "delete", "view"),
}


def let_editors_word_letters(apps, schema_editor):
    """Editors change what letters say, and write the welcome series."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    editors, _ = Group.objects.get_or_create(name="Editors")
    # Django makes permissions after all migrations; made here, they are found then.
    for (model, name), verbs in RIGHTS.items():
        kind, _ = ContentType.objects.get_or_create(app_label="newsletter", model=model)
        for verb in verbs:
            right, _ = Permission.objects.get_or_create(
                content_type=kind, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {name}"}
            )
            editors.permissions.add(right)


class Migration(migrations.Migration):
    dependencies = [
        ("newsletter", "0014_welcome_series"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(let_editors_word_letters, migrations.RunPython.noop)]
