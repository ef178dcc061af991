"""Secrets in the path and query of an address: taken out, hidden everywhere, and put back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.source import has_credentials, redact
from tmcwall.domain.urlsecrets import OpenUrl, has_secrets, hidden, take_secrets, with_secrets

SECRET = "S3cret-Pw"


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("rtsp://10.0.0.1:554/user=admin_password=", "_channel=1_stream=0.sdp?real_stream"),
        ("rtsp://10.0.0.1:554/user=admin&password=", "&channel=1&stream=0.sdp?"),
        ("http://10.0.0.1/video?user=admin&psw=", "&chn=2"),
        ("http://10.0.0.1/bubble?loginuse=admin&loginpas=", ""),
        ("rtsp://10.0.0.1/live?authbasic=", "#compat"),
        ("https://cctv.example/a/index.m3u8?expires=9&token=", "&x=1"),
        ("rtsp://10.0.0.1/PSW=", "&channel=1"),
        ("rtsp://10.0.0.1/live?userPassword1=", "&x"),
        ("rtsp://10.0.0.1/live?api_key=", ""),
        ("rtsp://10.0.0.1/live?pwd%3D", "&x"),
    ],
)
def test_a_secret_of_an_address_leaves_a_placeholder(before: str, behind: str) -> None:
    url = before + SECRET + behind
    taken = take_secrets(url)
    assert taken == OpenUrl(before + "{secret}" + behind, (SECRET,))
    assert with_secrets(*taken) == url
    assert take_secrets(taken.url) == (taken.url, ())
    assert (has_secrets(url), has_secrets(taken.url)) == (True, False)
    assert has_credentials(url)
    assert redact(f"cannot open {url}") == f"cannot open {before}***{behind}"
    assert SECRET not in repr(taken)


@pytest.mark.parametrize(
    "value", ["5f4dcc3b5aa765d61d8327deb882cf99", "0123456789ABCDEF", "QZhVMkGVnRUJhDgc7", "aGFsbyBkdW5pYTE2Qm8+/w=="]
)
def test_a_key_whose_value_looks_made_by_chance_is_a_secret(value: str) -> None:
    url = f"rtsp://10.0.0.1/live?key={value}&x=1"
    taken = take_secrets(url)
    assert taken == OpenUrl("rtsp://10.0.0.1/live?key={secret}&x=1", (value,))
    assert with_secrets(*taken) == url
    assert (has_secrets(url), has_secrets(taken.url)) == (True, False)
    assert hidden(url) == "rtsp://10.0.0.1/live?key=***&x=1"


def test_several_secrets_go_back_into_their_own_places() -> None:
    url = "http://10.0.0.1/pass=a/b?token=c%2F&sig=d=="
    assert take_secrets(url).secrets == ("a/b?token=c%2F", "d==")
    assert with_secrets(*take_secrets(url)) == url


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://10.0.0.1/pass/1",
        "http://h/x?compass=90&author=x",
        "rtsp://10.0.0.1/a?channel=1&subtype=0",
        "rtsp://h/x?token=",
        "rtsp://h/x?key=simpang-gendengan-timur-01",
        "rtsp://h/x?key=SIMPANG_GENDENGAN_01",
        "rtsp://h/x?key=2026113012000000",
        "rtsp://h/x?key=5f4dcc3b5aa765d",
        "rtsp://h/x?monkey=5f4dcc3b5aa765d61d8327deb882cf99",
        "rtsp://h:7447/QZhVMkGVnRUJhDgc",
        "http://h/live/5f4dcc3b5aa765d61d8327deb882cf99/index.m3u8",
    ],
)
def test_an_address_without_a_secret_stays_as_it_is(url: str) -> None:
    assert take_secrets(url) == (url, ())
    assert hidden(url) == url


@given(
    st.lists(
        st.sampled_from(
            [
                "password=",
                "_psw=",
                "&token=",
                "{secret}",
                "x",
                "/",
                "?",
                "_a=",
                "%3D",
                "pass",
                "9",
                "key=",
                "5f4dcc3b5aa765d61",
            ]
        )
    )
)
def test_an_address_is_put_together_again_exactly(parts: list[str]) -> None:
    url = "".join(parts).replace("{secret}", "a")
    assert with_secrets(*take_secrets(url)) == url
