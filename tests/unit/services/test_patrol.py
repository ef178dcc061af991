"""What officers have seen is proven in the oversight chain, and a tour goes over what they have not."""

import csv
from datetime import timedelta

import pytest

from tests.services_stage import BRIPKA_SARI
from tmcwall.db import oversight as rows
from tmcwall.domain.camera import Camera
from tmcwall.domain.chain import first_break
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.oversight import OversightAction, Place, View, digest
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.patrol import Patrol

DAY = timedelta(hours=12)


def camera(name):
    return Camera(name, name, f"rtsp://10.0.0.1/{name}")


class City:
    """Cameras that are live unless said otherwise, a wall that shows some, and who is on duty."""

    def __init__(self):
        self.cameras = [camera(name) for name in ("=a", "b", "c")]
        self.states = {}
        self.views = frozenset()
        self.officer = BRIPKA_SARI

    def all(self):
        return self.cameras

    def status(self, camera_id):
        return TileStatus(self.states.get(camera_id, TileState.LIVE))

    def is_working(self, camera):
        return self.status(camera.id).state is TileState.LIVE

    def seen(self):
        return self.views


class Run:
    def __init__(self, store, clock):
        self.city, self.store, self.clock = City(), store, clock
        self.patrol = Patrol(store=store, cameras=self.city, duty=self.city, seen=self.city.seen, clock=clock)
        self.steps = []
        self.patrol.tour_stepped.connect(self.steps.append)

    def looks(self, *cameras, seconds=6, place=Place.TILE):
        self.city.views = frozenset(View(name, place) for name in cameras)
        for _ in range(seconds):
            self.patrol.look()
            self.clock.advance(1)

    def unseen(self):
        return [line.camera.id for line in self.patrol.lines(DAY) if line.overdue]


@pytest.fixture
def run(store, clock, qapp):
    run = Run(store, clock)
    yield run
    run.patrol.stop()


def test_what_an_officer_saw_live_is_proven_and_known_at_the_next_start(run, qtbot, store, clock):
    run.looks("b")
    qtbot.waitUntil(lambda: run.unseen() == ["=a", "c"])
    proof = store.do(lambda session: rows.pending(session, 100))
    assert [(row.action, row.camera, row.officer) for row in proof] == [
        (OversightAction.CAMERA_SEEN, "b", BRIPKA_SARI.nrp)
    ]
    assert first_break(proof, digest) is None
    later = Run(store, clock)
    later.patrol.start()
    qtbot.waitUntil(lambda: later.unseen() == ["=a", "c"])
    later.patrol.stop()


@pytest.mark.parametrize("state", [TileState.STALE, TileState.FROZEN, TileState.LOST, TileState.CONNECTING])
def test_a_picture_that_is_not_live_was_not_seen(run, state):
    run.city.states["b"] = state
    run.looks("b")
    assert "b" in run.unseen()


@pytest.mark.parametrize("place", [Place.REPLAY, Place.CLIP])
def test_a_recording_is_not_the_camera(run, place):
    run.looks("b", place=place)
    assert "b" in run.unseen()


def test_a_wall_without_an_officer_proves_nothing(run):
    run.city.officer = None
    run.looks("b")
    assert "b" in run.unseen()


def test_a_tour_goes_over_all_working_cameras_the_longest_unseen_first(run, clock):
    run.city.states["c"] = TileState.LOST
    run.patrol.begin_tour(15)
    assert run.steps == [("=a", "b")]
    run.patrol.take_places(["=a"])
    clock.advance(15)
    run.patrol.step()
    assert run.steps[-1] == ("b", "=a")
    run.patrol.take_places(["b"])
    clock.advance(15)
    run.patrol.step()
    assert run.steps[-1][0] == "=a"


def test_a_tour_can_be_paused_and_ended(run):
    run.patrol.begin_tour(15)
    run.patrol.pause_tour()
    assert run.patrol.paused
    run.patrol.pause_tour()
    assert run.patrol.touring
    assert not run.patrol.paused
    run.patrol.end_tour()
    run.patrol.step()
    assert len(run.steps) == 1


def test_the_list_is_saved_without_formulas(run, qtbot, tmp_path):
    run.looks("=a")
    qtbot.waitUntil(lambda: run.unseen() == ["b", "c"])
    file = tmp_path / "ronda.csv"
    with qtbot.waitSignal(run.patrol.exported):
        run.patrol.export(file, within=DAY, zone=StationZone.WIB)
    listed = list(csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row[0] for row in listed] == ["id", "b", "c", "'=a"]
    assert listed[3][3:] == [BRIPKA_SARI.nrp, "tidak"]


def test_a_list_that_cannot_be_saved_is_refused_in_words(run, qtbot, tmp_path):
    (tmp_path / "file").touch()
    with qtbot.waitSignal(run.patrol.refused):
        run.patrol.export(tmp_path / "file" / "ronda.csv", within=DAY, zone=StationZone.WIB)
