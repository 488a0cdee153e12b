"""What Wagtail asks the database anew for every page, kept for a generation: site, settings, the way to a page."""

from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists
from django.http import HttpRequest
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.contrib.settings.registry import registry
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.url_routing import RouteResult

from pagecache.keeping import kept


def offer_kept_rows(request: HttpRequest) -> None:
    """Put on the request, where Wagtail looks first, what it would ask for."""
    site = _find_site(request)
    vars(request)["_wagtail_site"] = site
    if site is None:
        return
    for model in registry:
        if issubclass(model, BaseSiteSetting):
            own = kept(("settings", model, site.pk), partial(model.for_site, site))
            setattr(request, model.get_cache_attr_name(), own)
    if request.resolver_match and request.resolver_match.url_name == "wagtail_serve":
        route = _find_page(site, request.resolver_match.args, request.resolver_match.kwargs)
        if route is not None:
            vars(request)["_wagtail_route_for_request"] = route


def _find_site(request: HttpRequest) -> Site | None:
    key = ("site", request.get_host(), request.get_port())
    return kept(key, lambda: Site._find_for_request(request))  # noqa: SLF001 - what find_for_request() calls


def _find_page(site: Site, args: Any, kwargs: Any) -> RouteResult | None:
    """The live page at that path by one query, where Wagtail goes down the tree step by step.

    None leaves it to Wagtail: no such page, or a page that reads the rest of the path itself.
    """
    path = (args[0] if args else kwargs.get("path", "")).strip("/")
    where = kept(("path", site.pk, path), lambda: _look_up(site, path))
    if where is None:
        return None
    model, key, is_open = where
    rows = model.objects.select_related(*getattr(model, "served_with", ())).filter(pk=key, live=True)
    page = next(iter(rows.order_by()[:1]), None)  # one row needs no order, and sorting out the order is dear
    if page is None:
        return None
    if is_open:
        # Nothing on this site is closed to anybody: no need to ask for every page and all that are above it.
        vars(page)["get_view_restrictions"] = PageViewRestriction.objects.none
    return RouteResult(page)


def _look_up(site: Site, path: str) -> tuple[type[Page], int, bool] | None:
    """Class and key of the page, and whether nothing on this site is closed to anybody."""
    url_path = site.root_page.url_path + (f"{path}/" if path else "")
    pages = Page.objects.filter(url_path=url_path, live=True, path__startswith=site.root_page.path)
    found = pages.order_by("path").values_list("content_type", "pk", ~Exists(PageViewRestriction.objects.all()))[:1]
    for content_type, key, is_open in found:
        model: Any = ContentType.objects.get_for_id(content_type).model_class()
        if model is not None and model.route is Page.route:
            return model, key, is_open
    return None
