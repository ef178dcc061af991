"""Camera addresses: what is accepted, where credentials go, what a log may show."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.source import (
    SourceKind,
    check_url,
    has_credentials,
    is_compat,
    percent_encoded,
    redact,
    source_kind,
    split_credentials,
)

SECRET = "S3cret-Pw"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("rtsp://127.0.0.1:8554/cam1/sub", SourceKind.RTSP),
        ("RTSPS://cam.example:322/", SourceKind.RTSP),
        ("rtsp://[::1]:8554/cam1", SourceKind.RTSP),
        ("https://cctv.example/a/index.m3u8?x=1", SourceKind.HTTP),
        ("http://cctv.example:8086/camera/GendenganTimur.flv", SourceKind.HTTP),
        ("rtsp://cam_1.local", SourceKind.RTSP),
    ],
)
def test_camera_schemes_are_accepted(url: str, kind: SourceKind) -> None:
    assert check_url(url) is kind


@pytest.mark.parametrize(
    ("url", "marked"),
    [
        ("rtsp://10.1.2.3/live#compat", True),
        ("RTSPS://10.1.2.3/live?x=1#Compat ", True),
        ("rtsp://10.1.2.3/compat", False),
        ("rtsp://10.1.2.3/live#other", False),
        ("http://10.1.2.3/live.flv#compat", False),
    ],
)
def test_an_odd_camera_is_marked_in_its_address(url: str, marked: bool) -> None:
    assert check_url(url)
    assert is_compat(url) is marked


@pytest.mark.parametrize("url", ["ftp://host/x", "file:///etc/passwd", "rtmp://host/x", "javascript://host/x"])
def test_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_url(url)
    assert refused.value.code is DomainCode.URL_SCHEME


@pytest.mark.parametrize(
    "url",
    ["", "rtsp:/host/x", "rtsp://", "rtsp:///x", "rtsp://host:0/x", "rtsp://host:65536/x", "rtsp://host:x/", "host/x",
     "rtsp://ho st/x", "rtsp://host/\nx", "rtsp://-i/x", "rtsp://[::g]/x", f"rtsp://user:{SECRET}/x@host/y",
     f"rtsp://user:{SECRET}#1@host/y"],
)  # fmt: skip
def test_malformed_urls_are_refused_without_saying_a_password(url: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_url(url)
    assert refused.value.code is DomainCode.URL_MALFORMED
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "username", "password"),
    [
        ("rtsp://officer:S3cret@127.0.0.1/cam", "officer", "S3cret"),
        ("rtsp://officer:p%40ss%2F%23%25@127.0.0.1/cam", "officer", "p@ss/#%"),
        ("rtsp://officer:a@b:c@127.0.0.1/cam", "officer", "a@b:c"),
        ("rtsp://officer@127.0.0.1/cam", "officer", None),
        ("rtsp://officer:@127.0.0.1/cam", "officer", ""),
        ("rtsp://127.0.0.1/cam", None, None),
    ],
)
def test_credentials_leave_the_url(url: str, username: str | None, password: str | None) -> None:
    assert split_credentials(url) == ("rtsp://127.0.0.1/cam", username, password)


@pytest.mark.parametrize(
    "url",
    ["rtsp://admin:p@ss/word@10.0.0.1/live", "rtsp://admin:p@ss?x@10.0.0.1/live", "rtsp://admin:p@ss#x@kamera/live",
     "rtsp://admin:12/34@10.0.0.1/live", "rtsp://admin@a.b/c@10.0.0.1", "rtsp://u:p@kamera/live@main"],
)  # fmt: skip
def test_a_password_typed_raw_is_never_taken_for_a_host(url: str) -> None:
    with pytest.raises(DomainError) as refused:
        split_credentials(url)
    assert refused.value.code is DomainCode.URL_PASSWORD_RAW
    assert "word" not in refused.value.detail
    assert "34" not in refused.value.detail
    assert has_credentials(url)


@pytest.mark.parametrize("url", ["rtsp://10.0.0.1:554/live@main", "rtsp://10.0.0.1/a?mail=a@b.example"])
def test_an_at_sign_in_the_path_of_an_address_without_credentials_is_none_of_them(url: str) -> None:
    assert split_credentials(url).clean_url == url
    assert split_credentials("rtsp://u:p@10.0.0.1/live@main").clean_url == "rtsp://10.0.0.1/live@main"


def test_split_credentials_do_not_print() -> None:
    assert SECRET not in repr(split_credentials(f"rtsp://officer:{SECRET}@127.0.0.1/cam"))
    assert "officer" not in str(split_credentials(f"rtsp://officer:{SECRET}@127.0.0.1/cam"))


def test_view_takes_files_too() -> None:
    assert source_kind("./clips/siang.mp4") is SourceKind.FILE
    assert source_kind("C:\\clips\\siang.mp4") is SourceKind.FILE
    assert source_kind("rtsp://127.0.0.1/cam") is SourceKind.RTSP
    for wrong in ("", "rtsp:host/cam", "file:///clip.mp4", "a\nb.mp4"):
        with pytest.raises(DomainError):
            source_kind(wrong)


@pytest.mark.parametrize(
    "text",
    [f"open rtsp://officer:{SECRET}@10.0.0.1/x failed", f"rtsp://u:{SECRET}@h1/,rtsp://v:{SECRET}@h2/",
     f"http://h/cgi?usr=a&pwd={SECRET}&x=1", f"rtsp://h/user=a&password={SECRET}&channel=1",
     f"rtsp://u:{SECRET}/with/slash@h/x", f"'rtsp://{SECRET}@h/x'",
     f"rtsp://u:my {SECRET}@h/x", f'rtsp://u:a"{SECRET}@h/x'],
)  # fmt: skip
def test_a_log_line_shows_no_secret_of_a_url(text: str) -> None:
    assert SECRET not in redact(text)


def test_a_log_line_without_secrets_stays_as_it_is() -> None:
    line = "camera CAM-1 at rtsp://10.0.0.1:554/main: stream_stalled, ask ops@tmc.example"
    assert redact(line) == line


def test_credentials_are_seen_even_in_a_malformed_url() -> None:
    assert has_credentials("rtsp://u:p/w@h/x")
    assert not has_credentials("rtsp://h/x")
    assert not has_credentials("rtsp://h/live@main")


@given(st.text())
def test_checking_raises_nothing_but_domain_errors(text: str) -> None:
    with suppress(DomainError):
        split_credentials(text)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/pintu\u2013barat", "/pintu%E2%80%93barat"),
        ("/m\u00fcll?nama=t\u00fcr", "/m%C3%BCll?nama=t%C3%BCr"),
        ("/sudah%20begitu?a=b&c=%C3%BC", "/sudah%20begitu?a=b&c=%C3%BC"),
        ("/Streaming/Channels/101", "/Streaming/Channels/101"),
    ],
)
def test_letters_beyond_ascii_are_sent_percent_encoded_in_utf_8(typed, sent):
    assert percent_encoded(typed) == sent
