"""The health history as it is written: by whom a camera is judged, and what a run leaves behind."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Signal

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, camera
from tmcwall.db import cameras as camera_rows
from tmcwall.db import custody, health
from tmcwall.domain.camera import Profile
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.history import CameraState, uptime
from tmcwall.domain.officer import Officer, Role, demand
from tmcwall.domain.source import SessionKind
from tmcwall.services.healthlog import HealthLog
from tmcwall.video.ipc.messages import StreamReport

LIVE = TileStatus(TileState.LIVE)
LOST = TileStatus(TileState.LOST, 9.0, FaultCode.NO_ANSWER)


class Book(QObject):
    """Statuses as a test sets them."""

    statuses_changed = Signal(object)
    stream_reported = Signal(object)
    view_forgotten = Signal(str)

    def __init__(self):
        super().__init__()
        self.verdicts = {}
        self.accepted = []
        self.officer = BRIPKA_SARI

    def status(self, camera_id):
        return self.verdicts.get(camera_id, TileStatus(TileState.OFF))

    def becomes(self, camera_id, verdict):
        self.verdicts[camera_id] = verdict
        self.statuses_changed.emit(frozenset({camera_id}))

    def accept_view(self, camera_id):
        self.accepted.append(camera_id)

    def demand(self, action):
        demand(self.officer, action)
        return self.officer

    def comes_with(self, codec, *, camera="c1", profile="main"):
        self.stream_reported.emit(StreamReport(camera=camera, profile=profile, connected=True, codec=codec))

    def is_read_by(self, session, cause=None, *, connected=True):
        self.stream_reported.emit(
            StreamReport(camera="c1", profile=Profile.MAIN, connected=connected, session=session, session_cause=cause)
        )

    def clock_says(self, offset_ms, *, connected=True):
        self.stream_reported.emit(
            StreamReport(camera="c1", profile=Profile.SUB, connected=connected, clock_offset_ms=offset_ms)
        )


class Run:
    """One run of the program; time passes second by second."""

    def __init__(self, store, clock, qtbot):
        self.book = Book()
        self.store, self.clock = store, clock
        self.log = HealthLog(store=store, cameras=self.book, streams=self.book, duty=self.book, clock=clock)
        with qtbot.waitSignal(self.log.uptimes_changed):
            self.log.start()
        self.log._second.stop()

    def passes(self, seconds):
        for _ in range(seconds):
            self.clock.advance(1)
            self.log.tick()

    def history(self):
        return self.store.do(lambda session: health.history(session, "c1", since=NOON, until=NOON + timedelta(days=9)))

    def states(self):
        return [change.state for change in self.history().changes]


@pytest.fixture
def run(store, clock, qtbot):
    run = Run(store, clock, qtbot)
    yield run
    run.log.stop()


def test_what_has_lasted_is_in_the_store_with_its_cause(run):
    run.book.becomes("c1", LIVE)
    run.passes(10)
    run.book.becomes("c1", LOST)
    run.passes(10)
    changes = run.history().changes
    assert [(change.state, change.cause) for change in changes] == [
        (CameraState.WORKING, None),
        (CameraState.LOST, FaultCode.NO_ANSWER),
    ]
    assert changes[1].at == NOON + timedelta(seconds=10)


def test_the_end_of_a_run_is_written_down_and_not_called_down(run, store, clock, qtbot):
    run.book.becomes("c1", LIVE)
    run.passes(100)
    run.log.stop()
    assert run.states() == [CameraState.WORKING, CameraState.UNKNOWN]
    clock.advance(3600)
    later = Run(store, clock, qtbot)
    assert later.log.uptimes("c1").day.share == 1.0
    assert later.log.uptimes("c1").day.known_s == pytest.approx(100, abs=1)
    later.log.stop()


def test_a_run_that_was_killed_ends_at_its_last_sign_of_life(run, store, clock, qtbot):
    run.book.becomes("c1", LIVE)
    run.passes(200)
    run.log._running = False
    clock.advance(3600)
    later = Run(store, clock, qtbot)
    last = later.history().changes[-1]
    assert last.state is CameraState.UNKNOWN
    assert NOON + timedelta(seconds=120) <= last.at <= NOON + timedelta(seconds=200)
    later.log.stop()


def test_what_happens_before_the_last_run_is_closed_is_not_lost(store, clock, qtbot):
    book = Book()
    log = HealthLog(store=store, cameras=book, streams=book, duty=book, clock=clock)
    book.becomes("c1", LIVE)
    with qtbot.waitSignal(log.uptimes_changed):
        log.start()
    clock.advance(6)
    log.tick()
    log.stop()
    found = store.do(lambda session: health.history(session, "c1", since=NOON, until=clock.utc()))
    assert found.changes[0].state is CameraState.WORKING


def test_a_camera_that_nobody_opens_is_not_written_down(run):
    run.book.becomes("c1", TileStatus(TileState.OFF))
    run.passes(100)
    assert run.states() == []


def test_a_camera_clock_is_on_file_when_it_changes_and_once_an_hour(run):
    for offset_ms in (None, 40, 60, 90, 7_200_000, 7_200_100):
        run.book.clock_says(offset_ms)
        run.passes(5)
    run.passes(3600)
    run.book.clock_says(7_200_150)
    run.passes(1)
    assert [reading.offset_ms for reading in run.history().clocks] == [40, 7_200_000, 7_200_150]


def test_the_moment_before_the_first_sender_report_is_not_a_silent_clock(run):
    run.book.clock_says(40)
    run.book.clock_says(None, connected=False)
    run.book.clock_says(None)
    run.passes(2)
    assert [reading.offset_ms for reading in run.history().clocks] == [40]


def test_the_history_of_a_camera_is_told(run, qtbot):
    run.book.becomes("c1", LIVE)
    run.passes(10)
    with qtbot.waitSignal(run.log.told) as told:
        run.log.tell("c1")
    assert told.args[0] == "c1"
    assert [change.state for change in told.args[1].changes] == [CameraState.WORKING]


def test_a_view_is_accepted_by_the_officer_on_duty_and_stands_in_custody(run, store, qtbot):
    store.do(lambda session: camera_rows.put(session, [camera("c1")]))
    with qtbot.waitSignal(run.log.view_accepted):
        run.log.accept_view("c1")
    assert run.book.accepted == ["c1"]
    (row,) = store.do(lambda session: custody.about(session, "camera/c1"))
    assert (row.action, row.actor) == (CustodyAction.VIEW_ACCEPTED, BRIPKA_SARI.nrp)


def test_an_accepted_view_is_told_again_by_the_next_run_until_an_engine_has_taken_it(run, store, clock, qtbot):
    store.do(lambda session: camera_rows.put(session, [camera("c1"), camera("c2")]))
    for camera_id in ("c1", "c2"):
        with qtbot.waitSignal(run.log.view_accepted):
            run.log.accept_view(camera_id)
    run.book.view_forgotten.emit("c2")
    run.log.stop()
    later = Run(store, clock, qtbot)
    assert later.book.accepted == ["c1"]
    later.book.view_forgotten.emit("c1")
    later.log.stop()
    assert store.do(camera_rows.accepted_views) == ()
    rows = store.do(lambda session: custody.about(session, "camera/c1"))
    assert [row.action for row in rows] == [CustodyAction.VIEW_ACCEPTED]


def test_an_auditor_accepts_no_view(run, qtbot):
    run.book.officer = Officer("11112222", "Rudi", Role.AUDITOR)
    with qtbot.waitSignal(run.log.refused):
        run.log.accept_view("c1")
    assert run.book.accepted == []


def test_a_link_that_flaps_for_half_an_hour_is_counted_to_the_change_and_fills_few_rows(run):
    """Row R34 at its own rhythm: five seconds up, five seconds down."""
    run.book.becomes("c1", LIVE)
    run.passes(60)
    for _ in range(180):
        run.book.becomes("c1", LOST)
        run.passes(5)
        run.book.becomes("c1", LIVE)
        run.passes(5)
    run.passes(300)
    history = run.history()
    states = [change.state for change in history.changes]
    assert len(states) < 20
    assert (states[0], states[-1]) == (CameraState.WORKING, CameraState.WORKING)
    assert states.count(CameraState.UNSTABLE) >= 1800 // 300
    # None is lost and none counted twice: the one from unknown to working, and those of the link.
    assert sum(change.changes for change in history.changes) == 2 * 180
    found = uptime(history.changes, since=NOON, until=run.clock.utc())
    assert found.known_s == pytest.approx(60 + 1800 + 300, abs=2)
    assert found.up_s == pytest.approx(60 + 900 + 300, abs=2)


def test_a_link_that_goes_down_and_up_slowly_is_written_down_each_time_once(run):
    run.book.becomes("c1", LIVE)
    run.passes(200)
    for _ in range(5):
        run.book.becomes("c1", LOST)
        run.passes(200)
        run.book.becomes("c1", LIVE)
        run.passes(200)
    changes = run.history().changes
    assert [change.state for change in changes] == [CameraState.WORKING] + [CameraState.LOST, CameraState.WORKING] * 5
    assert [(change.at - NOON).total_seconds() for change in changes] == [200.0 * number for number in range(11)]
    assert uptime(changes, since=NOON, until=run.clock.utc()).share == pytest.approx(6 / 11, abs=0.01)


def test_a_camera_that_comes_back_with_another_codec_is_an_event_that_is_written_down_once(run):
    """R25"""
    run.book.becomes("c1", LIVE)
    for codec in ("", "h264", "h264", "hevc", "hevc"):
        run.book.comes_with(codec)
        run.passes(2)
    run.book.comes_with("h264", profile="sub")
    run.passes(2)
    assert [(change.profile, change.before, change.codec) for change in run.history().codecs] == [
        ("main", "", "h264"),
        ("main", "h264", "hevc"),
        ("sub", "", "h264"),
    ]
    assert run.history().codecs[1].at == NOON + timedelta(seconds=6)


def test_the_codec_that_a_camera_had_is_known_after_a_restart(run, store, clock, qtbot):
    run.book.becomes("c1", LIVE)
    run.book.comes_with("h264")
    run.passes(2)
    run.log.stop()
    later = Run(store, clock, qtbot)
    later.book.becomes("c1", LIVE)
    later.book.comes_with("hevc")
    later.passes(2)
    assert [(change.before, change.codec) for change in later.history().codecs] == [("", "h264"), ("h264", "hevc")]
    later.log.stop()


def test_a_file_under_review_has_no_history_of_codecs(run):
    run.book.comes_with("h264", camera="file-1")
    run.passes(2)
    assert run.store.do(health.last_codecs) == {}


def test_a_change_of_codec_that_could_not_be_written_is_written_later(run, store, qtbot):
    run.book.becomes("c1", LIVE)
    store.failing = Fault(FaultCode.DISK_FULL)
    run.book.comes_with("h264")
    with qtbot.waitSignal(run.log.refused):
        run.passes(2)
    store.failing = None
    run.passes(62)
    assert [change.codec for change in run.history().codecs] == ["h264"]


def test_a_camera_that_is_read_in_another_way_is_an_event_that_is_written_down_once(run, store, clock, qtbot):
    """R41"""
    run.book.becomes("c1", LIVE)
    own, found = SessionKind.OWN, SessionKind.COMPAT_FOUND
    run.book.is_read_by(SessionKind.COMPAT_TRIED, FaultCode.NO_MEDIA, connected=False)
    for session in (own, found, found, own, own):
        run.book.is_read_by(session, FaultCode.NO_MEDIA if session is found else None)
        run.passes(2)
    assert [(change.session, change.cause) for change in run.history().readers] == [
        (found, FaultCode.NO_MEDIA),
        (own, None),
    ]
    run.log.stop()
    later = Run(store, clock, qtbot)
    later.book.becomes("c1", LIVE)
    later.book.is_read_by(own)
    later.passes(2)
    assert len(later.history().readers) == 2
    later.log.stop()


def test_a_camera_that_the_other_way_does_not_read_either_says_so_once(run):
    run.book.becomes("c1", LIVE)
    for connected in (False, True, False):
        session = SessionKind.OWN if connected else SessionKind.OWN_AGAIN
        run.book.is_read_by(session, None if connected else FaultCode.NO_MEDIA, connected=connected)
        run.passes(2)
    assert [change.session for change in run.history().readers] == [SessionKind.OWN_AGAIN]
