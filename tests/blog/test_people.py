"""What readers are told about the people behind an article."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from blog.models import AuthorLink, Contribution, Credential
from blog.orcid import clean_orcid
from tests.factories import ArticlePageFactory, AuthorPageFactory, ReviewFactory
from users.models import User


@pytest.mark.parametrize(
    "typed",
    ["0000-0002-1825-0097", "0000000218250097", "https://orcid.org/0000-0002-1825-0097", " 0000-0002-1825-0097/ "],
)
def test_an_orcid_is_taken_in_the_ways_people_copy_it(typed: str) -> None:
    assert clean_orcid(typed) == "0000-0002-1825-0097"


def test_an_orcid_may_end_in_the_sign_for_ten() -> None:
    assert clean_orcid("0000-0002-1694-233x") == "0000-0002-1694-233X"


@given(place=st.integers(0, 14), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_in_an_orcid_is_always_noticed(place: int, digit: str) -> None:
    right = "0000000218250097"
    wrong = right[:place] + digit + right[place + 1 :]
    if wrong == right:
        assert clean_orcid(wrong)
        return
    with pytest.raises(ValidationError, match="last character does not fit"):
        clean_orcid(wrong)


@pytest.mark.parametrize("typed", ["1234", "0000-0002-1825-00977", "javascript:alert(1)", "0000-0002-1825-009٧"])
def test_what_is_no_orcid_is_refused_with_words(typed: str) -> None:
    with pytest.raises(ValidationError, match="four groups"):
        clean_orcid(typed)


@pytest.mark.django_db
def test_a_profile_with_a_wrong_orcid_cannot_be_saved() -> None:
    person = AuthorPageFactory()
    person.orcid = "0000-0002-1825-0098"
    with pytest.raises(ValidationError) as refused:
        person.full_clean()
    assert set(refused.value.message_dict) == {"orcid"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["https://orcid.org/0000-0002-1825-0097", "https://www.orcid.org/0000-0002-1825-0097/"]
)
def test_the_address_of_an_orcid_can_be_pasted_into_the_profile(client: Client, editor: User, typed: str) -> None:
    person = AuthorPageFactory(title="Ann Low")
    client.force_login(editor)
    address = f"/admin/pages/{person.pk}/edit/"
    field = client.get(address).context["form"].fields["orcid"]
    assert field.widget.attrs["maxlength"] == "100"  # else the browser cuts what is pasted
    data = {"title": "Ann Low", "slug": person.slug, "bio": rich_text("<p>Ann.</p>"), "orcid": typed}
    lists = {name: inline_formset([]) for name in ("credentials", "links", "comments")}
    refused = client.post(address, nested_form_data({**data, **lists, "orcid": typed.replace("97", "98")}))
    assert "last character does not fit" in refused.content.decode()
    assert client.post(address, nested_form_data({**data, **lists})).status_code == 302
    assert type(person).objects.get(pk=person.pk).get_latest_revision_as_object().orcid == "0000-0002-1825-0097"


@pytest.mark.django_db
def test_every_article_says_what_its_writers_are_qualified_in(client: Client) -> None:
    nurse, writer = AuthorPageFactory(title="Hazel Marsh", role="Pain nurse"), AuthorPageFactory(role="Journalist")
    Credential.objects.create(author=nurse, degree="RN", body="Nursing Council")
    article = ArticlePageFactory(by=nurse)
    Contribution.objects.create(article=article, author=writer, sort_order=1)
    Contribution.objects.create(article=article, author=AuthorPageFactory(title="Tom Low"), role="edited", sort_order=2)
    html = client.get(article.url).content.decode()
    assert "Pain nurse, RN" in html
    assert "Journalist. No medical qualification" in html
    assert "RN, Nursing Council" in html
    assert "Edited by" in html
    assert "Tom Low" in html


@pytest.mark.django_db
def test_the_author_box_says_what_interests_were_declared(client: Client) -> None:
    person = AuthorPageFactory(interests="Speaks at a maker of <shoes> for money.")
    html = client.get(ArticlePageFactory(by=person).url).content.decode()
    assert "Speaks at a maker of &lt;shoes&gt; for money." in html


@pytest.mark.django_db
def test_a_profile_lists_what_was_reviewed_and_where_else_the_person_is(client: Client) -> None:
    review = ReviewFactory(article__title="Aching knees")
    ReviewFactory(article__title="Changed since", reviewer=review.reviewer, digest="f" * 64)
    AuthorLink.objects.create(author=review.reviewer, label="The register", url="https://register.example/1")
    html = client.get(review.reviewer.url).content.decode()
    assert "Aching knees" in html
    assert "Changed since" not in html
    assert 'href="https://register.example/1"' in html
    assert "No medical qualification" in html


@pytest.mark.django_db
def test_people_who_are_not_introduced_yet_come_last(client: Client) -> None:
    for name, role in (("Ada Blank", ""), ("Bea Told", "Nurse"), ("Cleo Told", "Writer")):
        AuthorPageFactory(title=name, role=role, lead="")
    html = client.get("/authors/").text
    assert html.index("Bea Told") < html.index("Cleo Told") < html.index("Ada Blank")
