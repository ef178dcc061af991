"""Cameras on the web through a real engine and decoder: tiles, recording, clips, trust and where they may stand."""

import hashlib
import time
from pathlib import Path

import av
import pytest

from tests.integration.video.certificates import Office
from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.fake_camera import CameraThread, FakeCamera
from tests.integration.video.web_server import Live, WebServer, answer, without_end
from tests.integration.video.web_watch import QUICK, said, watch
from tests.waiting import until
from tests.web_footage import film, hls
from tmcwall.domain.address import AddressRule
from tmcwall.domain.fault import FaultCode
from tmcwall.net.trust import Trust
from tmcwall.video.ipc.messages import ClipCut, ClipFailed, CutClip, Record, StreamReport
from tmcwall.video.sessions.reconnect import Timing

QUICK_ENGINE = Path(__file__).parents[1] / "quick_engine.py"


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    hls(folder / "ts", pictures=1000, gop=10)
    hls(folder / "short", pictures=50, gop=10)
    (folder / "film.flv").write_bytes(film("flv", pictures=500))
    (folder / "hevc.flv").write_bytes(film("flv", codec="hevc", pictures=500))
    return folder


@pytest.fixture
def server(footage):
    with WebServer(footage) as running:
        yield running


def nals(path):
    """The slices of a file, by their hashes."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        found = []
        for packet in container.demux(video):
            data = bytes(packet)
            if data[:4] == b"\0\0\0\1" or data[:3] == b"\0\0\1":
                units = [nal for nal in data.split(b"\0\0\1") if nal]
            else:
                units, at = [], 0
                while at + 4 <= len(data):
                    size = int.from_bytes(data[at : at + 4])
                    units.append(data[at + 4 : at + 4 + size])
                    at += 4 + size
            found += [hashlib.sha256(nal.rstrip(b"\0")).digest() for nal in units if nal[0] & 31 in {1, 5}]
        return found


def test_cameras_on_the_web_are_shown_recorded_and_cut_like_others(server, footage, tmp_path):
    Live(server, "ts", "/live.m3u8")
    with EngineProcess(tmp_path / "recordings", decoders=2) as engine:
        engine.set_cameras(
            camera("hls", server.url("live.m3u8"), record="main"),
            camera("flv", server.url("film.flv")),
            camera("h265", server.url("hevc.flv")),
        )
        engine.send(Record(cameras=["hls"]))
        engine.show("hls", tile=0)
        engine.show("flv", tile=0, decoder=1)
        engine.show("h265", tile=1, decoder=1)
        for tile, decoder in ((0, 0), (0, 1), (1, 1)):
            until(lambda: engine.pictures(tile, decoder) > 20)
        report = engine.wait_for(StreamReport, where=lambda report: report.camera == "hls" and report.connected)
        assert (report.codec, report.width, report.height, report.fault) == ("h264", 160, 96, None)
        assert report.behind_s > 1.0
        until(lambda: engine.pictures() > 120)
        now = time.time()
        clip = tmp_path / "clip.mp4"
        engine.send(CutClip(request="r", camera="hls", start_utc=now - 3, end_utc=now - 1, path=str(clip)))
        cut = engine.wait_for((ClipCut, ClipFailed))
        assert isinstance(cut, ClipCut)
    assert cut.packets >= 40
    source = [nal for path in (footage / "ts").glob("*.ts") for nal in nals(path)]
    assert set(nals(clip)) <= set(source)


def test_a_playlist_that_stops_leaves_the_healthy_camera_beside_it_alone_and_is_said(server, tmp_path, film_pictures):
    live = Live(server, "ts", "/live.m3u8")
    healthy = FakeCamera(pictures=film_pictures)
    healthy.interval_s = 0.04
    with CameraThread(healthy), EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        engine.set_cameras(camera("hls", server.url("live.m3u8")), camera("rtsp", healthy.url))
        engine.show("hls", tile=0)
        engine.show("rtsp", tile=1)
        until(lambda: engine.pictures(0) > 20 and engine.pictures(1) > 20)
        live.stop_growing()
        said = engine.wait_for_fault("hls", FaultCode.STREAM_STALLED)
        assert said.detail == "the playlist does not grow"
        stopped, beside = engine.pictures(0), engine.pictures(1)
        until(lambda: engine.pictures(1) > beside + 25)
        assert engine.pictures(0) == stopped
        live.grow_again()
        until(lambda: engine.pictures(0) > stopped + 20)
        report = engine.reports[-1]
        assert not [report for report in engine.reports if getattr(report, "camera", "") == "rtsp" and report.fault]
        assert report is not None


@pytest.fixture
def film_pictures(film):
    return lambda number: film[number % len(film)]


CITY = AddressRule.of(["10.0.0.0/8"])
HERE = AddressRule.of(["10.0.0.0/8"], loopback=True)


def test_a_web_camera_never_leads_to_this_machine_where_that_is_not_allowed(server):
    watched = watch(server.url("short/index.m3u8"), rule=CITY)
    assert watched.faults[0] is FaultCode.ADDRESS_FORBIDDEN
    assert server.requests == []


@pytest.mark.parametrize(
    "line",
    [
        "#EXTINF:1,\n{url}",
        '#EXT-X-MAP:URI="{url}"\n#EXTINF:1,\na.ts',
        '#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:1,\na.ts',
    ],
    ids=["segment", "head", "key"],
)
@pytest.mark.parametrize("host", ["169.254.169.254", "192.168.9.9", "[::ffff:169.254.169.254]"])
def test_a_playlist_leads_nowhere_a_camera_may_not_stand(server, line, host):
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n" + line.format(url=f"http://{host}/x") + "\n#EXT-X-ENDLIST\n"
    server.routes["/evil.m3u8"] = lambda handler: answer(handler, text)
    assert watch(server.url("evil.m3u8"), rule=HERE).faults[0] is FaultCode.ADDRESS_FORBIDDEN


def test_a_variant_leads_nowhere_a_camera_may_not_stand(server):
    text = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://169.254.169.254/latest\n"
    server.routes["/evil.m3u8"] = lambda handler: answer(handler, text)
    assert watch(server.url("evil.m3u8"), rule=HERE).faults[0] is FaultCode.ADDRESS_FORBIDDEN


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


def test_a_web_camera_over_tls_is_trusted_by_authority_or_by_fingerprint(office, footage):
    tls, fingerprint = office.camera("situs")
    with WebServer(footage, tls=tls) as server:
        url = server.url("short/index.m3u8")
        assert watch(url).faults[0] is FaultCode.TLS_UNTRUSTED
        assert watch(url, fingerprint="ab" * 32).faults[0] is FaultCode.TLS_UNTRUSTED
        assert server.requests == []
        assert set(watch(url, trust=Trust(office.file)).faults) == {FaultCode.STREAM_ENDED}
        assert set(watch(url, fingerprint=fingerprint).faults) == {FaultCode.STREAM_ENDED}


def test_a_playlist_over_tls_leads_to_nothing_in_the_clear(office, footage):
    tls, fingerprint = office.camera("situs")
    with WebServer(footage, tls=tls) as server, WebServer(footage) as plain:
        text = (footage / "short" / "index.m3u8").read_text().replace("index", plain.url("short/index"))
        server.routes["/mixed.m3u8"] = lambda handler: answer(handler, text)
        watched = watch(server.url("mixed.m3u8"), fingerprint=fingerprint)
        assert said(watched) == (FaultCode.REDIRECT_REFUSED, "led from https to http")
        assert plain.requests == []


def test_a_segment_without_end_is_cut(server):
    segment = (server.folder / "short" / "index0.ts").read_bytes()

    def endless(handler):
        without_end(handler, kind="video/mp2t")
        handler.wfile.write(segment)
        while not server.stopping.wait(0.01):
            handler.wfile.write(b"\x47\x1f\xff\x10" + bytes(184))

    server.routes["/endless.ts"] = endless
    lines = "#EXTINF:0.4,\nendless.ts\n" * 8
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{lines}"
    server.routes["/endless.m3u8"] = lambda handler: answer(handler, text)
    timing = Timing(**{**{name: getattr(QUICK, name) for name in Timing.__slots__}, "open_s": 1.5, "stalled_s": 20.0})
    watched = watch(server.url("endless.m3u8"), timing=timing)
    assert said(watched) == (FaultCode.STREAM_STALLED, "segments are missing: segments come slower than they play")
