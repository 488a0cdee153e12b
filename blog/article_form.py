"""The editor's form for an article."""

from wagtail.admin.forms import WagtailAdminPageForm


class ArticleForm(WagtailAdminPageForm):
    """Lets a draft be unfinished, as Wagtail does with required fields; handing in and publishing ask for the rest."""

    def _post_clean(self) -> None:
        self.instance.may_be_unfinished = self.is_deferred_validation
        try:
            super()._post_clean()
        finally:
            self.instance.may_be_unfinished = False
