from django.db import migrations

CODENAMES = {"view_comment": "Can view comment", "change_comment": "Can change comment"}


def make_group(apps, schema_editor):
    """A group that may open the admin and decide on comments."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    # Django makes permissions after all migrations; made here, they are found then.
    comment, _ = ContentType.objects.get_or_create(app_label="blog", model="comment")
    rights = [
        Permission.objects.get_or_create(content_type=comment, codename=codename, defaults={"name": name})[0]
        for codename, name in CODENAMES.items()
    ]
    rights += Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    group, _ = Group.objects.get_or_create(name="Moderators")
    group.permissions.add(*rights)


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0003_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]

    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
