"""The search page."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from home.search.facets import Choice, Facet
from home.search.finding import find
from home.search.query import tidy_query
from home.search.showing import show_results
from pagecache.views import shared

RESULTS = 10  # a page
Parameters = list[tuple[str, str]]


@shared
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`?q=` words; `?topic=`, `?author=`, `?kind=` (many of each); `?order=newest`, `?spelling=as-typed`, `?page=`.

    Every value is taken as it comes; what is on no list is passed over.
    """
    asked = request.GET
    query = tidy_query(asked.get("q", ""))
    newest, literally = asked.get("order") == "newest", asked.get("spelling") == "as-typed"
    choice = Choice(*(tuple(asked.getlist(name)) for name in ("topic", "author", "kind")))
    found = find(query, choice=choice, newest=newest, literally=literally)
    listing = Paginator(found.articles, RESULTS).get_page(asked.get("page"))
    plain: Parameters = [("q", query)]
    plain += [("order", "newest")] * newest + [("spelling", "as-typed")] * literally
    chosen = [(facet.name, option.value) for facet in found.facets for option in facet.options if option.is_chosen]
    is_first_page = listing.number == 1 and not chosen
    context = {
        "query": query,
        "found": found,
        "listing": listing,
        "results": show_results(list(listing.object_list), found.forms) if found.words else [],
        "chosen": _removable(found.facets, plain, chosen),
        "is_first_page": is_first_page,
        "heading": "h4" if is_first_page and found.beside else "h3",
        "newest": newest,
        "literally": literally,
        "unnarrowed": urlencode(plain),
        "as_typed": urlencode([*plain, ("spelling", "as-typed")]),
        "kept": urlencode(plain + chosen) + "&",
    }
    return render(request, "home/search.html", context)


def _removable(facets: list[Facet], plain: Parameters, chosen: Parameters) -> list[tuple[str, str]]:
    """(name, query string without it) of everything that narrows the results."""
    return [
        (option.name, urlencode(plain + [pair for pair in chosen if pair != (facet.name, option.value)]))
        for facet in facets
        for option in facet.options
        if option.is_chosen
    ]
