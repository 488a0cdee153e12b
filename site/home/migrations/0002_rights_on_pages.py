from django.db import migrations


def share_out_rights(apps, schema_editor):
    """Editors write, publish and send; Moderators decide on comments and change no page.

    Wagtail's own migrations give the right to publish to Moderators only.
    """
    Group = apps.get_model("auth", "Group")
    rights = apps.get_model("wagtailcore", "GroupPagePermission").objects
    editors = Group.objects.filter(name="Editors").first()
    of_moderators = rights.filter(group__name="Moderators")
    if editors is not None:
        for right in of_moderators:
            rights.get_or_create(group=editors, page_id=right.page_id, permission_id=right.permission_id)
    of_moderators.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0001_initial"),
        ("blog", "0004_moderators"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(share_out_rights, migrations.RunPython.noop)]
