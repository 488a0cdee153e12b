"""The sources of an article, and what was put right in it."""

from typing import Any

from blog.models import Correction, Reference

from .script import without_gaps

_STUDIES = {Reference.Evidence.REVIEW, Reference.Evidence.TRIAL, Reference.Evidence.OBSERVATION}
_PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"


def describe_source(reference: Reference) -> dict[str, Any]:
    """A Book if it has an ISBN, a ScholarlyArticle if PubMed lists it or it is a study with a DOI, else a CreativeWork.

    A DOI alone does not make an article: guidelines and tables of figures have one as well.
    """
    is_study = bool(reference.doi) and reference.evidence in _STUDIES
    kind = "ScholarlyArticle" if reference.pmid or is_study else "CreativeWork"
    addresses = [f"https://doi.org/{reference.doi}" if reference.doi else ""]
    addresses.append(f"{_PUBMED}{reference.pmid}/" if reference.pmid else "")
    return without_gaps(
        {
            "@type": "Book" if reference.isbn and kind == "CreativeWork" else kind,
            "name": reference.text,
            "url": reference.link,
            "isbn": reference.isbn if kind == "CreativeWork" else "",
            "identifier": _numbers(reference),
            "sameAs": [address for address in addresses if address and address != reference.link],
        }
    )


def describe_correction(correction: Correction) -> dict[str, Any]:
    """What was wrong and when it was put right."""
    return {
        "@type": "CorrectionComment",
        "datePublished": correction.corrected_on.isoformat(),
        "text": correction.text,
    }


def _numbers(reference: Reference) -> list[dict[str, Any]]:
    known = (("DOI", reference.doi), ("PMID", reference.pmid))
    return [{"@type": "PropertyValue", "propertyID": name, "value": number} for name, number in known if number]
