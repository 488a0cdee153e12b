"""Offers and partners in the admin: how many codes there are, what was redeemed, a partner's private link."""

import csv
from collections.abc import Iterator
from typing import Any, ClassVar

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet

from blog.reports.base import quote_formula
from newsletter.actions.exporting import Echo
from newsletter.actions.offers import order_minting
from newsletter.actions.redeeming import renew_link, void_code
from newsletter.admin_lists import WIDE, NarrowList
from newsletter.admin_pages import needs, page_of
from newsletter.codes import show_code
from newsletter.errors import NewsletterError
from newsletter.models import Offer, OfferCode, Partner, Redemption, Subscriber
from newsletter.partner_links import partner_url

CHANGE_OFFERS = "newsletter.change_offer"
CHANGE_PARTNERS = "newsletter.change_partner"
SHOWN = 50


class OfferViewSet(SnippetViewSet):
    """What partners give to subscribers."""

    model = Offer
    icon = "tag"
    menu_label = "Offers"
    menu_order = 326
    add_to_admin_menu = True
    copy_view_enabled = False
    index_view_class = NarrowList
    list_display: ClassVar[list[Any]] = [
        "title",
        Column("partner", sort_key="partner__name", classname=WIDE),
        "valid_until",
        Column("codes_made", label="Codes made", classname=WIDE),
        Column("codes_open", label="Open", classname=WIDE),
        Column("redeemed", label="Redeemed"),
    ]
    list_filter: ClassVar[list[str]] = ["partner", "is_active"]
    edit_handler = ObjectList(
        [
            HelpPanel(template="newsletter/admin/offer_panel.html", heading="Codes"),
            FieldPanel("partner"),
            FieldPanel("title"),
            FieldPanel("what"),
            FieldPanel("for_whom"),
            FieldPanel("terms"),
            MultiFieldPanel(
                [FieldPanel("label"), FieldPanel("about_health"), FieldPanel("evidence")], heading="What readers know"
            ),
            FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")], heading="When"),
            MultiFieldPanel(
                [
                    FieldPanel("kind"),
                    FieldPanel("most"),
                    FieldPanel("is_for_new"),
                    FieldPanel("outlives_leaving"),
                    FieldPanel("is_active"),
                ],
                heading="Codes",
            ),
        ]
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With how many codes there are."""
        is_open = Q(codes__state=OfferCode.State.OPEN)
        counted = Offer.objects.select_related("partner")
        return counted.annotate(codes_made=Count("codes"), codes_open=Count("codes", filter=is_open))


class PartnerViewSet(SnippetViewSet):
    """Practices, shops and courses where codes are redeemed."""

    model = Partner
    icon = "group"
    menu_label = "Partners"
    menu_order = 327
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display: ClassVar[list[Any]] = ["name", "place", "is_active"]
    edit_handler = ObjectList(
        [
            HelpPanel(template="newsletter/admin/partner_panel.html", heading="Private link"),
            FieldPanel("name"),
            FieldPanel("place"),
            FieldPanel("is_active"),
        ]
    )


@needs(CHANGE_OFFERS)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_codes(request: HttpRequest, pk: int) -> HttpResponse:
    """The codes of one offer: counts, the latest redemptions, codes for all, taking one back. GET changes nothing."""
    offer = get_object_or_404(Offer.objects.select_related("partner"), pk=pk)
    if request.method == "POST":
        _act_on(request, offer)
        return redirect("newsletter_offer_codes", offer.pk)
    states = dict(offer.codes.values_list("state").annotate(Count("pk")))
    edit = reverse("wagtailsnippets_newsletter_offer:edit", args=[offer.pk])
    context = {
        **page_of("Codes", parent=(edit, offer.title), icon="tag"),
        "offer": offer,
        "shared_code": show_code(offer.shared_code or "") if offer.kind == Offer.Kind.SHARED else "",
        "made": sum(states.values()),
        "states": [(label, states.get(state, 0)) for state, label in OfferCode.State.choices],
        "readers": Subscriber.objects.confirmed().count(),
        "redemptions": offer.redemptions.select_related("partner", "code")[:SHOWN],
    }
    return render(request, "newsletter/admin/offer_codes.html", context)


@needs(CHANGE_OFFERS)
@require_safe
def redemptions_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Every redemption of one offer, a line each; nobody's name or address."""
    offer = get_object_or_404(Offer, pk=pk)
    response = StreamingHttpResponse(_lines(offer), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="redemptions-{offer.pk}.csv"'
    return response


@needs(CHANGE_PARTNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def partner_link(request: HttpRequest, pk: int) -> HttpResponse:
    """The private link of a partner, to pass on; POST makes it anew, and the earlier one dies."""
    partner = get_object_or_404(Partner, pk=pk)
    if request.method == "POST":
        renew_link(partner)
        messages.success(request, "There is a new link. The earlier one leads nowhere from now on.")
        return redirect("newsletter_partner_link", partner.pk)
    edit = reverse("wagtailsnippets_newsletter_partner:edit", args=[partner.pk])
    context = {
        **page_of("Private link", parent=(edit, partner.name), icon="link"),
        "partner": partner,
        "link": partner_url(partner),
    }
    return render(request, "newsletter/admin/partner_link.html", context)


def _act_on(request: HttpRequest, offer: Offer) -> None:
    try:
        if "void" in request.POST:
            void_code(offer, request.POST["void"])
            messages.success(request, "This code is not good any more.")
        else:
            order_minting(offer)
            messages.success(request, "Codes are being made for everybody on the list. You can close this page.")
    except NewsletterError as error:
        messages.error(request, str(error))


def _lines(offer: Offer) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(["offer", "partner", "code", "redeemed at", "taken back at"])
    rows = Redemption.objects.filter(offer=offer).select_related("partner", "code").order_by("at", "pk")
    for row in rows.iterator(chunk_size=1000):
        code = str(row.code) if row.code else show_code(offer.shared_code or "")
        moments = [localtime(at).isoformat(timespec="seconds") if at else "" for at in (row.at, row.taken_back_at)]
        yield writer.writerow([quote_formula(offer.title), quote_formula(row.partner.name), code, *moments])
