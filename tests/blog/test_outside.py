"""Asking servers elsewhere: what each answer means, and what is never asked."""

import itertools
import ssl
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.outside import asking
from blog.outside.addresses import check_link, check_machine, normalise_link
from blog.outside.asker import LONGEST_PAUSE, Asker
from blog.outside.asking import MOST_BYTES, ask
from blog.outside.errors import NoAnswerError, NoConnectionError, NotAskedError
from blog.outside.verdicts import Sort, judge_link
from tests.fakes.loopback import SELF_SIGNED, self_signed
from tests.fakes.web import Elsewhere, drip, garble, hang, pour


@pytest.fixture
def elsewhere(settings: Any) -> Iterator[Elsewhere]:
    settings.LINK_CHECKS_MAY_REACH_LOOPBACK = True
    with Elsewhere() as server:
        yield server


def judge(server: Elsewhere, path: str, **options: Any) -> Any:
    return judge_link(server.url(path), asker=Asker(pause=0, **options))


@pytest.mark.parametrize(
    ("answer", "sort"),
    [
        (200, Sort.FINE),
        (204, Sort.FINE),
        (404, Sort.GONE),
        (410, Sort.GONE),
        (400, Sort.GONE),
        (401, Sort.UNKNOWN),
        (403, Sort.UNKNOWN),
        (429, Sort.UNKNOWN),
        (500, Sort.TROUBLE),
        (503, Sort.TROUBLE),
        (garble, Sort.SILENT),
        ((301, ""), Sort.GONE),
    ],
)
def test_what_an_answer_means(elsewhere: Elsewhere, answer: Any, sort: Sort) -> None:
    elsewhere.pages["/page"] = answer
    verdict = judge(elsewhere, "/page")
    assert verdict.sort is sort
    assert bool(verdict.words) is (sort is not Sort.FINE)


def test_a_page_that_answers_is_asked_with_one_head(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/page"] = 200
    assert judge(elsewhere, "/page").sort is Sort.FINE
    assert elsewhere.paths() == ["HEAD /page"]
    assert {one.agent for one in elsewhere.asked} == {"WellpressLinkCheck/1.0 (+http://testserver)"}


@pytest.mark.parametrize("head", [404, 405, 501, 403, garble])
def test_a_server_that_does_not_understand_head_is_asked_with_get(elsewhere: Elsewhere, head: Any) -> None:
    elsewhere.pages["/page"] = {"HEAD": head, "GET": 200}
    assert judge(elsewhere, "/page").sort is Sort.FINE
    assert elsewhere.paths() == ["HEAD /page", "GET /page"]


@pytest.mark.parametrize("status", [301, 308])
def test_a_page_that_moved_for_good_has_its_new_address(elsewhere: Elsewhere, status: int) -> None:
    elsewhere.pages |= {"/old": (status, "/new#part"), "/new": 200}
    verdict = judge(elsewhere, "/old")
    assert (verdict.sort, verdict.moved_to) == (Sort.MOVED, elsewhere.url("/new"))


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_page_that_is_elsewhere_for_now_is_fine(elsewhere: Elsewhere, status: int) -> None:
    elsewhere.pages |= {"/old": (status, "/new"), "/new": 200}
    assert judge(elsewhere, "/old").sort is Sort.FINE


def test_only_the_moves_before_a_passing_one_are_for_good(elsewhere: Elsewhere) -> None:
    elsewhere.pages |= {"/a": (301, "/b"), "/b": (302, "/c"), "/c": (301, "/d"), "/d": 200}
    assert judge(elsewhere, "/a").moved_to == elsewhere.url("/b")


def test_a_page_that_became_the_front_page_is_named_so(elsewhere: Elsewhere) -> None:
    elsewhere.pages |= {"/old": (301, "/"), "/": 200}
    assert "front page" in judge(elsewhere, "/old").words


def test_a_moved_page_that_is_gone_is_gone(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/old"] = (301, "/new")
    assert judge(elsewhere, "/old").sort is Sort.GONE


@pytest.mark.parametrize("location", ["http://[bad", "//[", "http://a:b:c/", "javascript:alert(1)"])
def test_a_redirect_that_is_no_address_is_no_answer(elsewhere: Elsewhere, location: str) -> None:
    elsewhere.pages["/page"] = (301, location)
    assert judge(elsewhere, "/page").sort is Sort.SILENT


def test_a_circle_of_redirects_ends(elsewhere: Elsewhere) -> None:
    elsewhere.pages |= {"/a": (302, "/b"), "/b": (302, "/a")}
    assert judge(elsewhere, "/a").sort is Sort.SILENT
    assert elsewhere.paths() == [f"{verb} /{'ab'[n % 2]}" for verb in ("HEAD", "GET") for n in range(6)]


@pytest.mark.parametrize("trick", [hang, drip])
def test_a_server_that_keeps_us_waiting_is_left_in_time(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, trick: Any
) -> None:
    monkeypatch.setattr("blog.outside.verdicts.SECONDS", 0.6)
    monkeypatch.setattr("blog.outside.verdicts.HEAD_SECONDS", 0.2)
    elsewhere.pages["/page"] = trick
    started = time.monotonic()
    assert judge(elsewhere, "/page").sort is Sort.SILENT
    assert time.monotonic() - started < 2
    assert elsewhere.paths() == ["HEAD /page", "GET /page"]


def test_no_more_than_the_limit_is_read_of_a_body(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/page"] = pour
    answer = ask(elsewhere.url("/page"), method="GET", seconds=5)
    assert len(answer.body) == MOST_BYTES
    time.sleep(0.1)
    poured = elsewhere.poured  # type: ignore[attr-defined]
    time.sleep(0.2)
    assert elsewhere.poured == poured  # type: ignore[attr-defined]


def test_a_certificate_that_browsers_warn_of_is_no_answer(settings: Any) -> None:
    settings.LINK_CHECKS_MAY_REACH_LOOPBACK = True
    with Elsewhere(pages={"/page": 200}, tls=self_signed()) as server:
        verdict = judge_link(server.url("/page", "localhost"), asker=Asker(pause=0))
    assert verdict.sort is Sort.SILENT
    assert "certificate is not valid" in verdict.words
    assert not server.asked


def test_an_encrypted_connection_is_made_in_the_name_of_the_host(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LINK_CHECKS_MAY_REACH_LOOPBACK = True
    trusting = ssl.create_default_context(cafile=str(SELF_SIGNED))
    monkeypatch.setattr(asking, "_tls", lambda: trusting)
    with Elsewhere(pages={"/page": 200, "/drip": drip}, tls=self_signed()) as server:
        assert ask(server.url("/page", "localhost"), method="GET", seconds=5).status == 200
        started = time.monotonic()
        with pytest.raises(NoAnswerError):
            ask(server.url("/drip", "localhost"), method="GET", seconds=0.4)
        assert time.monotonic() - started < 2
        with pytest.raises(NoConnectionError):  # the certificate is another's
            ask(server.url("/page", "other.example"), method="GET", seconds=5, resolve=lambda *_: ["127.0.0.1"])


def test_a_server_that_listens_no_more_is_silent(elsewhere: Elsewhere) -> None:
    with Elsewhere() as closed:
        pass
    verdict = judge(closed, "/page")
    assert (verdict.sort, verdict.is_ours) == (Sort.SILENT, False)


@pytest.mark.parametrize(
    ("rules", "sort"),
    [
        ("User-agent: *\nDisallow: /private", Sort.UNKNOWN),
        ("User-agent: WellpressLinkCheck\nDisallow: /\n\nUser-agent: *\nAllow: /", Sort.UNKNOWN),
        ("User-agent: *\nDisallow: /other", Sort.FINE),
        (404, Sort.FINE),
        (403, Sort.FINE),
        (500, Sort.SILENT),
        ("User-agent: *\nCrawl-delay: \u00b2", Sort.UNKNOWN),
        ("User-agent: *\nDisallow: //[", Sort.UNKNOWN),
        (f"User-agent: *\nCrawl-delay: {'9' * 5000}", Sort.UNKNOWN),
    ],
)
def test_robots_txt_is_kept_to(elsewhere: Elsewhere, rules: Any, sort: Sort) -> None:
    elsewhere.robots, elsewhere.pages["/private/page"] = rules, 200
    assert judge(elsewhere, "/private/page").sort is sort
    assert bool(elsewhere.paths()) is (sort is Sort.FINE)


def test_robots_txt_is_asked_once_a_run(elsewhere: Elsewhere) -> None:
    elsewhere.pages |= {"/a": 200, "/b": 200}
    asker = Asker(pause=0)
    for path in ("/a", "/b"):
        judge_link(elsewhere.url(path), asker=asker)
    assert elsewhere.paths(robots=True) == ["GET /robots.txt", "HEAD /a", "HEAD /b"]


def test_one_host_is_asked_once_a_second_at_most(elsewhere: Elsewhere) -> None:
    elsewhere.pages |= {"/a": 200, "/b": 404}
    asker = Asker()
    for path in ("/a", "/b"):
        judge_link(elsewhere.url(path), asker=asker)
    moments = [one.at for one in elsewhere.asked]
    assert len(moments) == 4
    assert all(later - earlier >= 0.99 for earlier, later in itertools.pairwise(moments))


def test_a_host_that_asks_for_the_longest_pause_of_all_gets_ours(elsewhere: Elsewhere) -> None:
    elsewhere.robots, elsewhere.pages["/a"] = f"User-agent: *\nCrawl-delay: {'9' * 400}\nAllow: /", 200
    slept: list[float] = []
    assert judge_link(elsewhere.url("/a"), asker=Asker(sleep=slept.append)).sort is Sort.FINE
    assert slept == [pytest.approx(LONGEST_PAUSE, abs=0.5)]


def test_a_host_that_asks_for_a_longer_pause_gets_it(elsewhere: Elsewhere) -> None:
    elsewhere.robots, elsewhere.pages["/a"] = "User-agent: *\nCrawl-delay: 4\nAllow: /", 200
    slept: list[float] = []
    judge_link(elsewhere.url("/a"), asker=Asker(sleep=slept.append))
    assert slept == [pytest.approx(4, abs=0.5)]


PRIVATE = [
    "0.0.0.0",  # noqa: S104 - not bound to
    *("127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1"),
    *("fd12:3456::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe"),
    *("2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    *("fe80::1%eth0", "not an address", ""),
]


@pytest.mark.parametrize("machine", PRIVATE)
def test_no_connection_is_made_inwards(machine: str) -> None:
    with pytest.raises(NotAskedError):
        check_machine(machine, 80)
    with pytest.raises(NotAskedError):
        ask("http://innocent.example/", method="GET", seconds=5, resolve=lambda _host, _port: [machine])


@pytest.mark.parametrize("machine", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_public_machines_are_asked_on_the_ports_of_the_web_alone(machine: str) -> None:
    check_machine(machine, 443)
    with pytest.raises(NotAskedError):
        check_machine(machine, 22)


def test_loopback_is_not_opened_by_default(settings: Any) -> None:
    with Elsewhere(pages={"/page": 200}) as server:
        assert judge(server, "/page").sort is Sort.UNKNOWN
        assert not server.asked
        settings.LINK_CHECKS_MAY_REACH_LOOPBACK = True
        assert judge(server, "/page").sort is Sort.FINE


def test_one_private_machine_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(NotAskedError):
        ask("http://two.example/", method="GET", seconds=5, resolve=lambda *_: ["93.184.215.14", "10.0.0.1"])


def test_a_name_is_resolved_once_and_the_checked_machine_is_the_one_that_is_asked(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/page"] = 200
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    names: list[str] = []

    def rebind(host: str, port: int) -> list[str]:
        names.append(f"{host}:{port}")
        return answers.pop(0)

    answer = ask(elsewhere.url("/page", "rebind.example"), method="GET", seconds=5, resolve=rebind)
    assert answer.status == 200
    assert names == [f"rebind.example:{elsewhere.port}"]
    assert elsewhere.asked[0].host == f"rebind.example:{elsewhere.port}"


def test_a_redirect_inwards_is_not_followed(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/page"] = (302, "http://inside.example/latest/meta-data/")
    machines = {"outside.example": ["127.0.0.1"], "inside.example": ["169.254.169.254"]}
    asker = Asker(pause=0, resolve=lambda host, _port: machines[host])
    verdict = judge_link(elsewhere.url("/page", "outside.example"), asker=asker)
    assert verdict.sort is Sort.UNKNOWN
    assert "private network" in verdict.words


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://a.example/", "file:///etc/passwd", "gopher://a.example/", "javascript:alert(1)", "//a.example/", "a"),
        *("http://user:word@a.example/", "http://user@a.example/", "http://a.example:22/", "https://a.example:8443/"),
        *("http://", "http://a.example:x/", "http://a.example/a b", "http://a.example/\r\nX: y", "http://[::1"),
    ],
)
def test_addresses_that_are_never_asked(url: str) -> None:
    with pytest.raises(NotAskedError):
        check_link(url)


@given(st.text(max_size=60))
def test_whatever_an_address_is_it_becomes_an_ascii_one_or_none(words: str) -> None:
    for href in (words, f"https://{words}", f"https://a.example/{words}", f"https://a.example/?{words}"):
        url = normalise_link(href)
        assert url.isascii()
        assert normalise_link(url) == url
        assert not set(url) & set(' \r\n\t"<>')


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("https://a.example/page#part", "https://a.example/page"),
        (" https://A.example ", "https://a.example/"),
        ("http://a.example:80/x", "http://a.example/x"),
        ("https://bücher.example/ä?ö=ü", "https://xn--bcher-kva.example/%C3%A4?%C3%B6=%C3%BC"),
        ("mailto:a@a.example", ""),
        ("/articles/", ""),
        (f"https://a.example/{'x' * 700}", ""),
    ],
)
def test_an_address_has_one_form(href: str, url: str) -> None:
    assert normalise_link(href) == url


def test_a_name_that_nobody_knows_is_said_to_be_so() -> None:
    with pytest.raises(NoConnectionError):
        asking.resolve_name("no-such-name.invalid", 80, seconds=5)


def test_a_resolver_that_hangs_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking.socket, "getaddrinfo", lambda *_, **__: time.sleep(1))
    started = time.monotonic()
    with pytest.raises(NoAnswerError):
        asking.resolve_name("slow.example", 80, seconds=0.1)
    assert time.monotonic() - started < 0.8
