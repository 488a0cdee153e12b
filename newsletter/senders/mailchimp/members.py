"""The members of an audience. By rule no call here makes a known contact `subscribed`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from newsletter.senders.mailchimp.calling import Caller
from newsletter.senders.mailchimp.shapes import BatchResult, Member, Page

MOST_IN_A_BATCH = 500
MOST_IN_A_PAGE = 1000
_MEMBER = "id,email_address,unique_email_id,web_id,status,merge_fields,tags,last_changed,timestamp_opt"
_FIELDS = [f"members.{name}" for name in (*_MEMBER.split(","), "unsubscribe_reason")] + ["total_items"]

Body = Mapping[str, Any]


class MemberCalls(Caller):
    """Calls about members. `pk` is always the hash of the address (`shapes.hash_of`)."""

    def read_member(self, audience: str, pk: str) -> Member:
        """One contact as it stands. Raises MailchimpRefused (404) where there is none."""
        return self.call(self.lists.get_list_member, audience, pk, is_repeatable=True, read=Member.read)

    def list_members(
        self, audience: str, *, offset: int = 0, status: str = "", changed_since: datetime | None = None
    ) -> Page:
        """A page of up to 1,000, those longest there first. Archived ones only where `status` asks for them."""
        query: dict[str, Any] = {"count": MOST_IN_A_PAGE, "offset": offset, "fields": _FIELDS}
        query |= {"sort_field": "timestamp_signup", "sort_dir": "ASC"}
        query |= {"status": status} if status else {}
        query |= {"since_last_changed": changed_since.isoformat(timespec="seconds")} if changed_since else {}
        return self.call(self.lists.get_list_members_info, audience, is_repeatable=True, read=Page.read, **query)

    def set_member(self, audience: str, pk: str, body: Body) -> Member:
        """PUT: adds whoever is new with the `status_if_new` of the body, changes the others; does not touch tags."""
        args = (audience, pk, dict(body))
        return self.call(
            self.lists.set_list_member, *args, is_repeatable=True, read=Member.read, skip_merge_validation="true"
        )

    def change_member(self, audience: str, pk: str, body: Body) -> Member:
        """PATCH of a known contact, such as another address or `unsubscribed`."""
        args = (audience, pk, dict(body))
        return self.call(
            self.lists.update_list_member, *args, is_repeatable=True, read=Member.read, skip_merge_validation="true"
        )

    def set_tags(self, audience: str, pk: str, *, active: Sequence[str], inactive: Sequence[str] = ()) -> None:
        """Give and take tags by name."""
        tags = [{"name": name, "status": "active"} for name in active]
        tags += [{"name": name, "status": "inactive"} for name in inactive]
        self.call(self.lists.update_list_member_tags, audience, pk, {"tags": tags}, is_repeatable=True)

    def add_members(self, audience: str, bodies: Sequence[Body], *, update_existing: bool = False) -> BatchResult:
        """A batch of 500 at most, each with `email_address`, `status` and, if wanted, `tags`.

        Without `update_existing` known contacts stay as they are: they come back as errors, ERROR_CONTACT_EXISTS.
        Not repeated by itself after a lost answer: then the same errors would say nothing.
        """
        body = {"members": [dict(one) for one in bodies], "update_existing": update_existing}
        query = {"skip_merge_validation": "true", "skip_duplicate_check": "true"}
        return self.call(
            self.lists.batch_list_members, audience, body, is_repeatable=False, read=BatchResult.read, **query
        )

    def archive_member(self, audience: str, pk: str) -> None:
        """Take a contact out of the audience; can be undone there. Raises MailchimpRefused (404, 405) if not in it."""
        self.call(self.lists.delete_list_member, audience, pk, is_repeatable=True)

    def erase_member(self, audience: str, pk: str) -> None:
        """Delete a contact for good: no call ever brings it back. Only for somebody who asked to be erased."""
        self.call(self.lists.delete_list_member_permanent, audience, pk, is_repeatable=True)

    def list_complaints(self, audience: str, *, offset: int = 0) -> list[str]:
        """The addresses of those who reported a campaign as spam; 1,000 a page."""
        return self.call(
            self.lists.get_list_abuse_reports,
            audience,
            is_repeatable=True,
            read=lambda answer: [str(one["email_address"]) for one in answer["abuse_reports"]],
            count=MOST_IN_A_PAGE,
            offset=offset,
        )

    def ensure_segment(self, audience: str, *, name: str) -> int:
        """The id of the tag of that name (a tag is a static segment); made, with nobody in it, if it is missing."""
        found = self.call(
            self.lists.list_segments,
            audience,
            is_repeatable=True,
            read=lambda answer: {str(one["name"]): int(one["id"]) for one in answer["segments"]},
            type="static",
            count=MOST_IN_A_PAGE,
        )
        if name in found:
            return found[name]
        body = {"name": name, "static_segment": []}
        return self.call(
            self.lists.create_segment, audience, body, is_repeatable=False, read=lambda answer: int(answer["id"])
        )

    def tag_many(self, audience: str, segment: int, *, add: Sequence[str], remove: Sequence[str] = ()) -> int:
        """Put addresses into a static segment or take them out, 500 at most; how many could not be."""
        body = {"members_to_add": list(add), "members_to_remove": list(remove)}
        return self.call(
            self.lists.batch_segment_members,
            body,
            audience,
            segment,
            is_repeatable=True,
            read=lambda answer: int(answer.get("error_count") or 0),
        )

    def delete_segment(self, audience: str, segment: int) -> None:
        """Take a tag away from all; the contacts stay."""
        self.call(self.lists.delete_segment, audience, segment, is_repeatable=True)
