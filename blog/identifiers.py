"""Numbers under which documents are known: DOI, PMID, ISBN. Each in the one form that is kept here."""

import re
from urllib.parse import quote, unquote, urlsplit

_DOI_PREFIX = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|(?:doi|urn)\s*:\s*(?:doi:)?\s*", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"<>]+")
_PMID_PREFIX = re.compile(
    r"(?:https?://)?(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed)/|(?:pmid|pubmed(?:\s*id)?)\s*:?\s*",
    re.IGNORECASE,
)
_PMID = re.compile(r"[1-9]\d{0,7}")
_ISBN_10 = re.compile(r"[0-9]{9}[0-9X]")
_ISBN_13 = re.compile(r"97[89][0-9]{10}")
_ISBN_PREFIX = re.compile(r"(?:urn:)?isbn(?:-?1[03])?\s*:?\s*", re.IGNORECASE)


def normalise_doi(words: str) -> str:
    """`10.1000/xyz` from that, `doi:10.1000/xyz` or `https://doi.org/10.1000/xyz`. Raises ValueError in plain words."""
    text = words.strip()
    prefix = _DOI_PREFIX.match(text)
    doi = text[prefix.end() :] if prefix else text
    if prefix and "doi.org/" in prefix[0].lower():
        doi = unquote(doi)
    doi = doi.rstrip(".,; ")
    if not _DOI.fullmatch(doi):
        message = "A DOI begins with “10.”, a number and a slash: 10.1136/bmj.n71."
        raise ValueError(message)
    return doi.lower()


def normalise_pmid(words: str) -> str:
    """One to eight digits, from `PMID: 12345678` or the address at PubMed too. Raises ValueError in plain words."""
    text = words.strip()
    prefix = _PMID_PREFIX.match(text)
    pmid = (text[prefix.end() :] if prefix else text).rstrip("/. ")
    if not _PMID.fullmatch(pmid):
        message = "A PMID is a number of one to eight digits, as it stands at PubMed."
        raise ValueError(message)
    return pmid


def normalise_isbn(words: str) -> str:
    """The ten or thirteen signs without hyphens. Raises ValueError, in plain words, for a wrong check digit too."""
    text = words.strip()
    prefix = _ISBN_PREFIX.match(text)
    isbn = re.sub(r"[\s\u2010-\u2013-]", "", text[prefix.end() :] if prefix else text).upper()
    is_short, is_long = _ISBN_10.fullmatch(isbn), _ISBN_13.fullmatch(isbn)
    if not (is_short or is_long):
        message = "An ISBN has ten signs, or thirteen that begin with 978 or 979; hyphens may stay."
        raise ValueError(message)
    if not (_is_isbn_10(isbn) if is_short else _is_isbn_13(isbn)):
        message = "The last sign of this ISBN does not fit the others: one of them is mistyped."
        raise ValueError(message)
    return isbn


def _is_isbn_10(isbn: str) -> bool:
    signs = [10 if sign == "X" else int(sign) for sign in isbn]
    return sum(weight * sign for weight, sign in zip(range(10, 0, -1), signs, strict=True)) % 11 == 0


def _is_isbn_13(isbn: str) -> bool:
    return sum(int(sign) * (3 if place % 2 else 1) for place, sign in enumerate(isbn)) % 10 == 0


def doi_address(doi: str) -> str:
    """Where a DOI is resolved; signs that an address cannot hold are quoted."""
    return f"https://doi.org/{quote(doi, safe='/:;().-_')}"


def pmid_address(pmid: str) -> str:
    """The record at PubMed."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"


def is_doi_address(address: str) -> bool:
    """Whether a web address is nothing but a DOI."""
    return urlsplit(address).netloc.lower() in {"doi.org", "dx.doi.org", "www.doi.org"}
