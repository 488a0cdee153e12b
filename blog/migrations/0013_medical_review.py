from django.db import migrations

RIGHTS = {"add_review": "Can add review", "view_review": "Can view review"}
WORKFLOW = "Medical review"


def make_workflow(apps, schema_editor):
    """Medical review first, then an editor publishes; for all articles. Reviewers may open the admin."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    reviewers, _ = Group.objects.get_or_create(name="Medical reviewers")
    reviewers.permissions.add(
        *Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    editors, _ = Group.objects.get_or_create(name="Editors")
    # Django makes permissions after all migrations; made here, they are found then.
    review, _ = ContentType.objects.get_or_create(app_label="blog", model="review")
    for codename, name in RIGHTS.items():
        right, _ = Permission.objects.get_or_create(
            content_type=review, codename=codename, defaults={"name": name}
        )
        editors.permissions.add(right)

    Workflow = apps.get_model("wagtailcore", "Workflow")
    if Workflow.objects.filter(name=WORKFLOW).exists():
        return
    first = _task(apps, "blog", "MedicalReviewTask", "Medical review", reviewers)
    second = _task(apps, "wagtailcore", "GroupApprovalTask", "Publishing", editors)
    workflow = Workflow.objects.create(name=WORKFLOW, active=True)
    steps = apps.get_model("wagtailcore", "WorkflowTask").objects
    for order, task in enumerate((first, second)):
        steps.create(workflow=workflow, task_id=task.task_ptr_id if order else task.groupapprovaltask_ptr_id, sort_order=order)
    for index in apps.get_model("blog", "ArticleIndexPage").objects.all():
        apps.get_model("wagtailcore", "WorkflowPage").objects.get_or_create(
            page_id=index.page_ptr_id, defaults={"workflow": workflow}
        )


def let_editors_moderate(apps, schema_editor):
    """Wagtail's own workflow for all other pages asks Moderators, who decide on comments here and publish nothing."""
    Group = apps.get_model("auth", "Group")
    tasks = apps.get_model("wagtailcore", "GroupApprovalTask").objects
    for task in tasks.filter(name="Moderators approval", groups__name="Moderators"):
        task.groups.set(Group.objects.filter(name="Editors"))
        task.name = "Editors approval"
        task.save()
        apps.get_model("wagtailcore", "Workflow").objects.filter(name="Moderators approval").update(
            name="Editors approval"
        )


def _task(apps, app, model, name, group):
    ContentType = apps.get_model("contenttypes", "ContentType")
    kind, _ = ContentType.objects.get_or_create(app_label=app, model=model.lower())
    task = apps.get_model(app, model).objects.create(name=name, active=True, content_type=kind)
    task.groups.add(group)
    return task


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0012_review_words"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.RunPython(make_workflow, migrations.RunPython.noop),
        migrations.RunPython(let_editors_moderate, migrations.RunPython.noop),
    ]
