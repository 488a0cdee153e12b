"""What people do by themselves, in their mail program or on Mailchimp's pages: each tells the webhooks."""

from typing import Any

from tests.fakes.mailchimp.changing import move_member, set_status
from tests.fakes.mailchimp.selecting import iso, now
from tests.fakes.mailchimp.state import ADMIN, USER, Audience, Member, hash_of


class Contacts:
    """The people of a fake's audiences. Each verb takes an address; `audience` where there is more than one."""

    def __init__(self, fake: Any) -> None:
        self.fake = fake

    def _find(self, address: str, audience: Audience | None) -> tuple[Audience, Member]:
        for one in [audience] if audience else self.fake.audiences.values():
            if member := one.members.get(hash_of(address)):
                return one, member
        raise LookupError(f"{address} is in no audience")

    def confirm(self, address: str, audience: Audience | None = None) -> None:
        """Press the button of the mail that asks for it."""
        with self.fake.lock:
            place, member = self._find(address, audience)
            if member.status == "pending":
                set_status(self.fake, place, member, "subscribed", by=USER)

    def unsubscribe(self, address: str, audience: Audience | None = None, *, campaign: str = "") -> None:
        """Leave by the link in a campaign: no call of the API brings them back as subscribed."""
        self._leave(address, audience, campaign, "unsubscribed", "manual")

    def complain(self, address: str, audience: Audience | None = None, *, campaign: str = "") -> None:
        """Say to their mail provider that it is spam."""
        self._leave(address, audience, campaign, "complained", "abuse")

    def bounce(
        self, address: str, audience: Audience | None = None, *, campaign: str = "", reason: str = "hard"
    ) -> None:
        """Have no such mailbox (any more): the contact is cleaned. `reason` is hard or abuse."""
        with self.fake.lock:
            place, member = self._find(address, audience)
            if sent := self.fake.campaigns.get(campaign):
                sent.got[member.hash] = "hard"
            set_status(self.fake, place, member, "cleaned", by=ADMIN, reason=reason, campaign_id=campaign)

    def _leave(self, address: str, audience: Audience | None, campaign: str, barred: str, reason: str) -> None:
        with self.fake.lock:
            place, member = self._find(address, audience)
            member.barred = barred
            member.reason = "ABUSE" if reason == "abuse" else "NORMAL"
            told = {"reason": reason, "campaign_id": campaign}
            set_status(self.fake, place, member, "unsubscribed", by=USER, **told)
            self._note(campaign, member, "abuse" if reason == "abuse" else "unsubscribe")
            if reason == "abuse":
                place.complaints.append({"hash": member.hash, "campaign": campaign, "at": iso(now())})

    def change_address(self, address: str, new: str, audience: Audience | None = None) -> None:
        """Give another address on Mailchimp's page of their own."""
        with self.fake.lock:
            place, member = self._find(address, audience)
            move_member(self.fake, place, member, new, by=USER)

    def change_fields(self, address: str, audience: Audience | None = None, **merges: Any) -> None:
        """Change merge fields on that page."""
        with self.fake.lock:
            place, member = self._find(address, audience)
            member.merges |= merges
            member.changed_at = now()
            self.fake.webhooks.tell(place, "profile", member, by=USER)

    def sign_up(self, address: str, audience: Audience | None = None, **merges: Any) -> None:
        """Sign up on Mailchimp's hosted form, where those may come back whom the API refuses."""
        with self.fake.lock:
            place = audience or next(iter(self.fake.audiences.values()))
            member = place.members.setdefault(hash_of(address), Member(address, "new", source="Hosted Signup Form"))
            place.forgotten.discard(member.hash)
            member.merges |= merges
            member.signed_up_at, member.barred = now(), ""
            if member.status != "subscribed":
                set_status(self.fake, place, member, "pending" if place.double_optin else "subscribed", by=USER)

    def open(self, address: str, campaign: str, *, proxy: bool = False) -> None:
        """Open a campaign; `proxy`: a machine of the mail provider did."""
        with self.fake.lock:
            place = self.fake.audiences[self.fake.campaigns[campaign].list_id]
            self._note(campaign, self._find(address, place)[1], "open", proxy=proxy)

    def click(self, address: str, campaign: str, url: str) -> None:
        """Follow a link of a campaign."""
        with self.fake.lock:
            place = self.fake.audiences[self.fake.campaigns[campaign].list_id]
            self._note(campaign, self._find(address, place)[1], "click", url=url)

    def _note(self, campaign: str, member: Member, kind: str, **more: Any) -> None:
        if sent := self.fake.campaigns.get(campaign):
            sent.activity.append({"kind": kind, "hash": member.hash, "at": iso(now()), **more})
