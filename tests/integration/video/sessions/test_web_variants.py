"""Playlists of variants of which some are dead, refused, no video, or of a kind that we do not take."""

import pytest

from tests.integration.video.web_server import WebServer, answer
from tests.integration.video.web_watch import QUICK, said, watch
from tests.web_footage import hls
from tmcwall.domain.fault import FaultCode

MPEG2_TABLES = bytes.fromhex("474000100000b00d0001c100000001f0002ab104b2" + "ff" * 167) + bytes.fromhex(
    "475000100002b0120001c10000e100f00002e100f000" + "00" * 4 + "ff" * 162
)
"""A transport stream that says its video is MPEG-2."""


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    hls(folder / "good", pictures=50, gop=10)
    return folder


@pytest.fixture
def server(footage):
    with WebServer(footage) as running:
        good = (footage / "good" / "index.m3u8").read_text().replace("index", "/good/index")
        running.routes["/good.m3u8"] = lambda handler: answer(handler, good)
        yield running


def offer(server, *names):
    """A playlist of variants, the best first."""
    lines = [
        f"#EXT-X-STREAM-INF:BANDWIDTH={1000 - index},RESOLUTION=640x{720 - index}\n{name}.m3u8\n"
        for index, name in enumerate(names)
    ]
    server.routes["/master.m3u8"] = lambda handler: answer(handler, "#EXTM3U\n" + "".join(lines))
    return server.url("master.m3u8")


def status(number):
    return lambda handler: answer(handler, "", status=number)


def playlist_of(server, name, body):
    server.routes[f"/{name}.ts"] = lambda handler: answer(handler, body)
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/{name}.ts\n#EXT-X-ENDLIST\n"
    return lambda handler: answer(handler, text)


@pytest.mark.parametrize("number", [403, 404, 410, 500, 503])
def test_after_a_variant_that_is_refused_the_next_one_is_played(server, number):
    server.routes["/dead.m3u8"] = status(number)
    watched = watch(offer(server, "dead", "good"))
    assert set(watched.faults) == {FaultCode.STREAM_ENDED}
    assert len(watched.units) == 50


@pytest.mark.parametrize(
    "body",
    [b"<html></html>", b"", b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmaster.m3u8\n"],
    ids=["page", "empty", "list"],
)
def test_after_a_variant_that_is_no_playlist_the_next_one_is_played(server, body):
    server.routes["/dead.m3u8"] = lambda handler: answer(handler, body)
    assert len(watch(offer(server, "dead", "good")).units) == 50


@pytest.mark.parametrize("body", [MPEG2_TABLES * 3, b"ID3\x04" + bytes(400), b"<html>" * 100])
def test_after_a_variant_whose_segments_cannot_be_played_the_next_one_is(server, body, caplog):
    caplog.set_level("INFO", "tmcwall.video.sessions.oddity_log")
    server.routes["/odd.m3u8"] = playlist_of(server, "odd", body)
    watched = watch(offer(server, "odd", "good"))
    assert set(watched.faults) == {FaultCode.STREAM_ENDED}
    assert len(watched.units) == 50
    assert "odd camera: camera=cam oddity=variant that cannot be had or played" in caplog.text


def test_after_a_variant_that_never_answers_the_next_one_is_played(server):
    server.routes["/dead.m3u8"] = lambda handler: server.stopping.wait(30)
    assert len(watch(offer(server, "dead", "good")).units) == 50


def test_where_no_variant_can_be_had_the_cause_of_the_best_is_named(server):
    server.routes["/first.m3u8"] = status(404)
    server.routes["/second.m3u8"] = status(503)
    server.routes["/third.m3u8"] = playlist_of(server, "third", MPEG2_TABLES * 3)
    watched = watch(offer(server, "first", "second", "third"))
    assert said(watched) == (FaultCode.STREAM_NOT_FOUND, "status 404")


def test_a_reconnect_does_not_begin_with_the_dead_variants(server):
    server.routes["/dead.m3u8"] = status(404)

    async def scenario(watched):
        await watched.until(lambda: server.asked("/good.m3u8") >= 4)

    watch(offer(server, "dead", "good"), scenario)
    assert server.asked("/dead.m3u8") == 1


def test_a_login_that_one_variant_refuses_is_offered_to_no_other(server):
    server.routes["/first.m3u8"] = lambda handler: answer(
        handler, "", status=401, WWW_Authenticate='Basic realm="kamera"'
    )
    watched = watch(offer(server, "first", "good"), username="petugas", password="salah")
    assert said(watched) == (FaultCode.UNAUTHORIZED, "status 401")
    assert server.asked("/good.m3u8") == 0


def test_variables_of_the_list_of_variants_stand_in_the_playlist_of_one(server, footage):
    text = (footage / "good" / "index.m3u8").read_text().replace("index", "{$where}/index")
    define = '#EXT-X-DEFINE:IMPORT="where"\n'
    server.routes["/v.m3u8"] = lambda handler: answer(handler, text.replace("#EXTM3U\n", "#EXTM3U\n" + define))
    server.routes["/master.m3u8"] = lambda handler: answer(
        handler,
        '#EXTM3U\n#EXT-X-DEFINE:NAME="where",VALUE="/good"\n#EXT-X-DEFINE:QUERYPARAM="v"\n'
        "#EXT-X-STREAM-INF:BANDWIDTH=1\n{$v}.m3u8\n",
    )
    assert len(watch(server.url("master.m3u8?v=v"), timing=QUICK).units) == 50
