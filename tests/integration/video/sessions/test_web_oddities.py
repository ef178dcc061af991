"""Odd things of web cameras: each costs at most itself, is named in the log, and ends no connection."""

import itertools

import pytest

from tests.integration.video.web_server import Live, WebServer, answer
from tests.integration.video.web_watch import said, watch
from tests.web_footage import film, hls
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.oddity import Oddity

ID3 = b"ID3\x04\x00\x00\x00\x00\x00\x3f" + b"PRIV" + bytes(59)


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    hls(folder / "ts", pictures=300, gop=10)
    hls(folder / "mp4", pictures=300, gop=10, fragments=True)
    hls(folder / "short", pictures=50, gop=10)
    hls(folder / "other", pictures=50, gop=10, codec="hevc", fragments=True)
    (folder / "film.ts").write_bytes(film("mpegts"))
    return folder


@pytest.fixture
def server(footage):
    with WebServer(footage) as running:
        yield running


@pytest.fixture
def oddities(caplog):
    """Those that the log names."""
    caplog.set_level("INFO", "tmcwall.video.sessions.oddity_log")
    return lambda: {oddity for oddity in Oddity if f"camera=cam oddity={oddity.value}" in caplog.text}


def until_units(count):
    async def scenario(watched):
        await watched.until(lambda: len(watched.units) >= count or watched.faults)

    return scenario


def played_on(watched):
    """Without a fault, and no picture twice."""
    times = [unit.rtp for unit in watched.units]
    return watched.faults == [] and len(times) == len(set(times))


def change(server, folder, numbers, changed):
    """Those segments of a folder as `changed` makes them."""
    for path in (server.folder / folder).iterdir():
        number = path.stem.removeprefix("index")
        if number.isdigit() and int(number) in numbers:
            body = changed(path.read_bytes())
            server.routes[f"/{folder}/{path.name}"] = lambda handler, body=body: answer(handler, body)


@pytest.mark.parametrize("folder", ["ts", "mp4"])
def test_a_page_in_place_of_a_segment_costs_that_segment(server, folder, oddities):
    Live(server, folder, "/live.m3u8")
    change(server, folder, {6}, lambda body: b"<html>503</html>" * 20)
    watched = watch(server.url("live.m3u8"), until_units(60))
    assert played_on(watched)
    assert sum(unit.lost for unit in watched.units) >= 1
    assert oddities() == {Oddity.NO_SEGMENT}


def test_segments_without_a_byte_are_lost_and_a_fault_where_there_are_no_others(server, oddities):
    Live(server, "ts", "/live.m3u8")
    change(server, "ts", range(6, 40), lambda body: b"")

    async def scenario(watched):
        await watched.until(lambda: watched.faults)

    watched = watch(server.url("live.m3u8"), scenario)
    assert said(watched) == (FaultCode.PROTOCOL_BROKEN, "segments are missing: no picture in it")
    assert watched.units
    assert oddities() == {Oddity.NO_SEGMENT}


def test_pages_in_place_of_all_segments_are_a_fault_that_says_so(server):
    Live(server, "ts", "/live.m3u8")
    change(server, "ts", range(40), lambda body: b"<html>503</html>" * 20)
    assert said(watch(server.url("live.m3u8"))) == (
        FaultCode.NOT_A_CAMERA, "segments are missing: the answer is HTML",
    )  # fmt: skip


def test_a_page_in_place_of_the_only_segment_is_said(server):
    server.routes["/one.ts"] = lambda handler: answer(handler, "<html></html>")
    server.routes["/one.m3u8"] = lambda handler: answer(handler, "#EXTM3U\n#EXTINF:1,\none.ts\n#EXT-X-ENDLIST\n")
    assert said(watch(server.url("one.m3u8"))) == (FaultCode.NOT_A_CAMERA, "the answer is HTML")


@pytest.mark.parametrize("before", [ID3, b"\r\n", bytes(1000)], ids=["a tag", "a line end", "zeros"])
def test_bytes_before_the_video_of_every_segment_cost_nothing(server, oddities, before):
    Live(server, "ts", "/live.m3u8")
    change(server, "ts", range(40), lambda body: before + body)
    watched = watch(server.url("live.m3u8"), until_units(60))
    assert played_on(watched)
    assert not any(unit.damaged or unit.lost for unit in watched.units[1:])
    assert oddities() == {Oddity.BEFORE_VIDEO}


@pytest.mark.parametrize("folder", ["ts", "mp4"])
def test_bytes_behind_the_video_of_every_segment_cost_no_picture(server, folder):
    Live(server, folder, "/live.m3u8")
    change(server, folder, range(40), lambda body: body + b"\r\n-- trailing \xff\xff\xff" * 30)
    watched = watch(server.url("live.m3u8"), until_units(60))
    assert played_on(watched)
    pictures = sorted(unit.rtp for unit in watched.units)
    assert {round((after - before) / 3600) for before, after in itertools.pairwise(pictures)} == {1}


@pytest.mark.parametrize("folder", ["ts", "mp4"])
def test_a_discontinuity_and_segments_that_went_by_begin_anew_and_play_on(server, folder):
    live = Live(server, folder, "/live.m3u8")
    live.before[6] = "#EXT-X-DISCONTINUITY\n"
    watched = watch(server.url("live.m3u8"), until_units(60))
    assert played_on(watched)


def test_another_head_begins_another_codec_and_the_first_one_may_come_again(server):
    lines = [
        f'#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="/{folder}/init.mp4"\n#EXTINF:0.4,\n/{folder}/index{number}.m4s\n'
        for number, folder in enumerate(("mp4", "other", "mp4"))
    ]
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n" + "".join(lines) + "#EXT-X-ENDLIST\n"
    server.routes["/heads.m3u8"] = lambda handler: answer(handler, text)
    codecs = []

    async def scenario(watched):
        watched.stream.add_sink(lambda unit: codecs.append(watched.stream.format.codec))
        await watched.until(lambda: watched.faults)

    watched = watch(server.url("heads.m3u8"), scenario)
    assert set(watched.faults) == {FaultCode.STREAM_ENDED}
    assert codecs == ["h264"] * 10 + ["hevc"] * 10 + ["h264"] * 10


def test_a_playlist_whose_numbers_stand_still_is_played_on(server, oddities):
    live = Live(server, "ts", "/live.m3u8")

    def unnumbered(handler):
        text = live.text()
        head, _, rest = text.partition("#EXT-X-MEDIA-SEQUENCE:")
        answer(handler, head + rest.partition("\n")[2])

    server.routes["/live.m3u8"] = unnumbered
    watched = watch(server.url("live.m3u8"), until_units(80))
    assert played_on(watched)
    assert oddities() == {Oddity.PLAYLIST_NUMBERS}


def test_a_reconnect_shows_nothing_again_of_a_playlist_whose_numbers_stand_still(server):
    live = Live(server, "ts", "/live.m3u8")
    numbered = live.text

    def unnumbered(handler):
        head, _, rest = numbered().partition("#EXT-X-MEDIA-SEQUENCE:")
        answer(handler, head + rest.partition("\n")[2])

    server.routes["/live.m3u8"] = unnumbered

    async def scenario(watched):
        for count in (50, 90):
            await watched.until(lambda count=count: len(watched.units) >= count)
            watched.stream.reopen()
        await watched.until(lambda: len(watched.units) >= 110)

    watched = watch(server.url("live.m3u8"), scenario)
    times = [unit.rtp for unit in watched.units]
    assert len(times) == len(set(times))


def test_a_live_camera_that_says_each_time_that_it_has_ended_is_played_on(server, oddities):
    live = Live(server, "ts", "/live.m3u8")
    server.routes["/live.m3u8"] = lambda handler: answer(handler, live.text() + "#EXT-X-ENDLIST\n")
    watched = watch(server.url("live.m3u8"), until_units(100))
    assert played_on(watched)
    assert oddities() == {Oddity.PLAYLIST_ENDED}


@pytest.mark.parametrize("target", ["#EXT-X-TARGETDURATION:0\n", ""])
def test_a_playlist_without_a_target_duration_is_played(server, target):
    live = Live(server, "ts", "/live.m3u8")
    server.routes["/live.m3u8"] = lambda handler: answer(
        handler, live.text().replace("#EXT-X-TARGETDURATION:1\n", target)
    )
    assert played_on(watch(server.url("live.m3u8"), until_units(60)))


def test_segments_that_the_playlist_leaves_out_are_lost_and_not_asked_for(server):
    live = Live(server, "ts", "/live.m3u8")
    live.before = dict.fromkeys((5, 6, 7, 8), "#EXT-X-GAP\n")
    watched = watch(server.url("live.m3u8"), until_units(60))
    assert played_on(watched)
    assert sum(unit.lost for unit in watched.units) >= 3
    assert not any(server.asked(f"/ts/index{number}.ts") for number in (5, 6, 7, 8))


def test_addresses_with_blanks_are_asked_for_as_addresses(server, footage):
    body = (footage / "short" / "index0.ts").read_bytes()
    server.routes["/kamera%201/a%20b.ts"] = lambda handler: answer(handler, body)
    text = "#EXTM3U\r\n#EXTINF:0.4,\r\nkamera 1/a b.ts?x=1 2\r\n#EXT-X-ENDLIST\r\n"
    server.routes["/blanks.m3u8"] = lambda handler: answer(handler, text)
    assert len(watch(server.url("blanks.m3u8")).units) == 10


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream", "image/png", "text/plain"])
def test_what_the_server_calls_a_playlist_and_its_segments_does_not_matter(server, footage, kind):
    for path in (footage / "short").iterdir():
        body = path.read_bytes()
        server.routes[f"/short/{path.name}"] = lambda handler, body=body: answer(handler, body, kind=kind)
    assert len(watch(server.url("short/index.m3u8")).units) == 50


def odd_answer(body, head, *, pieces=1000):
    """A route that answers with this head, closes the connection at the end, and sends its body in small pieces."""

    def route(handler):
        handler.close_connection = True
        handler.wfile.write(head.replace("{length}", str(len(body))).encode("latin-1").replace(b"\n", b"\r\n"))
        for start in range(0, len(body), pieces):
            handler.wfile.write(body[start : start + pieces])
            handler.wfile.flush()

    return route


HEADS = {
    "HTTP/1.0 without a length": "HTTP/1.0 200 OK\n\n",
    "no length": "HTTP/1.1 200 OK\nConnection: close\n\n",
    "no reason": "HTTP/1.1 200\nContent-Length: {length}\n\n",
    "early answers": "HTTP/1.1 103 Early Hints\nLink: x\n\nHTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\n"
    "Content-Length: {length}\n\n",
    "both lengths": "HTTP/1.1 200 OK\nContent-Length: {length}\ncontent-length: {length}\n\n",
    "odd lines": "HTTP/1.1 200 OK\nServer : kamera\n(c) 2009\nContent-Length : {length}\n\n",
    "no number": "HTTP/1.1 200 OK\nContent-Length: unknown\n\n",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("pieces", [10, 10_000])
def test_an_odd_head_of_every_answer_costs_nothing(server, footage, head, pieces):
    for path in (footage / "short").iterdir():
        server.routes[f"/short/{path.name}"] = odd_answer(path.read_bytes(), head, pieces=pieces)
    watched = watch(server.url("short/index.m3u8"))
    assert set(watched.faults) == {FaultCode.STREAM_ENDED}
    assert len(watched.units) == 50
    assert not any(unit.damaged or unit.lost for unit in watched.units[1:])


def test_segments_that_are_shorter_than_they_say_are_played_and_named(server, footage, oddities):
    Live(server, "ts", "/live.m3u8")
    for path in (footage / "ts").glob("*.ts"):
        head = f"HTTP/1.1 200 OK\nContent-Length: {path.stat().st_size + 7}\n\n"
        server.routes[f"/ts/{path.name}"] = odd_answer(path.read_bytes(), head)
    watched = watch(server.url("live.m3u8"), until_units(60))
    assert played_on(watched)
    assert sum(unit.lost for unit in watched.units) >= 3
    assert oddities() == {Oddity.SHORT_BODY}


def test_a_playlist_that_is_shorter_than_it_says_is_read_as_far_as_its_lines_are_whole(server, oddities):
    live = Live(server, "ts", "/live.m3u8")

    def cut(handler):
        text = (live.text() + "#EXTINF:0.4,\nseg").encode()
        odd_answer(text, f"HTTP/1.1 200 OK\nContent-Length: {len(text) + 50}\n\n")(handler)

    server.routes["/live.m3u8"] = cut
    assert played_on(watch(server.url("live.m3u8"), until_units(60)))
    assert oddities() == {Oddity.SHORT_BODY}


def test_bytes_behind_an_answer_are_passed_over(server, oddities):
    live = Live(server, "ts", "/live.m3u8")

    def more(handler):
        answer(handler, live.text())
        handler.wfile.write(b"\r\n\r\n<!-- cache -->")

    server.routes["/live.m3u8"] = more
    assert played_on(watch(server.url("live.m3u8"), until_units(60)))
    assert oddities() <= {Oddity.BYTES_BEHIND}


def test_a_film_with_other_bytes_before_it_is_played(server, footage):
    body = bytes(500) + (footage / "film.ts").read_bytes()
    server.routes["/film"] = lambda handler: answer(handler, body, kind="text/html")
    watched = watch(server.url("film"))
    assert set(watched.faults) == {FaultCode.STREAM_ENDED}
    assert len(watched.units) == 50


def test_times_that_run_faster_than_the_playlist_says_are_not_believed(server, oddities):
    """Segments of 0.8 s whose pictures have times of 0.4 s."""
    slower = (server.folder / "ts" / "index.m3u8").read_text().replace("#EXTINF:0.400000", "#EXTINF:0.800000").encode()
    server.routes["/ts/index.m3u8"] = lambda handler: answer(handler, slower)
    watched = watch(server.url("/ts/index.m3u8"), until_units(45))
    assert Oddity.RATE in oddities()
    assert [unit.by_arrival for unit in (watched.units[0], watched.units[40])] == [False, True]
    assert watched.units[44].rtp - watched.units[40].rtp == 4 * 7200
