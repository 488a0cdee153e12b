"""The editor's form for an article."""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from blog.colleagues import name_of


class ArticleForm(WagtailAdminPageForm):
    """Lets a draft be unfinished, as Wagtail does with required fields; handing in and publishing ask for the rest."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("responsible", "deputy"):
            if name in self.fields:
                self.fields[name].label_from_instance = name_of

    def _post_clean(self) -> None:
        self.instance.may_be_unfinished = self.is_deferred_validation
        try:
            super()._post_clean()
        finally:
            self.instance.may_be_unfinished = False
