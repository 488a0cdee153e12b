"""The step of a workflow in which a medical reviewer reads an article and signs it."""

from wagtail.models import GroupApprovalTask


class MedicalReviewTask(GroupApprovalTask):
    """Only a person whose profile says "medical reviewer" may approve; approving writes a `Review` of that revision."""

    class Meta:
        verbose_name = "medical review"
        verbose_name_plural = "medical reviews"
