"""The list of letters and the page where the words of one are changed."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.views.snippets import EditView, SnippetViewSet

from newsletter.actions.letter_texts import restore_default
from newsletter.admin_lists import WIDE, LookingList, NarrowList
from newsletter.letter_desk.forms import LetterTextForm, WelcomeStepForm
from newsletter.models import LetterText, SeriesLetter, WelcomeStep
from newsletter.samples import post_sample
from newsletter.worded import own_words, words_of_step


class ChangeOnlyPolicy(ModelPermissionPolicy):
    """The letters are there: nobody, not even a superuser, adds or deletes one."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Only "view" and "change", for those who have them."""
        return action in {"view", "change"} and super().user_has_permission(user, action)


class TestingEditView(EditView):
    """Save, or a test of the words as they stand in the form."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Wagtail has checked the right to change before."""
        return self._send_test(request) if "action-test" in request.POST else super().post(request, *args, **kwargs)

    def _send_test(self, request: HttpRequest) -> HttpResponse:
        self.form = self.get_form()
        address = getattr(request.user, "email", "")
        if not self.form.is_valid():
            messages.error(request, "There are errors in the form, so no test was sent.")
        elif not address:
            messages.error(request, "Your account has no email address to send a test to.")
        else:
            given = self.form.save(commit=False)
            words = own_words(given) if isinstance(given, LetterText) else words_of_step(given)
            post_sample(words, name=str(given), to=address)
            messages.success(request, f"A test is on its way to {address}. The words below are not saved yet.")
        return self.render_to_response(self.get_context_data(form=self.form))


class LetterEditView(TestingEditView):
    """And back to the default words."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As above."""
        if "action-restore" not in request.POST:
            return super().post(request, *args, **kwargs)
        restore_default(self.object, by=request.user)
        messages.success(request, f"The letter “{self.object}” has its default words again.")
        return redirect(self.get_edit_url())


class TestItem(ActionMenuItem):
    """Send me a test of what stands in the form."""

    __test__ = False  # no test of pytest's
    name = "action-test"
    label = "Send me a test"
    icon_name = "mail"

    def is_shown(self, context: dict[str, Any]) -> bool:
        """Not while it is written for the first time: that page knows only how to save."""
        return bool(super().is_shown(context) and context["view"] == "edit")


class RestoreItem(ActionMenuItem):
    """Back to the default words."""

    name = "action-restore"
    label = "Restore the default words"
    icon_name = "rotate"

    def is_shown(self, context: dict[str, Any]) -> bool:
        """Where there is something to restore."""
        return bool(super().is_shown(context) and context["view"] == "edit" and context["instance"].is_changed)


class LetterTextViewSet(SnippetViewSet):
    """What every letter says."""

    model = LetterText
    icon = "mail"
    menu_label = "Letters"
    menu_order = 328
    add_to_admin_menu = True
    copy_view_enabled = False
    add_to_reference_index = False
    index_view_class = LookingList
    edit_view_class = LetterEditView
    list_display: ClassVar[list[Any]] = [
        "__str__",
        Column("when", label="Sent when", accessor=lambda text: text.about.when if text.is_known else "no longer sent"),
        Column(
            "words", label="Words", classname=WIDE, accessor=lambda text: "your own" if text.is_changed else "default"
        ),
    ]
    edit_handler = ObjectList(LetterText.panels, base_form_class=LetterTextForm)

    def register_chooser_viewset(self) -> None:
        """Nothing refers to a letter."""


def how_it_stands(step: WelcomeStep) -> str:
    """In words: on, off, or what it waits for."""
    if not step.is_active:
        return "off"
    return "waits: the article is not published" if step.article and not step.article.live else "on"


def count_letters(step: WelcomeStep, state: str) -> int:
    """To how many people this step stands so."""
    return step.letters.filter(state=state).count()


class WelcomeStepViewSet(SnippetViewSet):
    """The welcome series."""

    model = WelcomeStep
    icon = "list-ol"
    menu_label = "Welcome series"
    menu_order = 329
    add_to_admin_menu = True
    copy_view_enabled = False
    add_to_reference_index = False
    edit_view_class = TestingEditView
    index_view_class = NarrowList
    list_display: ClassVar[list[Any]] = [
        "subject",
        Column("days", label="Days after joining", accessor="days"),
        Column("stands", label="State", accessor=how_it_stands),
        Column(
            "waiting",
            label="Waiting",
            classname=WIDE,
            accessor=lambda step: count_letters(step, SeriesLetter.State.WAITING),
        ),
        Column(
            "posted",
            label="Posted",
            classname=WIDE,
            accessor=lambda step: count_letters(step, SeriesLetter.State.POSTED),
        ),
    ]
    ordering: ClassVar[list[str]] = ["days", "pk"]
    edit_handler = ObjectList(WelcomeStep.panels, base_form_class=WelcomeStepForm)

    def register_chooser_viewset(self) -> None:
        """Nothing refers to a step."""


def test_item(model: type) -> ActionMenuItem | None:
    """For the page of a letter that is there already."""
    return TestItem(order=50) if model in {LetterText, WelcomeStep} else None


def restore_item(model: type) -> ActionMenuItem | None:
    """For the page of a letter that has a default."""
    return RestoreItem(order=60) if model is LetterText else None
