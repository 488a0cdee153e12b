"""People: who writes, reviews and checks."""

from typing import Any

from blog.models import AuthorPage, Credential, Review

from .script import CONTEXT, without_gaps

ORCID = "https://orcid.org/"


def describe_person(person: AuthorPage) -> dict[str, Any]:
    """A Person: name, job, address here if there is a page, ORCID and credentials where they are known.

    Asks no query if the person's credentials are loaded.
    """
    return without_gaps(
        {
            "@type": "Person",
            "name": person.title,
            "url": person.full_url if person.live else None,
            "jobTitle": person.role,
            "hasCredential": [_credential(one) for one in person.credentials.all()],
            **_orcid(person),
        }
    )


def describe_reviewer(review: Review) -> dict[str, Any]:
    """The Person who made a review, with the qualification that was written down on that day."""
    person = review.reviewer
    return without_gaps(
        {
            "@type": "Person",
            "name": person.title,
            "url": person.full_url if person.live else None,
            "description": review.credential,
            **_orcid(person),
        }
    )


def describe_helper(person: AuthorPage) -> dict[str, Any]:
    """The Person who checked or edited: name and address."""
    return without_gaps({"@type": "Person", "name": person.title, "url": person.full_url if person.live else None})


def describe_profile(person: AuthorPage, *, picture: str = "") -> dict[str, Any]:
    """A ProfilePage about one person, with the places elsewhere; `picture` is an absolute address or empty."""
    known = describe_person(person)
    same_as = [*known.pop("sameAs", []), *(link.url for link in person.links.all())]
    about = without_gaps({**known, "description": person.lead, "image": picture, "sameAs": same_as})
    return without_gaps(
        {
            "@context": CONTEXT,
            "@type": "ProfilePage",
            "url": person.full_url,
            "name": person.title,
            "dateCreated": person.first_published_at and person.first_published_at.isoformat(),
            "dateModified": person.last_published_at and person.last_published_at.isoformat(),
            "mainEntity": about,
        }
    )


def _orcid(person: AuthorPage) -> dict[str, Any]:
    if not person.orcid:
        return {}
    number = {"@type": "PropertyValue", "propertyID": "ORCID", "value": person.orcid, "url": ORCID + person.orcid}
    return {"identifier": number, "sameAs": [ORCID + person.orcid]}


def _credential(credential: Credential) -> dict[str, Any]:
    """A degree or registration, who gave it, and its number if that is public."""
    giver = {"@type": "Organization", "name": credential.body} if credential.body else None
    return without_gaps(
        {
            "@type": "EducationalOccupationalCredential",
            "name": credential.degree,
            "recognizedBy": giver,
            "identifier": credential.number,
        }
    )
