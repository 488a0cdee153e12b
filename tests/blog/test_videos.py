"""Which addresses are videos, and what is written for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.videos import read_video

NAME = "abcd-fgh_jk"


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.youtube.com/watch?v={NAME}",
        f"http://youtube.com/watch?feature=shared&v={NAME}&list=PL1",
        f"https://m.youtube.com/watch?v={NAME}#t=1",
        f"https://youtu.be/{NAME}?si=track",
        f"https://www.youtube.com/embed/{NAME}",
        f"https://www.youtube-nocookie.com/embed/{NAME}?rel=0",
        f"https://www.youtube.com/shorts/{NAME}",
        f" https://www.youtube.com/live/{NAME}/ ",
    ],
)
def test_every_form_of_a_youtube_address_is_written_anew_without_tracking(address: str) -> None:
    video = read_video(address)
    assert video
    assert video.watch_url == f"https://www.youtube.com/watch?v={NAME}"
    assert video.embed_url == f"https://www.youtube-nocookie.com/embed/{NAME}?autoplay=1&rel=0"


@pytest.mark.parametrize(("asked", "seconds"), [("t=90", 90), ("t=1m30s", 90), ("start=1h2s", 3602), ("t=<b>", None)])
def test_a_video_begins_where_the_address_says(asked: str, seconds: int | None) -> None:
    video = read_video(f"https://youtu.be/{NAME}?{asked}")
    assert video
    assert f"&start={seconds}" in video.embed_url if seconds else "start" not in video.embed_url


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://vimeo.com/76979871", "https://vimeo.com/76979871"),
        ("https://player.vimeo.com/video/76979871?h=abcdef12", "https://vimeo.com/76979871/abcdef12"),
        ("https://vimeo.com/76979871/abcdef12", "https://vimeo.com/76979871/abcdef12"),
        ("https://vimeo.com/channels/staffpicks/76979871", "https://vimeo.com/76979871"),
    ],
)
def test_a_vimeo_address_asks_not_to_be_tracked(address: str, page: str) -> None:
    video = read_video(address)
    assert video
    assert video.watch_url == page
    assert video.embed_url.startswith("https://player.vimeo.com/video/76979871?dnt=1")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)//https://youtu.be/abcdefghijk",
        f"https://youtube.com@evil.example/watch?v={NAME}",
        f"https://evil.example/youtube.com/watch?v={NAME}",
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/@channel",
        'https://youtu.be/abc"onload=x',
        "https://vimeo.com/about",
        "http://[",
        f"//youtu.be/{NAME}",
    ],
)
def test_everything_else_is_no_video(address: str) -> None:
    assert read_video(address) is None


@given(
    st.text(max_size=40),
    st.sampled_from(["https://youtu.be/", "https://www.youtube.com/watch?v=", "https://vimeo.com/"]),
)
def test_no_address_fails_or_leads_to_another_host(rest: str, host: str) -> None:
    video = read_video(host + rest)
    if video:
        assert video.watch_url.startswith(("https://www.youtube.com/watch?", "https://vimeo.com/"))
        assert video.embed_url.startswith(
            ("https://www.youtube-nocookie.com/embed/", "https://player.vimeo.com/video/")
        )
        assert not set("<>\"' ") & set(video.watch_url + video.embed_url)
