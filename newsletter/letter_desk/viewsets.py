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
from newsletter.letter_desk.forms import LetterTextForm
from newsletter.letters import post_sample
from newsletter.models import LetterText


class ChangeOnlyPolicy(ModelPermissionPolicy):
    """The letters are there: nobody, not even a superuser, adds or deletes one."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Only "view" and "change", for those who have them."""
        return action in {"view", "change"} and super().user_has_permission(user, action)


class LetterEditView(EditView):
    """Save, or one of two more buttons: a test of the words as they stand in the form, and back to the default."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Wagtail has checked the right to change before."""
        if "action-restore" in request.POST:
            restore_default(self.object, by=request.user)
            messages.success(request, f"The letter “{self.object}” has its default words again.")
            return redirect(self.get_edit_url())
        if "action-test" in request.POST:
            return self._send_test(request)
        return super().post(request, *args, **kwargs)

    def _send_test(self, request: HttpRequest) -> HttpResponse:
        self.form = self.get_form()
        if self.form.is_valid():
            self._post_test(request, self.form.save(commit=False))
        else:
            messages.error(request, "There are errors in the form, so no test was sent.")
        return self.render_to_response(self.get_context_data(form=self.form))

    def _post_test(self, request: HttpRequest, text: LetterText) -> None:
        address = getattr(request.user, "email", "")
        if not address:
            messages.error(request, "Your account has no email address to send a test to.")
            return
        post_sample(text, to=address)
        messages.success(request, f"A test is on its way to {address}. The words below are not saved yet.")


class TestItem(ActionMenuItem):
    """Send me a test of what stands in the form."""

    __test__ = False  # no test of pytest's
    name = "action-test"
    label = "Send me a test"
    icon_name = "mail"


class RestoreItem(ActionMenuItem):
    """Back to the default words."""

    name = "action-restore"
    label = "Restore the default words"
    icon_name = "undo"

    def is_shown(self, context: dict[str, Any]) -> bool:
        """Where there is something to restore."""
        return bool(super().is_shown(context) and context["instance"].is_changed)


class LetterTextViewSet(SnippetViewSet):
    """What every letter says."""

    model = LetterText
    icon = "mail"
    menu_label = "Letters"
    menu_order = 328
    add_to_admin_menu = True
    copy_view_enabled = False
    add_to_reference_index = False
    edit_view_class = LetterEditView
    list_display: ClassVar[list[Any]] = [
        "__str__",
        Column("when", label="Sent when", accessor=lambda text: text.about.when if text.is_known else "no longer sent"),
        Column("words", label="Words", accessor=lambda text: "your own" if text.is_changed else "default"),
    ]
    edit_handler = ObjectList(LetterText.panels, base_form_class=LetterTextForm)

    def register_chooser_viewset(self) -> None:
        """Nothing refers to a letter."""


def test_item(model: type) -> ActionMenuItem | None:
    """For the page of a letter."""
    return TestItem(order=50) if model is LetterText else None


def restore_item(model: type) -> ActionMenuItem | None:
    """For the page of a letter."""
    return RestoreItem(order=60) if model is LetterText else None
