"""The services with a real store and a real central server: nothing is lost and nothing comes twice."""

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.central_server import NRP, PASSWORD, CentralServer
from tests.enrolled import enrolled_at, identity_of
from tests.services_stage import LP, PURWOSARI, FakeFeed, camera
from tmcwall.db import cameras as camera_rows
from tmcwall.db import operations
from tmcwall.db.store import Store
from tmcwall.domain.camera import Position, View
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.incident import Certainty, Status
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.changes import Changes
from tmcwall.services.duty import Duty, ServerGate
from tmcwall.services.incidentdesk import IncidentDesk
from tmcwall.services.synchronisation import Synchronisation
from tmcwall.services.tagging import Rolls, Tagging, TagRequest
from tmcwall.sync.client import SyncClient, SyncLimits
from tmcwall.video.ipc.messages import ClipCut

WAIT_MS = 30_000
CLOCK = SystemClock()
ROLLS = Rolls(before_s=1, after_s=0.2)
TO_THE_EAST = Position(PURWOSARI.lat, PURWOSARI.lon + 0.001)
TURNED_AWAY = View(bearing_deg=90.0, fov_deg=60.0, range_m=200.0)
ALL_ROUND = View(bearing_deg=None, fov_deg=None, range_m=400.0)


@dataclass(frozen=True)
class Workstation:
    """What `app` wires, without screens and with a feed that only listens."""

    store: Store
    changes: Changes
    feed: FakeFeed
    book: CameraBook
    duty: Duty
    desk: IncidentDesk
    tagging: Tagging
    sync: Synchronisation

    def start(self) -> None:
        for part in (self.changes, self.duty, self.book, self.desk, self.tagging, self.sync):
            part.start()

    def stop(self) -> None:
        for part in (self.changes, self.sync, self.tagging, self.desk, self.book, self.duty):
            part.stop()
        assert self.sync.join(60)
        self.store.close()


def workstation(folder: Path, server: CentralServer) -> Workstation:
    store, server_url = Store(folder / "tmcwall.db", clock=CLOCK), server.url
    identity = identity_of(store, folder, url=server_url)
    enrolled_at(identity, server.folder)
    cameras = [camera("CAM-1", view=ALL_ROUND), camera("CAM-2", position=TO_THE_EAST, view=TURNED_AWAY)]
    store.write(lambda session: camera_rows.put(session, cameras)).result(60)
    changes = Changes(store=store)
    feed = FakeFeed()
    duty = Duty(store=store, gate=ServerGate(server_url, device=identity.current), clock=CLOCK, confirm_every_s=0.2)
    book = CameraBook(store=store, streams=feed, logins=None, clock=CLOCK)
    desk = IncidentDesk(store=store, changes=changes, cameras=book, duty=duty, clock=CLOCK)
    tagging = Tagging(
        store=store,
        changes=changes,
        cutter=feed,
        cameras=book,
        duty=duty,
        clock=CLOCK,
        clips=folder / "clips",
        rolls=ROLLS,
    )
    limits = SyncLimits(interval_s=1.0, first_retry_s=0.1, longest_retry_s=0.5)
    sync = Synchronisation(
        store=store,
        changes=changes,
        clips=folder / "clips",
        clock=CLOCK,
        client_of=lambda replica, on_state: SyncClient(
            replica, server_url=server_url, token=None, clock=CLOCK, on_state=on_state, limits=limits
        ),
    )
    duty.token_changed.connect(sync.use_token)
    sync.token_refused.connect(duty.take_refused_token)
    return Workstation(store, changes, feed, book, duty, desk, tagging, sync)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One for all tests that leave it running."""
    server = CentralServer(tmp_path_factory.mktemp("central"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(tmp_path):
    """One that a test may stop and start."""
    server = CentralServer(tmp_path / "central")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def stations(qapp, tmp_path):
    """Opens workstations at a server, by name."""
    made = []

    def start(server, name="one"):
        station = workstation(tmp_path / name, server)
        made.append(station)
        station.start()
        return station

    yield start
    for station in made:
        station.stop()


def sign_in(station, qtbot):
    with qtbot.waitSignal(station.duty.signed_in, timeout=WAIT_MS):
        station.duty.sign_in(NRP, PASSWORD)
    qtbot.waitUntil(lambda: station.book.all() != (), timeout=WAIT_MS)


def is_synchronised(station):
    pending = station.store.read(operations.pending_count).result(60)
    return station.sync.state.online and pending == 0


def tag(station, qtbot, **request):
    with qtbot.waitSignal(station.tagging.saved, timeout=WAIT_MS) as saved:
        station.tagging.tag(TagRequest("CAM-1", **request))
    return saved.args[0]


def test_a_wrong_password_is_refused_and_nobody_is_on_duty(stations, server, qtbot):
    station = stations(server)
    with qtbot.waitSignal(station.duty.sign_in_refused, timeout=WAIT_MS) as refused:
        station.duty.sign_in(NRP, "salah sekali")
    assert refused.args[0].code is FaultCode.SIGN_IN_REFUSED
    assert station.duty.officer is None


def test_an_officer_whom_the_server_disables_goes_off_duty_and_does_not_come_back_offline(stations, own_server, qtbot):
    station = stations(own_server)
    sign_in(station, qtbot)
    qtbot.waitUntil(partial(is_synchronised, station), timeout=WAIT_MS)
    with qtbot.waitSignal(station.duty.sign_in_refused, timeout=WAIT_MS) as told:
        own_server.disable_officer()
    assert told.args[0].code is FaultCode.SIGN_IN_WITHDRAWN
    assert station.duty.officer is None
    own_server.stop()
    with qtbot.waitSignal(station.duty.sign_in_refused, timeout=WAIT_MS) as refused:
        station.duty.sign_in(NRP, PASSWORD)
    assert refused.args[0].code is FaultCode.SIGN_IN_EXPIRED


def test_a_tag_and_its_case_are_on_the_server_after_its_restart(stations, own_server, qtbot):
    station = stations(own_server)
    sign_in(station, qtbot)
    saved = tag(station, qtbot, lp=LP, note="motor merah")
    qtbot.waitUntil(partial(is_synchronised, station), timeout=WAIT_MS)
    own_server.stop()
    own_server.start()
    kept = own_server.ask(f"/bookmarks/{saved.id}")["fields"]
    assert (kept["camera_id"], kept["note"], kept["case_id"]) == ("CAM-1", "motor merah", saved.case_id)


def test_the_bytes_of_a_clip_are_on_the_server_and_hash_to_what_the_clip_says(stations, server, qtbot):
    station = stations(server)
    sign_in(station, qtbot)
    saved = tag(station, qtbot)
    qtbot.waitUntil(lambda: len(station.feed.cuts) == 1, timeout=WAIT_MS)
    asked, content = station.feed.cuts[0], b"a clip of three megabytes" * 120_000
    Path(asked.path).parent.mkdir(parents=True)
    Path(asked.path).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    station.feed.clip_cut.emit(
        ClipCut(asked.request, asked.path, digest, "0" * 64, len(content), asked.start_utc, asked.end_utc, 50, 0)
    )

    def clip_there():
        return server.ask(f"/bookmarks/{saved.id}")["clips"][0]

    qtbot.waitUntil(lambda: is_synchronised(station) and clip_there()["uploaded"], timeout=WAIT_MS)
    assert (clip_there()["fields"]["sha256"], clip_there()["fields"]["state"]) == (digest, "ready")


def test_twenty_tags_made_with_the_server_down_arrive_once_each(stations, own_server, qtbot):
    station = stations(own_server)
    sign_in(station, qtbot)
    qtbot.waitUntil(partial(is_synchronised, station), timeout=WAIT_MS)
    own_server.stop()
    made = {tag(station, qtbot, lp=LP).id for _ in range(20)}
    qtbot.waitUntil(lambda: not station.sync.state.online and station.sync.state.pending == 41, timeout=WAIT_MS)
    own_server.start()
    qtbot.waitUntil(partial(is_synchronised, station), timeout=WAIT_MS)
    there = own_server.ask("/bookmarks?limit=200")["items"]
    assert sorted(item["id"] for item in there) == sorted(made)
    assert {item["revision"] for item in there} == {1}


def test_tags_of_an_offline_shift_go_up_when_the_server_is_back(stations, own_server, qtbot):
    station = stations(own_server)
    sign_in(station, qtbot)
    station.duty.sign_out()
    own_server.stop()
    sign_in(station, qtbot)
    assert not station.duty.online
    saved = tag(station, qtbot)
    own_server.start()
    qtbot.waitUntil(partial(is_synchronised, station), timeout=WAIT_MS)
    assert own_server.ask(f"/bookmarks/{saved.id}")["revision"] == 1


def reported(station, qtbot, act, external_id):
    """The incident of that number, as it arrives at a station."""

    def is_it(incident):
        return incident.external_id == external_id

    with qtbot.waitSignal(station.desk.arrived, check_params_cb=is_it, timeout=WAIT_MS) as arrived:
        act()
    return arrived.args[0]


def test_a_webhook_arrives_in_the_queue_and_on_the_tiles_that_see_the_place(stations, server, qtbot):
    station = stations(server)
    sign_in(station, qtbot)
    qtbot.waitUntil(partial(is_synchronised, station), timeout=WAIT_MS)
    incident = reported(station, qtbot, lambda: server.report(id="112-7"), "112-7")
    assert incident in station.desk.open()
    assert incident in station.desk.seen_by("CAM-1")
    assert incident not in station.desk.seen_by("CAM-2")
    assert [one.id for one in station.desk.nearest(incident.id).cameras] == ["CAM-1", "CAM-2"]
    assert incident.place.position == PURWOSARI


def test_what_one_workstation_does_about_an_incident_is_seen_at_another(stations, server, qtbot):
    here, there = stations(server, "one"), stations(server, "two")
    for station in (here, there):
        sign_in(station, qtbot)
        qtbot.waitUntil(partial(is_synchronised, station), timeout=WAIT_MS)
    incident_id = reported(here, qtbot, lambda: server.report(id="112-8"), "112-8").id
    qtbot.waitUntil(lambda: there.desk.get(incident_id) is not None, timeout=WAIT_MS)
    with qtbot.waitSignal(there.desk.changed, timeout=WAIT_MS):
        here.desk.acknowledge(incident_id)
    assert there.desk.get(incident_id).status is Status.ACKNOWLEDGED
    with qtbot.waitSignal(here.desk.noted, timeout=WAIT_MS):
        there.desk.add_note(incident_id, "dua motor")
    with qtbot.waitSignal(here.desk.changed, timeout=WAIT_MS):
        there.desk.close(incident_id, Certainty.SEEN_ON_CAMERA)
    assert here.desk.get(incident_id) not in here.desk.open()


def test_a_bookmark_of_another_workstation_is_listed_here(stations, server, qtbot):
    here, there = stations(server, "one"), stations(server, "two")
    sign_in(here, qtbot)
    sign_in(there, qtbot)
    saved = tag(here, qtbot, lp=LP)
    qtbot.waitUntil(lambda: saved in [row.bookmark for row in there.tagging.recent()], timeout=WAIT_MS)
    assert there.feed.holds == []
