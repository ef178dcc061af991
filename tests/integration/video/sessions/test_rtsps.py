"""Cameras over TLS: who vouches for them, and what a certificate of another says."""

import asyncio

import pytest

from tests.integration.video.certificates import DAY, Office
from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.watched import Watched
from tests.waiting import until
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.source import TransportPreference
from tmcwall.net.trust import Trust
from tmcwall.rtsp.auth import Scheme
from tmcwall.video.ipc.messages import StreamReport
from tmcwall.video.sessions.reconnect import Timing

pytest_plugins = ["tests.cameras"]

PATIENT = Timing(watch_s=0.05, first_retry_s=0.05)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


def watch(url, *, enough=lambda watched: len(watched.units) >= 10 or watched.faults, **source):
    async def scenario():
        watched = Watched(url, timing=PATIENT, **source)
        await watched.until(lambda: enough(watched))
        await watched.stream.close()
        return watched

    return asyncio.run(scenario())


def test_a_camera_that_the_office_vouches_for_plays(cameras, office):
    tls, _ = office.camera("simpang")
    server = cameras("CAM-1", tls=tls)
    assert server.url("CAM-1").startswith("rtsps://")
    assert watch(server.url("CAM-1"), trust=Trust(office.file)).faults == []


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ({"address": "10.9.8.7"}, "IP address mismatch"),
        ({"age": 60 * DAY}, "certificate has expired"),
    ],
    ids=["of another host", "expired"],
)
def test_a_certificate_of_another_host_or_time_is_refused_in_words(cameras, office, certificate, words):
    tls, _ = office.camera("lain", **certificate)
    watched = watch(cameras("CAM-1", tls=tls).url("CAM-1"), trust=Trust(office.file))
    assert watched.faults[0] is FaultCode.TLS_UNTRUSTED
    assert words in watched.details[0]
    assert watched.units == []


def test_a_camera_nobody_vouches_for_is_refused(cameras, office):
    tls, _ = office.camera("asing")
    assert watch(cameras("CAM-1", tls=tls).url("CAM-1")).faults[0] is FaultCode.TLS_UNTRUSTED


def test_a_file_of_authorities_that_is_gone_is_said(cameras, office, tmp_path):
    tls, _ = office.camera("simpang")
    watched = watch(cameras("CAM-1", tls=tls).url("CAM-1"), trust=Trust(tmp_path / "gone.pem"))
    assert (watched.faults[0], watched.details[0]) == (
        FaultCode.TLS_UNTRUSTED,
        "the file of authorities cannot be read",
    )


@pytest.mark.parametrize("certificate", [{"address": "10.9.8.7"}, {"age": 60 * DAY}], ids=["other host", "expired"])
def test_a_certificate_that_is_known_by_its_fingerprint_is_taken_as_it_is(cameras, office, certificate):
    tls, fingerprint = office.camera("dikenal", **certificate)
    assert watch(cameras("CAM-1", tls=tls).url("CAM-1"), fingerprint=fingerprint).faults == []


def test_a_changed_certificate_is_refused_with_its_fingerprint_before_a_password_is_sent(cameras, office, camera_login):
    tls, fingerprint = office.camera("baru")
    server = cameras("CAM-1", tls=tls, password=True, schemes=(Scheme.BASIC,))
    username, password = camera_login
    known = "ab" * 32
    watched = watch(server.url("CAM-1"), fingerprint=known, username=username, password=password)
    assert watched.faults[0] is FaultCode.TLS_UNTRUSTED
    assert fingerprint in watched.details[0]
    assert watched.units == []


def test_a_password_may_be_plain_where_the_connection_is_not(cameras, office, camera_login):
    tls, fingerprint = office.camera("simpang")
    server = cameras("CAM-1", tls=tls, password=True, schemes=(Scheme.BASIC,))
    username, password = camera_login
    watched = watch(
        server.url("CAM-1"), fingerprint=fingerprint, username=username, password=password, allow_basic=False
    )
    assert watched.faults == []


def test_packets_stay_in_the_connection_even_where_udp_is_wanted(cameras, office):
    tls, fingerprint = office.camera("simpang")
    watched = watch(cameras("CAM-1", tls=tls).url("CAM-1"), fingerprint=fingerprint, transport=TransportPreference.UDP)
    assert watched.faults == []


def test_the_engine_shows_a_camera_over_tls(cameras, office, tmp_path):
    tls, fingerprint = office.camera("simpang")
    url = cameras("CAM-1", tls=tls).url("CAM-1")
    with EngineProcess(tmp_path / "recordings") as engine:
        engine.set_cameras(camera("cam", url, fingerprint=fingerprint), camera("other", url))
        engine.show("cam")
        engine.show("other", tile=1)
        until(lambda: engine.pictures() > 10)
        engine.wait_for(StreamReport, where=lambda report: report.fault is FaultCode.TLS_UNTRUSTED)
