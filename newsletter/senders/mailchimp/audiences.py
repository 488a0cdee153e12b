"""The account, its audiences, their merge fields and webhooks."""

from newsletter.senders.mailchimp.calling import Caller
from newsletter.senders.mailchimp.shapes import Account, Audience, MergeField, Webhook

EVENTS = ("subscribe", "unsubscribe", "profile", "cleaned", "upemail", "campaign")
SOURCES = ("user", "admin", "api")
MOST_LISTED = 1000


class AudienceCalls(Caller):
    """Calls about audiences. Setting things up is safe to repeat: look first, `ensure_…`."""

    def ping(self) -> None:
        """Whether key and service are well; raises if not."""
        self.call(self.pings.get, is_repeatable=True, read=lambda answer: answer["health_status"])

    def read_account(self) -> Account:
        """Whose key it is."""
        return self.call(self.root.get_root, is_repeatable=True, read=Account.read)

    def list_audiences(self) -> list[Audience]:
        """All audiences of the account."""
        return self.call(
            self.lists.get_all_lists,
            is_repeatable=True,
            read=lambda answer: [Audience.read(one) for one in answer["lists"]],
            count=MOST_LISTED,
        )

    def read_audience(self, audience: str) -> Audience:
        """One audience, by its id."""
        return self.call(self.lists.get_list, audience, is_repeatable=True, read=Audience.read)

    def list_merge_fields(self, audience: str) -> list[MergeField]:
        """The fields that members of the audience have."""
        return self.call(
            self.lists.get_list_merge_fields,
            audience,
            is_repeatable=True,
            read=lambda answer: [MergeField.read(one) for one in answer["merge_fields"]],
            count=MOST_LISTED,
        )

    def ensure_merge_field(self, audience: str, *, tag: str, name: str, kind: str = "text") -> MergeField:
        """The field with that tag (10 capital letters or digits at most); made if it is missing."""
        for one in self.list_merge_fields(audience):
            if one.tag == tag:
                return one
        return self.call(
            self.lists.add_list_merge_field,
            audience,
            {"tag": tag, "name": name, "type": kind, "required": False, "public": False},
            is_repeatable=False,
            read=MergeField.read,
        )

    def list_webhooks(self, audience: str) -> list[Webhook]:
        """The audience's webhooks."""
        return self.call(
            self.lists.get_list_webhooks,
            audience,
            is_repeatable=True,
            read=lambda answer: [Webhook.read(one) for one in answer["webhooks"]],
        )

    def ensure_webhook(self, audience: str, *, url: str) -> Webhook:
        """The webhook with that address, told of all events from all sources; made if it is missing.

        Mailchimp asks the address by GET before it answers. Only the answer to the making has a signing secret.
        """
        wanted = {"events": dict.fromkeys(EVENTS, True), "sources": dict.fromkeys(SOURCES, True)}
        for one in self.list_webhooks(audience):
            if one.url == url:
                if all(one.events.get(name) for name in EVENTS) and all(one.sources.get(name) for name in SOURCES):
                    return one
                args = (audience, one.pk, {"url": url, **wanted})
                return self.call(self.lists.update_list_webhook, *args, is_repeatable=True, read=Webhook.read)
        body = {"url": url, **wanted}
        return self.call(self.lists.create_list_webhook, audience, body, is_repeatable=False, read=Webhook.read)

    def delete_webhook(self, audience: str, webhook: str) -> None:
        """Take a webhook away. Raises MailchimpRefused (404) where it is gone."""
        self.call(self.lists.delete_list_webhook, audience, webhook, is_repeatable=True)
