"""Boxes that stand out from the text: callouts, and offers that are always labelled as what they are."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from wagtail import blocks

from blog.sanitiser import safe_link

from .words import TEXT_FEATURES

OFFER_LABELS = {
    "own": "Our own service",
    "advert": "Advertisement",
    "affiliate": "Affiliate link: we earn something if you buy",
}


class CalloutBlock(blocks.StructBlock):
    """A box that stands out. Colour is never alone: each style has its icon and a worded title."""

    style = blocks.ChoiceBlock(
        choices=[
            ("note", "Note: explains a word"),
            ("tip", "Tip: something to try"),
            ("caution", "Caution: could do harm"),
            ("urgent", "Urgent: whom to call, one per article"),
            ("reviewer", "Reviewer's note, signed"),
        ],
        default="note",
    )
    title = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=TEXT_FEATURES)

    class Meta:
        icon = "info-circle"
        template = "blog/blocks/callout.html"
        label_format = "{style}: {title}"
        description = "A note, a tip, a caution, whom to call, or the reviewer's word."
        preview_value: ClassVar = {
            "style": "tip",
            "title": "Begin with bread",
            "text": "<p>If you eat it every day, it is probably your largest source of salt.</p>",
        }


class OfferValue(blocks.StructValue):
    """An offer with the words that say what it is."""

    @property
    def label(self) -> str:
        """What a reader must know before reading it."""
        return OFFER_LABELS.get(self.get("kind") or "", OFFER_LABELS["advert"])

    @property
    def safe_address(self) -> str:
        """The address if a browser may follow it, else empty."""
        link = safe_link(self.get("address") or "") or ""
        return link if link.lower().startswith(("http", "/")) else ""


class OfferBlock(blocks.StructBlock):
    """Something that is sold. Its label stands on it in words, and a claim about health says what it rests on."""

    kind = blocks.ChoiceBlock(
        choices=list(OFFER_LABELS.items()), default="own", help_text="Stands on the box in words."
    )
    title = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=["bold", "italic", "ol", "ul"])
    address = blocks.CharBlock(max_length=500, label="Link", help_text="https://…, or a page of this site: /contact/.")
    link_text = blocks.CharBlock(max_length=60, default="Read more about the offer")
    about_health = blocks.BooleanBlock(
        required=False,
        default=True,
        label="It concerns health",
        help_text="A treatment, test, product, course or consultation that is to do somebody good.",
    )
    evidence = blocks.TextBlock(
        required=False,
        max_length=600,
        label="What the evidence says",
        help_text="Needed if it concerns health: how well it is known to work, and for whom. [2] names a source.",
    )

    def clean(self, value: Any) -> Any:
        """Ask for the state of the evidence where something is sold for health; a draft may still lack it."""
        cleaned = super().clean(value)
        is_finished = not self.is_deferred_validation
        if is_finished and cleaned["about_health"] and not (cleaned["evidence"] or "").strip():
            words = "Say how well it is known to work. If nobody knows, say that."
            raise blocks.StructBlockValidationError({"evidence": ValidationError(words)})
        if cleaned["address"] and not cleaned.safe_address:
            words = "Begin the address with https://, or with / for a page of this site."
            raise blocks.StructBlockValidationError({"address": ValidationError(words)})
        return cleaned

    class Meta:
        icon = "tag"
        label = "Offer or advert"
        template = "blog/blocks/offer.html"
        value_class = OfferValue
        label_format = "{kind}: {title}"
        description = "Our own service, an advert or an affiliate link; labelled, and honest about the evidence."
        preview_value: ClassVar = {
            "kind": "own",
            "title": "A class for stiff backs",
            "text": "<p>Six evenings, in small groups.</p>",
            "address": "https://example.org/",
            "link_text": "See the dates",
            "about_health": True,
            "evidence": "Exercise helps some people with back pain a little. This class was not studied by itself.",
        }
