"""E-books in the admin: their editions, and telling earlier readers of a new one."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet

from newsletter.actions.telling import earlier_readers, order_telling, why_not_tell
from newsletter.admin_lists import WIDE, NarrowList
from newsletter.admin_pages import needs, page_of
from newsletter.errors import WrongState
from newsletter.models import Ebook, EbookEdition

CHANGE_EBOOKS = "newsletter.change_ebook"


class EbookViewSet(SnippetViewSet):
    """The books that subscribers may be given."""

    model = Ebook
    icon = "doc-full"
    menu_label = "E-books"
    menu_order = 325
    add_to_admin_menu = True  # as all others: nothing is left for Wagtail's list of snippets, which then goes
    index_view_class = NarrowList
    list_display: ClassVar[list[Any]] = [
        "title",
        Column("newest_edition.label", label="Edition", classname=WIDE),
        Column("is_offered", label="On offer", accessor=lambda book: "yes" if book.is_offered else "no"),
        Column("place", sort_key="place", classname=WIDE),
        Column("times_given", label="Links given"),
    ]
    ordering: ClassVar[list[str]] = ["place", "-pk"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            HelpPanel(template="newsletter/admin/edition_panel.html", heading="Earlier readers"),
            FieldPanel("title"),
            FieldPanel("slug"),
            FieldPanel("blurb"),
            FieldPanel("cover"),
            FieldPanel("cover_alt"),
            InlinePanel(
                "editions",
                [
                    FieldPanel("label"),
                    # No link to the file as it is: it has no public address.
                    FieldPanel(
                        "file",
                        widget=forms.FileInput,
                        help_text="PDF or EPUB, at most 50 MB. Only a subscriber's own link leads to it.",
                    ),
                    FieldPanel("changes"),
                    FieldPanel("published_at"),
                ],
                heading="Editions",
                label="Edition",
                min_num=1,
                help_text="Add a new edition rather than change a file: every link then gives the new one, and you can "
                "tell earlier readers.",
            ),
            FieldPanel("is_offered"),
            FieldPanel("place"),
        ]
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With how often each was given."""
        return Ebook.objects.annotate(times_given=Count("grants"))


@needs(CHANGE_EBOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
def tell_readers(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before earlier readers of a book are told of its new edition, and say how many. GET changes nothing."""
    edition = get_object_or_404(EbookEdition.objects.select_related("ebook"), pk=pk)
    if request.method == "POST":
        try:
            order_telling(edition)
        except WrongState as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Earlier readers are being told. You can close this page.")
        return redirect("newsletter_tell_readers", edition.pk)
    book = reverse("wagtailsnippets_newsletter_ebook:edit", args=[edition.ebook_id])
    context = {
        **page_of("Tell earlier readers", parent=(book, edition.ebook.title), icon="mail"),
        "edition": edition,
        "reason": why_not_tell(edition),
        "readers": earlier_readers(edition).count(),
        "told": edition.notices.count(),
    }
    return render(request, "newsletter/admin/tell_readers.html", context)
