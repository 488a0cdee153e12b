"""Reads JSON-LD as strictly as schema.org defines it, and asks for what Google's search asks for.

The table in `data/schema_org.json` holds the types and properties that we use, and no others: an unknown one fails.
"""

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_TABLE = json.loads((Path(__file__).parent / "data" / "schema_org.json").read_text())
TYPES: dict[str, list[str]] = _TABLE["types"]
PROPERTIES: dict[str, dict[str, list[str]]] = _TABLE["properties"]
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_KEYWORDS = {"@context", "@type", "@id"}
# Without these a page is passed over, or shown without its picture, person or date.
REQUIRED = {
    "Article": {"headline", "author", "datePublished", "dateModified", "publisher", "mainEntityOfPage", "description"},
    "MedicalWebPage": {"reviewedBy", "lastReviewed", "medicalAudience"},
    "AdvertiserContentArticle": {"sponsor"},
    "Comment": {"author", "datePublished", "text"},
    "CorrectionComment": {"datePublished", "text"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position"},
    "ProfilePage": {"mainEntity"},
    "Person": {"name"},
    "Organization": {"name"},
    "WebSite": {"name", "url"},
    "SearchAction": {"target", "query-input"},
    "ImageObject": {"url"},
    "CollectionPage": {"name", "url"},
    "PublicationIssue": {"issueNumber", "isPartOf", "datePublished", "name", "url"},
    "EducationalOccupationalCredential": {"name"},
    "PropertyValue": {"propertyID", "value"},
}


def scripts_of(html: str) -> list[dict[str, Any]]:
    """Every piece of JSON-LD on a page."""
    return [json.loads(script) for script in _SCRIPT.findall(html)]


def faults_of(node: dict[str, Any], where: str = "") -> list[str]:
    """What is wrong with one node and all inside it, in words; an empty list if nothing is."""
    kinds = _listed(node.get("@type"))
    where = where or "/".join(kinds)
    unknown = [kind for kind in kinds if kind not in TYPES]
    if unknown or not kinds:
        return [f"{where}: unknown type {unknown or 'none'}"]
    faults = []
    if "@id" in node and not _is_address(node["@id"]):
        faults.append(f"{where}: @id is no absolute address")
    for kind in _ancestors(kinds):
        # An article in a list (name and address) is a mention, not the article itself.
        missing = REQUIRED.get(kind, set()) - set(node) if kind in kinds and not _is_mention(node) else set()
        faults += [f"{where}: {kind} without {name}" for name in sorted(missing)]
    for name, value in node.items():
        if name not in _KEYWORDS:
            faults += _property_faults(kinds, name, value, f"{where}.{name}")
    return faults


def _property_faults(kinds: list[str], name: str, value: Any, where: str) -> list[str]:
    if name == "query-input":  # schema.org's way to say how the query of an action is given
        return [] if "SearchAction" in kinds and isinstance(value, str) else [f"{where}: not a query"]
    if name not in PROPERTIES:
        return [f"{where}: no such property"]
    rule = PROPERTIES[name]
    faults = [] if _ancestors(kinds) & set(rule["on"]) else [f"{where}: not a property of {kinds}"]
    if value in ("", [], None):
        return [*faults, f"{where}: empty"]
    for one in _listed(value):
        faults += _value_faults(rule["holds"], name, one, where)
    return faults


def _value_faults(holds: list[str], name: str, value: Any, where: str) -> list[str]:
    if isinstance(value, dict):
        fits = not value.get("@type") or _ancestors(_listed(value["@type"])) & set(holds)
        return [*faults_of(value, where), *([] if fits else [f"{where}: holds {holds}, not {value['@type']}"])]
    if name == "item":  # Google's short form: the address of the thing
        return [] if _is_address(value) else [f"{where}: {value!r} is no absolute address"]
    fits = any(_CHECKS[kind](value) for kind in holds if kind in _CHECKS)
    return [] if fits else [f"{where}: {value!r} is none of {holds}"]


def _is_mention(node: dict[str, Any]) -> bool:
    return set(node) <= {"@type", "@id", "name", "headline", "url"} and "url" in node and "headline" in node


def _ancestors(kinds: list[str]) -> set[str]:
    found = set(kinds)
    for kind in kinds:
        found |= _ancestors(TYPES[kind])
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_address(value: Any) -> bool:
    if not isinstance(value, str) or re.search(r"\s", value):
        return False
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _reads(parse: Any) -> Any:
    def check(value: Any) -> bool:
        try:
            return parse(value) is not None
        except (TypeError, ValueError):
            return False

    return check


def _is_moment(value: str) -> bool | None:
    return datetime.fromisoformat(value).tzinfo is not None or None


_CHECKS = {
    "Text": lambda value: isinstance(value, str) and bool(value.strip()),
    "URL": _is_address,
    "Date": lambda value: isinstance(value, str) and len(value) == 10 and _reads(date.fromisoformat)(value),
    "DateTime": lambda value: isinstance(value, str) and len(value) > 10 and _reads(_is_moment)(value),
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "Number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Boolean": lambda value: isinstance(value, bool),
    "Duration": lambda value: isinstance(value, str) and bool(re.fullmatch(r"PT[1-9]\d*M", value)),
}
