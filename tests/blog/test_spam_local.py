"""What the local checks find, and what they leave alone."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from wagtail.models import Site

from blog.models import Comment, CommentSettings
from blog.spam import Outcome
from blog.spam.history import Trace, network
from blog.spam.local import LocalChecker, judge
from tests.factories import ArticlePageFactory, CommentFactory

NOW = timezone.now()


def comment(text: str, **fields: Any) -> Comment:
    return Comment(text=text, created_at=NOW, **{"author_name": "Joan", "email": "joan@example.com", **fields})


def trace(text: str = "Something else.", *, minutes: int = 5, email: str = "a@example.com", ip: str = "") -> Trace:
    return Trace(email, ip or None, NOW - timedelta(minutes=minutes), text)


GENUINE = [
    "I was sent to a clinic in spring after two years of sciatica. It turned out to be the most useful hour.",
    "How long have people waited for a first appointment?",
    "My GP gave me sildenafil (Viagra), then tramadol for the pain, and neither agreed with me.",
    "I buy my own TENS pads. The pharmacy round the corner orders them.",
    "MRI, CT, X-RAY: nobody told me the difference.",
    "I take 50 µg of levothyroxine and 5 mg of ramipril every morning.",
    "Ακόμα και η γιαγιά μου περπατά κάθε μέρα.",
    "Моя бабушка ходит каждый день.",
    "Thank you.",
    "I rang the helpline. I made 20 calls a day until somebody answered.",
    "My website of choice is the hospital's own.",
]


@pytest.mark.parametrize("text", GENUINE)
def test_what_readers_write_is_clear(text: str) -> None:
    verdict = judge(comment(text), [])
    assert (verdict.outcome, verdict.reasons) == (Outcome.CLEAR, ())


CLAIMS = [
    "You can stop taking your statins, mine did nothing.",
    "This tea cured my diabetes within a month.",
    "I chose mistletoe instead of chemotherapy.",
    "You should take 5,000 IU a day, everybody should.",
    "Just take 40 mg more when it hurts.",
    "Double your insulin after a big meal.",
    "You don’t need your inhaler any more after this.",
    "Drink hydrogen peroxide every morning.",
    "Vaccines cause it, everybody knows that.",
    "Use my code JOAN10 for ten per cent off.",
    "Big pharma doesn’t want you to know about it.",
]


@pytest.mark.parametrize("text", CLAIMS)
def test_unsafe_advice_and_promotion_is_for_a_person_and_no_spam(text: str) -> None:
    verdict = judge(comment(text), [])
    assert verdict.outcome is Outcome.UNSURE
    assert [reason.code for reason in verdict.reasons] == ["claim"]
    assert "“" in verdict.reasons[0].words


def test_many_claims_are_one_hint() -> None:
    assert judge(comment(" ".join(CLAIMS)), []).outcome is Outcome.UNSURE


@pytest.mark.parametrize(
    "text",
    [
        "Do not stop taking your tablets before you have asked.",
        "Never stop your medication on your own.",
        "I was told to stop my statins for a week.",
        "Nothing cures arthritis, but moving helps.",
        "It does not cure diabetes, it only helps.",
        "My father died of cancer; chemotherapy gave him two more years.",
        "I finished my course of antibiotics.",
        "I take 40 mg of ramipril and do well.",
        "Did anybody have physiotherapy instead of surgery?",
        "You need to ask your doctor about the dose.",
        "I had the vaccine in spring.",
    ],
)
def test_experience_and_warnings_are_no_claims(text: str) -> None:
    assert judge(comment(text), []).outcome is Outcome.CLEAR


DOUBTFUL = [
    ("See https://www.nhs.uk/pain for more.", "link"),
    ("Has anybody tried to buy cheap tramadol? Do not, it nearly killed my brother.", "selling"),
    ("I AM SO ANGRY WITH MY CLINIC, NOBODY LISTENS TO ME", "capitals"),
    ("Noooooooooooooo", "run"),
    ("Vіаgrа helps", "scripts"),
    ("Dr Ojo cured my herpes", "cure"),
]


@pytest.mark.parametrize(("text", "code"), DOUBTFUL)
def test_one_finding_makes_a_comment_doubtful_not_spam(text: str, code: str) -> None:
    verdict = judge(comment(text), [])
    assert verdict.outcome is Outcome.UNSURE
    assert code in [reason.code for reason in verdict.reasons]


SPAM = [
    "Buy cheap viagra online, no prescription needed: https://pills.example",
    "https://a.example https://b.example https://c.example",
    "Best online casino with free spins at www.casino.example. Make $500 a day",
    '<a href="https://x.example">seo services</a>',
    "[url=https://x.example]rank higher on google[/url] with our backlinks",
    "I was cured by a spell caster, miracle cure. Whatsapp him +2348012345678",
    "1 http://a.example 2 http://b.example 3 http://c.example 4 http://d.example 5 http://e.example",
]


@pytest.mark.parametrize("text", SPAM)
def test_what_advertisers_write_is_spam(text: str) -> None:
    assert judge(comment(text), []).outcome is Outcome.SPAM


@pytest.mark.parametrize("text", [text for text, _ in DOUBTFUL] + SPAM)
def test_every_finding_has_words_for_a_moderator(text: str) -> None:
    for reason in judge(comment(text), []).reasons:
        assert reason.code
        assert reason.words[0].isupper()
        assert reason.weight > 0


def test_the_trap_alone_is_enough() -> None:
    caught = comment("A kind word.", reasons=[{"code": "trap", "words": "..."}])
    assert judge(caught, []).outcome is Outcome.SPAM


def test_copies_are_doubtful_at_first_and_spam_when_they_go_on() -> None:
    text = "Lovely article, thank you all so much."
    copy = trace("LOVELY article... thank you all so much 2")
    assert judge(comment(text), [copy]).outcome is Outcome.UNSURE
    assert judge(comment(text), [copy] * 3).outcome is Outcome.SPAM
    assert judge(comment(text), [trace()] * 3).outcome is Outcome.CLEAR


def test_many_comments_from_one_address_within_an_hour_are_doubtful() -> None:
    busy = [trace(f"Number {n}", email="JOAN@example.com") for n in "abcde"]
    assert [reason.code for reason in judge(comment("Hello there."), busy).reasons] == ["address_rate"]
    earlier = [trace(f"Number {n}", email="joan@example.com", minutes=90) for n in "abcde"]
    assert judge(comment("Hello there."), earlier).outcome is Outcome.CLEAR


def test_many_comments_from_one_network_within_an_hour_are_doubtful() -> None:
    busy = [trace(f"Words {n}", ip=f"203.0.113.{n}", email=f"r{n}@example.com") for n in range(15)]
    near, far = (comment("Hello there.", ip=ip) for ip in ("203.0.113.200", "198.51.100.1"))
    assert [reason.code for reason in judge(near, busy).reasons] == ["network_rate"]
    assert judge(far, busy).outcome is Outcome.CLEAR


def test_a_network_is_a_neighbourhood() -> None:
    assert network("203.0.113.77") == "203.0.113.0/24"
    assert network("2001:db8:1:2:3::9") == network("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert network(None) == ""


@pytest.mark.django_db
def test_history_is_the_day_before_the_comment() -> None:
    article = ArticlePageFactory()
    text = "The same words again and again."
    CommentFactory(article=article, text=text, created_at=NOW - timedelta(hours=30))
    for hours in (3, 2):
        CommentFactory(article=article, text=text, created_at=NOW - timedelta(hours=hours))
    new = CommentFactory(article=article, text=text, state="pending", created_at=NOW)
    CommentFactory(article=article, text=text, created_at=NOW)
    verdict = LocalChecker().check(new)
    assert [reason.words for reason in verdict.reasons] == ["The same text came 2 times before within a day"]


@pytest.mark.django_db
def test_the_lists_of_the_site_hold_or_make_spam() -> None:
    article = ArticlePageFactory()
    site = Site.objects.get(is_default_site=True)
    CommentSettings.objects.create(site=site, hold_words="unicorn\nblue *", spam_words="zorbex")
    verdicts = {}
    for text in ("A unicorn helped me.", "A blue cushion.", "Zorbex helped me.", "A cushion helped me."):
        verdict = LocalChecker().check(CommentFactory(article=article, text=text, state="pending"))
        verdicts[text] = (verdict.outcome, [reason.code for reason in verdict.reasons if reason.code != "learnt"])
    assert verdicts == {
        "A unicorn helped me.": (Outcome.UNSURE, ["hold_word"]),
        "A blue cushion.": (Outcome.UNSURE, ["hold_word"]),
        "Zorbex helped me.": (Outcome.SPAM, ["spam_word"]),
        "A cushion helped me.": (Outcome.CLEAR, []),
    }


@pytest.mark.django_db
def test_what_the_owner_of_the_address_said_outlives_new_words() -> None:
    said = {"code": "disowned", "words": "Not theirs"}
    verdict = LocalChecker().check(CommentFactory(state="pending", reasons=[said]))
    assert (verdict.outcome, verdict.reasons[0].as_json()) == (Outcome.UNSURE, said)


@pytest.mark.parametrize("text", ["stop taking your " * 500, "cured my " * 900, "n't " * 2000, "take 5" * 1300])
def test_no_text_is_slow_to_judge(text: str) -> None:
    begun = time.perf_counter()
    judge(comment(text[:8000]), [])
    assert time.perf_counter() - begun < 0.5


@given(st.text(), st.text(max_size=80))
@hypothesis_settings(max_examples=200, deadline=None)
def test_any_text_gets_a_verdict(text: str, name: str) -> None:
    assert judge(comment(text, author_name=name), [trace(text)]).outcome in Outcome
