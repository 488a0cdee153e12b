"""The line to Mailchimp and what the site is connected to: rows that all processes share."""

from typing import ClassVar

from django.db import models


class MailchimpLine(models.Model):
    """One of the few connections that all processes together may have open; taken until `lease_until` at most.

    `newsletter.senders.mailchimp.lines` alone writes them.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    owner = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="By the clock of the database.")

    def __str__(self) -> str:
        return f"Line {self.number}"


class MailchimpHealth(models.Model):
    """How the service does: one row, for the breaker that all processes share and for the operator."""

    faults_in_a_row = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True, help_text="The breaker: nobody asks before.")
    last_fault = models.CharField(max_length=250, blank=True)
    last_fault_at = models.DateTimeField(null=True, blank=True)
    last_answer_at = models.DateTimeField(null=True, blank=True)
    key_refused_at = models.DateTimeField(null=True, blank=True, help_text="When it last did not take the key.")

    def __str__(self) -> str:
        return f"Mailchimp: {self.faults_in_a_row} faults in a row"


class MailchimpConnection(models.Model):
    """The one audience that subscribers are kept in step with; no row, or `is_on` false: nothing is.

    The database itself writes an errand for whoever changes while `is_on` (`newsletter.triggers`). The key is never
    in a row: it stands in the environment.
    """

    class NewMembers(models.TextChoices):
        SUBSCRIBED = "subscribed", "are subscribed at once: they have confirmed here"
        PENDING = "pending", "are asked once more by Mailchimp"

    is_on = models.BooleanField(default=False)
    audience_id = models.CharField(max_length=40)
    audience_name = models.CharField(max_length=200, blank=True)
    account_name = models.CharField(max_length=200, blank=True)
    double_optin = models.BooleanField(default=False, help_text="What the audience says of itself.")
    new_members = models.CharField(max_length=10, choices=NewMembers, default=NewMembers.SUBSCRIBED)
    signup_form_url = models.URLField(max_length=500, blank=True, help_text="Mailchimp’s own form of the audience.")
    sends_ebook = models.BooleanField(default=False, help_text="Whether the link to the e-book goes to Mailchimp.")
    sends_offer = models.BooleanField(default=False, help_text="Whether the offer code goes to Mailchimp.")
    brings_in = models.BooleanField(default=True, help_text="Whether who joins at Mailchimp’s own form joins here too.")
    merge_fields_ready = models.BooleanField(default=False)
    webhook_id = models.CharField(max_length=40, blank=True)
    webhook_signing_secret = models.CharField(max_length=200, blank=True, help_text="Encrypted; empty: not signed.")
    connected_at = models.DateTimeField(null=True, blank=True)
    push_owner = models.CharField(max_length=32, blank=True)
    push_lease_until = models.DateTimeField(null=True, blank=True)
    last_push_at = models.DateTimeField(null=True, blank=True)
    last_pull_at = models.DateTimeField(null=True, blank=True, help_text="When a whole comparison last ended.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_mailchimp_connection")
        ]

    def __str__(self) -> str:
        return self.audience_name or self.audience_id
