"""HLS and FLV from a plain web server: what plays, what is refused, and what is said when it stops."""

import asyncio
import base64
import hashlib
import itertools
import re
from contextlib import suppress
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.integration.video.watched import Watched
from tests.integration.video.web_server import Live, WebServer, answer, without_end
from tests.integration.video.web_watch import QUICK, said, watch
from tests.planted import CAMERA_PASSWORD
from tests.web_footage import RATE, film, hls
from tmcwall.domain.fault import FaultCode
from tmcwall.listening import accepted_the_last
from tmcwall.rtsp.rtcp import unix_ns
from tmcwall.video.sessions.reconnect import Timing

GOP = 10
SEGMENT_S = GOP / RATE
LOGIN = {"username": "petugas", "password": CAMERA_PASSWORD}


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    hls(folder / "ts", pictures=500, gop=GOP, between=2)
    hls(folder / "short", pictures=50, gop=GOP)
    hls(folder / "hevc", pictures=50, gop=GOP, codec="hevc")
    hls(folder / "mp4", pictures=500, gop=GOP, fragments=True)
    hls(folder / "hevc-mp4", pictures=50, gop=GOP, codec="hevc", fragments=True)
    for codec in ("h264", "hevc"):
        (folder / f"{codec}.flv").write_bytes(film("flv", codec=codec))
        (folder / f"{codec}.ts").write_bytes(film("mpegts", codec=codec))
        (folder / f"{codec}.mp4").write_bytes(film("mp4", codec=codec))
    return folder


@pytest.fixture
def server(footage):
    with WebServer(footage) as running:
        yield running


def until_units(count):
    async def scenario(watched):
        await watched.until(lambda: len(watched.units) >= count or watched.faults)

    return scenario


def gaps_s(watched):
    """Between pictures, as they were handed on."""
    times = [unit.arrival_ns for unit in watched.units]
    return [(after - before) / 1e9 for before, after in itertools.pairwise(times)]


@pytest.mark.parametrize(
    ("path", "codec"),
    [
        ("short/index.m3u8", "h264"),
        ("hevc/index.m3u8", "hevc"),
        ("hevc-mp4/index.m3u8", "hevc"),
        ("h264.flv", "h264"),
        ("hevc.flv", "hevc"),
        ("h264.ts", "h264"),
        ("hevc.ts", "hevc"),
        ("h264.mp4", "h264"),
        ("hevc.mp4", "hevc"),
    ],
)
def test_a_film_on_a_web_server_is_played_once_at_its_own_pace_and_has_ended_then(server, path, codec):
    watched = watch(server.url(path))
    assert set(watched.faults) == {FaultCode.STREAM_ENDED}
    assert watched.stream.state.codec == codec
    assert (watched.stream.state.width, watched.stream.state.height) == (160, 96)
    assert len(watched.units) == 50
    assert watched.units[0].key
    assert not any(unit.damaged or unit.lost for unit in watched.units[1:])
    lasted_s = (watched.units[-1].arrival_ns - watched.units[0].arrival_ns) / 1e9
    assert lasted_s > 1.7


def test_what_has_ended_does_not_come_again_as_if_it_were_live(server):
    async def scenario(watched):
        await watched.until(lambda: server.asked("/short/index.m3u8") >= 4)

    watched = watch(server.url("short/index.m3u8"), scenario)
    assert len(watched.units) == 50
    assert set(watched.faults) == {FaultCode.STREAM_ENDED}


def test_a_file_that_has_been_played_does_not_come_again(server):
    async def scenario(watched):
        await watched.until(lambda: server.asked("/h264.flv") >= 3)

    assert len(watch(server.url("h264.flv"), scenario).units) == 50


@pytest.mark.parametrize("folder", ["ts", "mp4"])
def test_a_live_playlist_plays_near_its_end_without_a_seam(server, folder):
    live = Live(server, folder, "/live.m3u8")
    live._began -= 10 * SEGMENT_S
    watched = watch(server.url("live.m3u8"), until_units(60))
    assert watched.faults == []
    assert not any(unit.damaged or unit.lost for unit in watched.units[1:])
    pictures = sorted(unit.rtp for unit in watched.units)
    assert {after - before for before, after in itertools.pairwise(pictures)} <= {3600, 3599, 3601}
    first = min(unit.rtp for unit in watched.units)
    assert all(f"{number}.ts" not in path for path, _ in server.requests for number in ("index0", "index1", "index2"))
    assert first >= 0
    # Time of the picture against its schedule: some two targets behind the newest, and said so.
    behind_s = [(unit.arrival_ns - unit.schedule_ns) / 1e9 for unit in watched.units]
    assert min(behind_s) > SEGMENT_S


def test_pictures_of_a_healthy_live_playlist_come_evenly_and_not_by_the_segment(server):
    Live(server, "ts", "/live.m3u8")
    watched = watch(server.url("live.m3u8"), until_units(70))
    assert watched.faults == []
    gaps = gaps_s(watched)
    assert sum(gap > 0.005 for gap in gaps) > len(gaps) * 0.6


def test_a_playlist_that_stops_growing_is_said_and_its_end_is_not_shown_again(server):
    live = Live(server, "ts", "/live.m3u8")

    async def scenario(watched):
        await watched.until(lambda: len(watched.units) >= 20)
        live.stop_growing()
        await watched.until(lambda: len(watched.faults) >= 3)
        seen = len(watched.units)
        assert set(zip(watched.faults, watched.details, strict=True)) == {
            (FaultCode.STREAM_STALLED, "the playlist does not grow")
        }
        live.grow_again()
        await watched.until(lambda: len(watched.units) > seen + 20)

    watched = watch(server.url("live.m3u8"), scenario)
    times = [unit.rtp for unit in watched.units]
    assert len(times) == len(set(times))
    assert watched.stream.state.fault is None


def test_a_playlist_that_nobody_has_written_for_long_is_not_shown_as_live(server):
    live = Live(server, "ts", "/old.m3u8")
    live.stop_growing()
    server.routes["/old.m3u8"] = lambda handler: answer(
        handler, live.text(), Last_Modified="Mon, 06 Jan 2025 08:00:00 GMT"
    )
    watched = watch(server.url("old.m3u8"))
    assert said(watched) == (FaultCode.STREAM_STALLED, "the playlist does not grow")
    assert watched.units == []


def test_a_segment_that_is_missing_leaves_a_gap_that_is_counted(server):
    live = Live(server, "ts", "/live.m3u8")
    live.names[6] = "/ts/gone.ts"
    watched = watch(server.url("live.m3u8"), until_units(75))
    assert watched.faults == []
    assert sum(unit.lost for unit in watched.units) == 1
    marked = [unit for unit in watched.units if unit.lost]
    assert marked[0].key
    assert marked[0].damaged


def test_segments_that_are_all_missing_are_a_fault(server):
    live = Live(server, "ts", "/live.m3u8")
    live.names = dict.fromkeys(range(len(live.segments)), "/ts/gone.ts")
    watched = watch(server.url("live.m3u8"))
    assert said(watched) == (FaultCode.STREAM_NOT_FOUND, "segments are missing: status 404")


def test_the_sub_stream_takes_a_small_variant_and_the_main_stream_the_large_one(server):
    server.routes["/master.m3u8"] = lambda handler: answer(
        handler,
        "#EXTM3U\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=1920x1080\nhevc/index.m3u8\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=640x360\nshort/index.m3u8\n",
    )
    codecs = {
        profile: watch(server.url("master.m3u8"), until_units(5), profile=profile).stream.state.codec
        for profile in ("main", "sub")
    }
    assert codecs == {"main": "hevc", "sub": "h264"}


def test_a_discontinuity_begins_a_new_timeline_and_pictures_go_on(server):
    live = Live(server, "ts", "/live.m3u8")
    for number in range(6, len(live.segments)):
        live.names[number] = live.segments[number - 6][1]
    live.before[6] = "#EXT-X-DISCONTINUITY\n"
    watched = watch(server.url("live.m3u8"), until_units(55))
    assert watched.faults == []
    runs = [unit.run for unit in watched.units]
    assert len(set(runs)) == 2
    assert watched.units[runs.index(runs[-1])].key


def test_the_time_of_day_that_a_playlist_gives_is_the_cameras_clock(server):
    live = Live(server, "ts", "/live.m3u8")
    live.before = {
        number: f"#EXT-X-PROGRAM-DATE-TIME:2026-03-10T07:30:{number * SEGMENT_S:06.3f}Z\n" for number in range(50)
    }
    clocks = []

    async def scenario(watched):
        await watched.until(lambda: watched.stream.camera_clock is not None)
        clocks.append(watched.stream.camera_clock)

    watched = watch(server.url("live.m3u8"), scenario)
    (clock,) = clocks
    unit = next(unit for unit in watched.units if unit.rtp & 0xFFFF_FFFF == clock.rtp)
    assert (unit.key, unit.run) == (True, clock.run)
    assert unix_ns(clock.ntp) / 1e9 == pytest.approx(1773127800 + SEGMENT_S, abs=3 * SEGMENT_S)


def test_byte_ranges_work_with_a_server_that_knows_them_not(server, footage):
    names = sorted((footage / "short").glob("*.ts"), key=lambda path: int(path.stem.removeprefix("index")))
    parts = [path.read_bytes() for path in names]
    server.routes["/all.ts"] = lambda handler: answer(handler, b"".join(parts))
    lines = "".join(f"#EXTINF:0.4,\n#EXT-X-BYTERANGE:{len(part)}\nall.ts\n" for part in parts)
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{lines}#EXT-X-ENDLIST\n"
    server.routes["/ranges.m3u8"] = lambda handler: answer(handler, text)
    watched = watch(server.url("ranges.m3u8"))
    assert set(watched.faults) == {FaultCode.STREAM_ENDED}
    assert len(watched.units) == 50
    assert any("Range" in headers for path, headers in server.requests if path == "/all.ts")


def test_encrypted_segments_are_opened_with_the_key_the_playlist_names(server, footage):
    key, lines = bytes(range(16)), []
    for number, path in enumerate(sorted((footage / "short").glob("*.ts"), key=lambda one: int(one.stem[5:]))):
        clear = path.read_bytes()
        padding = 16 - len(clear) % 16
        cipher = Cipher(algorithms.AES(key), modes.CBC(number.to_bytes(16))).encryptor()
        secret = cipher.update(clear + bytes((padding,)) * padding) + cipher.finalize()
        server.routes[f"/secret{number}.ts"] = lambda handler, body=secret: answer(handler, body)
        lines.append(f"#EXTINF:0.4,\nsecret{number}.ts\n")
    server.routes["/key"] = lambda handler: answer(handler, key)
    head = '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="key"\n'
    server.routes["/secret.m3u8"] = lambda handler: answer(handler, head + "".join(lines) + "#EXT-X-ENDLIST\n")
    watched = watch(server.url("secret.m3u8"))
    assert set(watched.faults) == {FaultCode.STREAM_ENDED}
    assert len(watched.units) == 50


def live_flv(footage, server, *, stop_after=None, chunk=400):
    data = (footage / "h264.flv").read_bytes()

    def send(handler):
        without_end(handler)
        for start in range(0, len(data) if stop_after is None else stop_after, chunk):
            handler.wfile.write(data[start : start + chunk])
        if stop_after is not None:
            server.stopping.wait(30)

    return send


def test_a_live_flv_hands_every_picture_on_as_it_comes_and_connects_again(server, footage):
    server.routes["/live.flv"] = live_flv(footage, server)

    async def scenario(watched):
        await watched.until(lambda: watched.stream.state.reconnects >= 1 and len(watched.units) >= 75)

    watched = watch(server.url("live.flv"), scenario)
    assert watched.faults[0] is FaultCode.STREAM_ENDED
    assert watched.units[49].arrival_ns - watched.units[0].arrival_ns < 1.5e9


def test_fragments_without_end_are_shown_evenly_and_so_much_later_as_one_lasts(server):
    """As servers do that send a fragment a group of pictures: what comes first, they have kept."""
    data = film("mp4", pictures=80, gop=GOP)
    starts = [found.start() - 4 for found in re.finditer(b"moof", data)]
    head, *fragments = [data[start:stop] for start, stop in itertools.pairwise([0, *starts, len(data)])]

    def send(handler):
        without_end(handler, kind="video/mp4")
        handler.wfile.write(head)
        for fragment in fragments:
            if server.stopping.wait(SEGMENT_S):
                return
            handler.wfile.write(fragment)

    server.routes["/live.mp4"] = send
    watched = watch(server.url("live.mp4"), until_units(45))
    assert watched.faults == []
    gaps = gaps_s(watched)[GOP:]
    assert sum(gap > 0.005 for gap in gaps) > len(gaps) * 0.6
    delays_s = [(unit.arrival_ns - unit.schedule_ns) / 1e9 for unit in watched.units[2 * GOP :]]
    assert min(delays_s) > SEGMENT_S / 2


def test_a_live_flv_that_stops_is_said(server, footage):
    server.routes["/live.flv"] = live_flv(footage, server, stop_after=8000)
    watched = watch(server.url("live.flv"))
    assert said(watched) == (FaultCode.STREAM_STALLED, "pictures have stopped")
    assert watched.units


def test_a_camera_that_trickles_is_cut(server, footage):
    data = (footage / "h264.flv").read_bytes()

    def trickle(handler):
        without_end(handler)
        for byte in data[:600]:
            if server.stopping.wait(0.02):
                return
            handler.wfile.write(bytes((byte,)))

    server.routes["/slow.flv"] = trickle
    watched = watch(server.url("slow.flv"))
    assert said(watched)[0] in {FaultCode.NO_MEDIA, FaultCode.NO_ANSWER}


def test_a_playlist_that_trickles_is_cut(server):
    def trickle(handler):
        without_end(handler)
        handler.wfile.write(b"#EXTM3U\n")
        while not server.stopping.wait(0.02):
            handler.wfile.write(b"#\n")

    server.routes["/slow.m3u8"] = trickle
    timing = Timing(open_s=1.0, watch_s=0.05, first_retry_s=0.05)
    assert said(watch(server.url("slow.m3u8"), timing=timing)) == (FaultCode.NO_ANSWER, "no answer within the limit")


def test_a_huge_playlist_is_refused(server):
    def huge(handler):
        without_end(handler)
        handler.wfile.write(b"#EXTM3U\n")
        for _ in range(40):
            handler.wfile.write(b"#EXTINF:1,\nx.ts\n" * 4096)

    server.routes["/huge.m3u8"] = huge
    assert said(watch(server.url("huge.m3u8"))) == (FaultCode.PROTOCOL_BROKEN, "an answer above 1048576 bytes")


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"<!DOCTYPE html><html>", "text/html", FaultCode.NOT_A_CAMERA),
        (bytes(range(256)) * 20, "video/mp2t", FaultCode.NOT_A_CAMERA),
        (b"", "video/x-flv", FaultCode.NOT_A_CAMERA),
        (b"FLV\x01\x01\x00\x00\x00\x09" + b"\x77" * 5000, "video/x-flv", FaultCode.PROTOCOL_BROKEN),
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg", FaultCode.CODEC_UNSUPPORTED),
        (b"#EXTM3U\n", "audio/x-mpegurl", FaultCode.STREAM_STALLED),
    ],
    ids=["a page", "garbage", "nothing", "a broken flv", "a picture", "an empty playlist"],
)  # fmt: skip
def test_what_is_no_video_is_said_in_its_own_words(server, body, kind, code):
    server.routes["/thing"] = lambda handler: answer(handler, body, kind=kind)
    assert said(watch(server.url("thing")))[0] is code


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, FaultCode.UNAUTHORIZED),
        (404, FaultCode.STREAM_NOT_FOUND),
        (500, FaultCode.PROTOCOL_BROKEN),
        (503, FaultCode.CAMERA_BUSY),
    ],
)
def test_a_refusal_is_told_by_its_status(server, status, code):
    server.routes["/thing"] = lambda handler: answer(handler, "", status=status)
    assert said(watch(server.url("thing"))) == (code, f"status {status}")


@pytest.mark.parametrize("address", ["file://{canary}", "FILE:{canary}", "file:{canary}"])
@pytest.mark.parametrize("line", ["#EXTINF:1,\n{uri}", '#EXT-X-MAP:URI="{uri}"\n#EXTINF:1,\n/short/index0.ts'])
def test_a_playlist_leads_to_no_file(server, tmp_path, address, line):
    canary = tmp_path / "canary.ts"
    canary.write_bytes(film("mpegts", pictures=10))
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n" + line.format(uri=address.format(canary=canary)) + "\n#EXT-X-ENDLIST\n"
    server.routes["/evil.m3u8"] = lambda handler: answer(handler, text)
    watched = watch(server.url("evil.m3u8"))
    assert watched.units == []
    assert said(watched) == (FaultCode.PROTOCOL_BROKEN, "the playlist names what is no web address")


def basic(handler, then):
    """Asks for the login, and goes on where it is right."""
    wanted = base64.b64encode(f"{LOGIN['username']}:{LOGIN['password']}".encode()).decode()
    if handler.headers.get("Authorization") == f"Basic {wanted}":
        then(handler)
    else:
        answer(handler, "", status=401, WWW_Authenticate='Basic realm="kamera"')


def digest(handler, then):
    fields = dict(part.strip().split("=", 1) for part in handler.headers.get("Authorization", "x=").split(","))
    realm, nonce = "kamera", "abc123"

    def md5(*parts):
        return hashlib.md5(":".join(parts).encode()).hexdigest()

    expected = md5(md5(LOGIN["username"], realm, LOGIN["password"]), nonce, md5("GET", handler.path))
    if fields.get("response", "").strip('"') == expected:
        then(handler)
    else:
        answer(handler, "", status=401, WWW_Authenticate=f'Digest realm="{realm}", nonce="{nonce}"')


@pytest.mark.parametrize("scheme", [basic, digest])
def test_a_camera_that_asks_for_a_login_gets_it_for_everything(server, scheme, footage):
    paths = ["/short/index.m3u8", *(f"/short/{path.name}" for path in (footage / "short").glob("*.ts"))]
    for path in paths:
        body = (footage / path[1:]).read_bytes()
        server.routes[path] = lambda handler, body=body: scheme(handler, lambda to: answer(to, body))
    watched = watch(server.url("short/index.m3u8"), **LOGIN)
    assert set(watched.faults) == {FaultCode.STREAM_ENDED}
    assert len(watched.units) == 50


def test_a_wrong_login_is_tried_twice_and_then_held(server):
    server.routes["/live.flv"] = lambda handler: basic(handler, None)

    async def scenario(watched):
        await watched.until(lambda: len(watched.faults) >= 2)

    watched = watch(server.url("live.flv"), scenario, username="petugas", password="salah")
    assert set(watched.faults) == {FaultCode.UNAUTHORIZED}
    assert watched.stream.state.retry_at_ns is None


@pytest.fixture
def elsewhere(footage):
    with WebServer(footage) as other:
        yield other


@pytest.mark.parametrize("where", ["the stream", "a playlist", "a segment"])
def test_a_redirect_to_another_host_is_refused_and_no_login_follows_it(server, elsewhere, footage, where):
    paths = {"the stream": "/h264.flv", "a playlist": "/short/index.m3u8", "a segment": "/short/index0.ts"}
    path = paths[where]
    location = elsewhere.url(path[1:]).replace("127.0.0.1", "localhost")
    server.routes[path] = lambda handler: answer(handler, "", status=302, Location=location)
    if where != "a segment":
        redirect = server.routes[path]
        server.routes[path] = lambda handler: basic(handler, redirect)
    target = "short/index.m3u8" if where == "a segment" else path[1:]
    watched = watch(server.url(target), **LOGIN)
    assert said(watched) == (FaultCode.REDIRECT_REFUSED, "redirected to another host")
    assert elsewhere.requests == []


def test_a_redirect_on_the_same_host_is_followed(server):
    server.routes["/here"] = lambda handler: answer(handler, "", status=302, Location="/short/index.m3u8")
    assert set(watch(server.url("here")).faults) == {FaultCode.STREAM_ENDED}


def test_a_login_goes_to_no_other_host_that_a_playlist_names(server, elsewhere, footage):
    text = (footage / "short" / "index.m3u8").read_text().replace("index", elsewhere.url("short/index"))
    server.routes["/mixed.m3u8"] = lambda handler: basic(handler, lambda to: answer(to, text))
    for path in (footage / "short").glob("*.ts"):
        body = path.read_bytes()
        elsewhere.routes[f"/short/{path.name}"] = lambda handler, body=body: answer(handler, body)
    watched = watch(server.url("mixed.m3u8"), **LOGIN)
    assert set(watched.faults) == {FaultCode.STREAM_ENDED}
    assert len(watched.units) == 50
    assert elsewhere.requests
    assert not any("Authorization" in headers for _, headers in elsewhere.requests)


def test_an_old_server_that_closes_after_every_answer_is_followed_too(footage):
    with WebServer(footage, protocol="HTTP/1.0") as old:
        live = Live(old, "ts", "/live.m3u8")
        watched = watch(old.url("live.m3u8"), until_units(60))
        assert watched.faults == []
        assert live.published > 5


def speak(*pieces):
    """A stream from a server that answers every connection with these bytes, one by one, and then says nothing."""

    answering: set[asyncio.Task[None] | None] = set()

    async def serve(reader, writer):
        answering.add(asyncio.current_task())
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.01)
            await reader.read()
        writer.transport.abort()

    async def run():
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            watched = Watched(f"http://127.0.0.1:{port}/x.flv", timing=replace(QUICK, open_s=1.0))
            await watched.until(lambda: watched.faults)
            await watched.stream.close()
            await accepted_the_last(listening)
            tasks = [task for task in answering if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks)
        return watched

    return asyncio.run(run())


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ([b"RTSP/1.0 400 Bad Request\r\n\r\n"], FaultCode.PROTOCOL_BROKEN),
        ([bytes(range(256)) * 8], FaultCode.PROTOCOL_BROKEN),
        ([HEAD, *([b"X: " + b"y" * 16_000 + b"\r\n"] * 8)], FaultCode.PROTOCOL_BROKEN),
        ([HEAD + b"X: ", *([b"y"] * 1000)], FaultCode.NO_ANSWER),
        ([b"HTTP/1.1 100 Continue\r\n\r\n"] * 20, FaultCode.CONNECTION_LOST),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"], FaultCode.PROTOCOL_BROKEN),
        ([HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8bFLV\xff" + bytes(200)], FaultCode.PROTOCOL_BROKEN),
        ([b"HTTP/1.1 302 Found\r\nLocation: rtsp://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"],
         FaultCode.REDIRECT_REFUSED),
        ([b"HTTP/1.1 302 Found\r\nLocation: /x.flv\r\nContent-Length: 0\r\n\r\n"], FaultCode.REDIRECT_REFUSED),
    ],
    ids=["rtsp", "garbage", "a huge head", "a trickling head", "only promises", "broken chunks", "compressed",
         "to another protocol", "in a circle"],
)  # fmt: skip
def test_what_is_no_http_or_too_much_of_it_is_said(pieces, code):
    assert said(speak(*pieces))[0] is code
