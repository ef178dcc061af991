"""The city's cameras on the web, sound and odd, through the wall's own sessions and a stock player's demuxer."""

import itertools
import socket
import urllib.request
from contextlib import suppress
from urllib.error import HTTPError
from urllib.parse import urlsplit

import av
import pytest

from tests.city_in_a_thread import SimServer
from tests.integration.video.web_watch import watch
from tmcwall.rtsp.auth import Verifier
from tmcwall.sim.library import ClipLibrary
from tmcwall.sim.server import SimCamera
from tmcwall.sim.web_oddities import OddWeb
from tmcwall.sim.web_server import WebForm

pytest_plugins = ["tests.cameras"]

HLS = (WebForm.TS, WebForm.MP4)
VIDEO = (*HLS, WebForm.FLV)
CAMERAS = [f"cam-{number}" for number in range(40)]


@pytest.fixture(scope="module")
def city(tiny_clip):
    with SimServer([SimCamera(camera, "clip") for camera in CAMERAS], ClipLibrary(tiny_clip)) as city:
        yield city


@pytest.fixture(scope="module")
def names():
    """A camera for each test."""
    return itertools.cycle(CAMERAS)


def units(count):
    async def scenario(watched):
        await watched.until(lambda: len(watched.units) >= count or watched.faults)

    return scenario


def fetched(url, **fields):
    with urllib.request.urlopen(urllib.request.Request(url, headers=fields), timeout=30) as answer:
        return answer.read()


@pytest.mark.parametrize("form", VIDEO)
def test_the_wall_plays_a_camera_in_every_form(city, names, form):
    watched = watch(city.web_url(next(names), form), units(40))
    assert watched.faults == []
    times = [unit.rtp for unit in watched.units]
    assert len(times) == len(set(times))
    assert sum(unit.lost for unit in watched.units) == 0


def test_the_wall_plays_jpeg_pictures_as_they_come(city, names):
    watched = watch(city.web_url(next(names), WebForm.MJPEG), units(12))
    assert watched.faults == []
    assert all(
        unit.key and unit.payload.startswith(b"\xff\xd8") and unit.payload.endswith(b"\xff\xd9")
        for unit in watched.units
    )
    times = [unit.schedule_ns for unit in watched.units]
    assert times == sorted(set(times))
    assert sum(unit.lost for unit in watched.units) == 0


def test_pictures_come_as_jpeg_too(city, names):
    with av.open(city.web_url(next(names), WebForm.MJPEG), timeout=30) as container:
        shown = list(itertools.islice(container.decode(video=0), 5))
    assert [(frame.width, frame.height) for frame in shown] == [(320, 180)] * 5


@pytest.mark.parametrize(
    ("odd", "form"),
    [(odd, form) for odd in OddWeb for form in HLS if (odd, form) != (OddWeb.PACE, WebForm.MP4)]
    + [(OddWeb.REDIRECT, WebForm.FLV), (OddWeb.HEAD, WebForm.FLV)],
    ids=str,
)
def test_an_odd_camera_on_the_web_is_played_all_the_same(city, names, odd, form):
    """W1 to W10"""
    camera = next(names)
    city.control.fault(camera, f"web:{odd}")
    watched = watch(city.web_url(camera, form), units(40))
    assert watched.faults == []


def test_what_an_order_does_on_the_web_ends_with_it(city, names):
    camera = next(names)
    playlist = city.web_url(camera, WebForm.TS)
    assert b"{$suffix}" not in fetched(playlist)
    city.control.fault(camera, "web:define")
    assert b"{$suffix}" in fetched(playlist)
    city.control.clear(camera)
    assert b"{$suffix}" not in fetched(playlist)


@pytest.mark.parametrize(
    ("path", "status"),
    [("other/ts/index.m3u8", 404), ("cam-1/ts/1.ts", 404), ("cam-1/mp4/999999.m4s", 404), ("cam-1/ts/../x", 404),
     ("cam-1", 404), ("", 404)],
)  # fmt: skip
def test_what_is_not_there_is_not_found(city, path, status):
    base = city.web_url("cam-1", WebForm.TS).removesuffix("cam-1/ts/index.m3u8")
    with pytest.raises(HTTPError) as caught:
        fetched(base + path)
    caught.value.close()
    assert caught.value.code == status


@pytest.mark.parametrize(
    "sent", [b"no request\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 5000, b"\x16\x03\x01\r\n\r\n"]
)
def test_who_speaks_no_http_is_let_go(city, sent):
    parts = urlsplit(city.web_url("cam-1", WebForm.TS))
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as client:
        client.sendall(sent)
        with suppress(ConnectionResetError):
            assert client.recv(100) == b""
    assert fetched(city.web_url("cam-1", WebForm.TS)).startswith(b"#EXTM3U")


def test_the_password_of_the_city_is_asked_for_on_the_web(tiny_clip, camera_login):
    username, password = camera_login
    verifier = Verifier(username, password)
    with SimServer([SimCamera("cam", "clip")], ClipLibrary(tiny_clip), verifier=verifier) as guarded:
        url = guarded.web_url("cam", WebForm.TS)
        with pytest.raises(HTTPError) as caught:
            fetched(url)
        caught.value.close()
        assert caught.value.code == 401
        watched = watch(url, units(30), username=username, password=password)
        assert watched.faults == []
