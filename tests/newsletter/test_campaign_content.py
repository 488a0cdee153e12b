"""An issue as Mailchimp gets it: its tags byte for byte, our words as they are written."""

import re

import pytest

from newsletter.actions.campaign_words import content_of_campaign, settings_of_campaign, why_no_campaign
from newsletter.actions.dispatching import why_not_send
from newsletter.actions.freezing import trial_dispatch
from newsletter.campaign_content import CampaignContent
from newsletter.models import IssuePage, NewsletterPage, Subscriber
from newsletter.rendering import render_issue
from tests.factories import AuthorPageFactory, IssuePageFactory
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.campaigns import connect, launched_campaign, readers_there, work
from tests.newsletter.issues import make_full_issue

pytestmark = pytest.mark.django_db
NAMED = "*|IF:FNAME|**|FNAME|**|ELSE:|*reader*|END:IF|*"


def written(**fields: object) -> tuple[IssuePage, CampaignContent]:
    issue: IssuePage = IssuePageFactory(**fields)
    NewsletterPage.objects.update(sender_email="letters@meadowsweet.example", postal_address="1 Mill Lane & Co, Bath")
    return issue, content_of_campaign(trial_dispatch(issue, render_issue(issue)))


def intro(words: str) -> list[tuple[str, object]]:
    return [("intro", {"text": f"<p>{words}</p>", "signed_by": AuthorPageFactory()})]


def test_the_ways_out_and_the_address_are_mailchimps() -> None:
    _, content = written()
    assert 'href="*|UNSUB|*"' in content.html
    assert 'href="*|UPDATE_PROFILE|*"' in content.html
    assert "Leave with one press:\n*|UNSUB|*\n" in content.text
    for part in (content.html, content.text):
        assert part.count("*|LIST:ADDRESSLINE|*") == 1
        assert "Mill Lane" not in part
        assert "%%" not in part
        assert "counting" not in part


def test_a_reader_without_a_name_is_greeted_as_by_the_built_in_sender() -> None:
    _, content = written(subject="News for {name|you}", body=intro("Hello {name|}, since {since|long ago}."))
    assert f"Dear {NAMED}," in content.html
    assert f"Dear {NAMED}," in content.text
    assert content.subject == "News for *|IF:FNAME|* *|FNAME|**|ELSE:|* you*|END:IF|*".replace("for *|", "for*|")
    assert "Hello*|IF:FNAME|* *|FNAME|**|ELSE:|**|END:IF|*, since long ago." in content.html


def test_what_looks_like_a_tag_in_an_editors_words_stays_what_it_is() -> None:
    _, content = written(subject="Write *|FNAME|* so", body=intro("A tag is *|UNSUB|* here."))
    assert "A tag is *&#124;UNSUB|* here." in content.html
    assert "A tag is * |UNSUB|* here." in content.text
    assert content.subject == "Write * |FNAME|* so"


def test_all_else_is_our_rendered_html_to_the_letter() -> None:
    issue, content = written()
    above_the_foot = render_issue(issue).html.partition("%%UNSUBSCRIBE%%")[0]
    between_marks = re.split("%%[A-Z_]+%%", above_the_foot)
    assert len(between_marks) > 1
    assert all(part in content.html for part in between_marks)


def test_the_sender_is_the_address_that_answers_go_to() -> None:
    issue, _ = written(sender_name="Ada Moss")
    made = settings_of_campaign(trial_dispatch(issue, render_issue(issue)))
    assert (made["from_name"], made["reply_to"]) == ("Ada Moss", "letters@meadowsweet.example")
    assert made["preview_text"] == issue.preview_line


def test_mailchimp_gets_exactly_these_bytes(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    readers_there(mailchimp, 1)
    campaign = launched_campaign(IssuePageFactory(body=intro("Ünicode & <b>more</b> {name|all}")))
    dispatch = work(campaign)
    content = content_of_campaign(dispatch)
    there = mailchimp.campaigns[campaign.campaign_id]
    assert (there.html, there.text) == (content.html, content.text)


def test_an_issue_with_a_code_for_each_reader_is_refused_in_words(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    (words,) = why_no_campaign(make_full_issue())
    assert "a code for each reader" in words


def test_without_a_connection_nothing_can_be_ordered(subscriber: Subscriber) -> None:
    issue = IssuePageFactory()
    assert why_not_send(issue) == []
    NewsletterPage.objects.update(sends_with="mailchimp")
    assert ["not connected" in words for words in why_not_send(issue)] == [True]


def test_an_issue_with_two_subjects_is_refused_in_words(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    (words,) = why_no_campaign(IssuePageFactory(second_subject="Another one"))
    assert "one subject" in words
