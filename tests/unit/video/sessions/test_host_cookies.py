"""Which cookies of a camera's web server are kept, and what they are sent with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.rtsp.messages import Headers
from tmcwall.video.sessions.host_cookies import LARGEST, MOST, HostCookies

URL = "http://10.1.2.3:8080/live/kamera/index.m3u8"


def cookies_of(*fields, url=URL):
    cookies = HostCookies()
    cookies.take(url, Headers([("Set-Cookie", field) for field in fields]))
    return cookies


@pytest.mark.parametrize(
    "field", ["sesi=a1", "sesi=a1; HttpOnly; SameSite=None", "sesi=a1; Path=/", "sesi=a1;Max-Age=60"]
)
def test_a_cookie_of_a_playlist_goes_with_its_segments(field):
    assert cookies_of(field).header("http://10.1.2.3:8080/live/kamera/1.ts") == "sesi=a1"


@pytest.mark.parametrize(
    ("field", "url"),
    [
        ("sesi=a1", "http://10.1.2.3:8080/lain/1.ts"),
        ("sesi=a1; Path=/live/kam", "http://10.1.2.3:8080/live/kamera/1.ts"),
        ("sesi=a1; Secure", URL),
        ("sesi=a1; Max-Age=0", URL),
        ("sesi=a1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", URL),
        ("sesi=a1; Domain=kamera.example", URL),
        ("sesi=a\x011", URL),
        ("sesi=é", URL),
        ("sesi=" + "x" * LARGEST, URL),
    ],
    ids=["another path", "half a name", "secure", "no lifetime", "over", "another host", "control", "letters", "large"],
)
def test_a_cookie_that_is_not_for_a_request_is_not_sent(field, url):
    assert cookies_of(field).header(url) is None


def test_a_cookie_is_for_every_port_of_its_host():
    assert cookies_of("sesi=a1").header("http://10.1.2.3:9090/live/kamera/1.ts") == "sesi=a1"


def test_a_cookie_that_came_over_tls_goes_over_tls_alone():
    cookies = cookies_of("sesi=a1", url=URL.replace("http", "https"))
    assert cookies.header(URL) is None
    assert cookies.header(URL.replace("http", "https")) == "sesi=a1"


def test_a_cookie_that_is_set_again_has_the_new_value_and_one_without_lifetime_is_gone():
    cookies = cookies_of("sesi=a1", "sesi=a2")
    assert cookies.header(URL) == "sesi=a2"
    cookies.take(URL, Headers([("Set-Cookie", "sesi=; Max-Age=0")]))
    assert cookies.header(URL) is None


def test_no_more_than_a_few_cookies_are_kept_and_those_can_still_change():
    cookies = cookies_of(*(f"c{number}=1" for number in range(3 * MOST)))
    cookies.take(URL, Headers([("Set-Cookie", "c0=2")]))
    sent = (cookies.header(URL) or "").split("; ")
    assert len(sent) == MOST
    assert "c0=2" in sent


def test_a_cookie_is_in_no_representation():
    headers = Headers([("Set-Cookie", "sesi=rahasia"), ("Cookie", "sesi=rahasia")])
    cookies = HostCookies()
    cookies.take(URL, headers)
    assert "rahasia" not in repr(cookies) + repr(headers)


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_field_is_a_cookie_or_nothing(fields):
    sent = cookies_of(*fields).header(URL)
    assert sent is None or (sent.isascii() and sent.isprintable())
