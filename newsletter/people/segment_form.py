"""The form in which a segment's rule is put together."""

from typing import Any

from django import forms

from blog.models import Topic
from newsletter.models import Segment
from newsletter.segments import ALL, ANY, NO, YES, Rule, find_people, known_sources, read_rule

_EITHER = (("", "Does not matter"), (YES, "Yes"), (NO, "No"))
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RuleForm(forms.Form):
    """Whom the rule means. What is left empty does not narrow it."""

    topics = forms.ModelMultipleChoiceField(
        queryset=Topic.objects.all(),
        required=False,
        label="Topics they chose",
        widget=forms.CheckboxSelectMultiple,
    )
    topics_match = forms.ChoiceField(
        choices=((ANY, "any of these"), (ALL, "all of these")), required=False, label="Of several topics"
    )
    joined_from = forms.DateField(required=False, label="Joined on or after", widget=_DAY)
    joined_to = forms.DateField(required=False, label="Joined on or before", widget=_DAY)
    sources = forms.MultipleChoiceField(required=False, label="How they came", widget=forms.CheckboxSelectMultiple)
    paused = forms.ChoiceField(choices=_EITHER, required=False, label="Has paused now")
    only_big_news = forms.ChoiceField(choices=_EITHER, required=False, label="Asked for big news only")
    has_ebook = forms.ChoiceField(choices=_EITHER, required=False, label="Was given an e-book")
    has_redeemed = forms.ChoiceField(choices=_EITHER, required=False, label="Redeemed a code of their own")
    engaged_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=3650,
        label="Gave a sign of life within so many days",
        help_text="Only of those who allowed us to count what they open: everybody else is left out.",
    )

    def __init__(self, data: Any = None, *, rule: Rule | None = None) -> None:
        super().__init__(data, initial=(rule or Rule()).as_json())
        chosen = set(rule.sources) if rule else set()
        sources = self.fields["sources"]
        sources.choices = [(source, source) for source in sorted({*known_sources(), *chosen})]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("joined_from"), cleaned.get("joined_to")
        if first and last and first > last:
            self.add_error("joined_to", "This day comes before the first one.")
        return cleaned

    @property
    def rule(self) -> Rule:
        """What a valid form says."""
        said = self.cleaned_data
        days = {name: said[name].isoformat() if said[name] else "" for name in ("joined_from", "joined_to")}
        return read_rule(
            {
                **days,
                "topics": [topic.pk for topic in said["topics"]],
                "topics_match": said["topics_match"] or ANY,
                "sources": said["sources"],
                "paused": said["paused"],
                "only_big_news": said["only_big_news"],
                "has_ebook": said["has_ebook"],
                "has_redeemed": said["has_redeemed"],
                "engaged_days": said["engaged_days"] or 0,
            }
        )

    def count(self) -> int | None:
        """How many people a valid form means now; one query. None if it is not valid."""
        return find_people(self.rule).count() if self.is_valid() else None


class NameForm(forms.ModelForm):
    """What the segment is called; a slug that is left empty follows the name."""

    use_required_attribute = False

    class Meta:
        model = Segment
        fields = ("name", "slug")
        help_texts = {"slug": "For commands. Left empty, it follows the name."}  # noqa: RUF012
