"""The camera book: finding cameras, and how each is doing."""

from dataclasses import replace
from functools import partial

import pytest

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, PURWOSARI, camera
from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.db import cameras as camera_rows
from tmcwall.domain.camera import Mount, Owner, Position, Standing
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.region import Kelurahan, Regions
from tmcwall.domain.source import TransportPreference
from tmcwall.services.camerabook import CameraBook
from tmcwall.video.ipc.messages import StreamReport, StreamUrl

SUPERVISOR = Officer("123456789", "Sri", Role.SUPERVISOR, "AKP")
REGIONS = Regions([Kelurahan("33.72.01.1007", "Laweyan", "Purwosari", "Surakarta")])


class FakeLogins:
    """Logins in memory, or none to be had."""

    def __init__(self, logins=None):
        self.logins = logins

    def all(self):
        if self.logins is None:
            raise Fault(FaultCode.VAULT_UNAVAILABLE)
        return self.logins


@pytest.fixture
def book_of(store, clock, feed, qtbot):
    made = []

    def start(*cameras, logins=None):
        store.do(lambda session: camera_rows.put(session, cameras))
        book = CameraBook(store=store, streams=feed, logins=logins, clock=clock, regions=REGIONS)
        made.append(book)
        with qtbot.waitSignal(book.cameras_changed):
            book.start()
        qtbot.waitUntil(lambda: len(feed.cameras) == len(cameras))
        return book

    yield start
    for book in made:
        book.stop()


def ids(cameras):
    return [one.id for one in cameras]


def report(camera_id="CAM-1", **fields):
    return StreamReport(**{"camera": camera_id, "profile": "sub", "connected": True} | fields)


def test_cameras_are_found_by_every_word_of_name_number_owner_region_and_rt(book_of):
    book = book_of(
        camera("CAM-1", name="Simpang Gendengan Timur", owner=Owner.DISHUB),
        camera("CAM-2", name="Gang Mawar", owner=Owner.PEMKOT_RT, adm4="33.72.01.1007", rt="008", rw="003"),
        camera("CAM-3", name="Timur Stasiun"),
    )
    assert ids(book.search("gendengan timur")) == ["CAM-1"]
    assert ids(book.search("Purwosari rt 008")) == ["CAM-2"]
    assert ids(book.search("dishub")) == ["CAM-1"]
    assert ids(book.search("timur")) == ["CAM-3", "CAM-1"]
    assert ids(book.search("2"))[0] == "CAM-2"
    assert book.search("tidak ada") == ()
    assert ids(book.search("  ")) == ["CAM-1", "CAM-2", "CAM-3"]


def test_a_dialled_number_is_one_camera(book_of):
    book = book_of(camera("CAM-1"), camera("CAM-2"))
    assert book.by_number(2) == book.get("CAM-2")
    assert book.by_number(3) is None


def test_ten_thousand_cameras_are_searched_without_reading_anything(book_of, store):
    book = book_of(*(camera(f"CAM-{index:05}", name=f"Gang {index}") for index in range(10_000)))
    store.failing = AssertionError("the store was asked")
    assert ids(book.search("gang 1234 cam-01234")) == ["CAM-01234"]


def test_each_stream_is_carried_as_the_list_says_else_as_the_settings_say(feed, store, clock, qtbot):
    named = replace(camera("CAM-1"), substream_url="rtsp://10.0.0.1/sub", transport=TransportPreference.TCP)
    store.do(lambda session: camera_rows.put(session, [named, camera("CAM-2")]))
    book = CameraBook(store=store, streams=feed, logins=None, clock=clock, transport=TransportPreference.UDP)
    book.start()
    qtbot.waitUntil(lambda: len(feed.cameras) == 2)
    book.stop()
    first, second = feed.cameras
    assert (first.main.transport, first.sub.transport) == (TransportPreference.TCP, TransportPreference.TCP)
    assert second.main.transport is TransportPreference.UDP


def test_the_engine_is_told_which_cameras_are_turned(book_of, feed):
    book_of(replace(camera("CAM-1"), mount=Mount.PTZ), camera("CAM-2"))
    assert [source.turns for source in feed.cameras] == [True, False]


def test_credentials_go_to_the_engine_only_with_their_own_host(book_of, feed):
    logins = FakeLogins({"CAM-1": CameraLogins(main=Login("10.0.0.1", "tmc", "rahasia"))})
    book_of(camera("CAM-1"), camera("CAM-2", url="rtsp://10.0.0.9/2"), logins=logins)
    assert feed.cameras[0].main == StreamUrl("rtsp://10.0.0.1/CAM-1", "tmc", "rahasia")
    assert feed.cameras[1].main == StreamUrl("rtsp://10.0.0.9/2")


def test_without_the_vault_cameras_are_opened_all_the_same(book_of, feed):
    book_of(camera("CAM-1"), logins=FakeLogins(None))
    assert feed.cameras[0].main == StreamUrl("rtsp://10.0.0.1/CAM-1")


class LostOnce:
    """A vault that was set aside: said once, and from then on there are no logins."""

    def __init__(self):
        self.lost = True

    def all(self):
        if self.lost:
            self.lost = False
            raise Fault(FaultCode.VAULT_LOST)
        return {}


def test_a_vault_that_is_lost_is_told_once_and_its_cameras_are_opened_without_login(store, feed, clock, qtbot):
    store.do(lambda session: camera_rows.put(session, [camera("CAM-1")]))
    book = CameraBook(store=store, streams=feed, logins=LostOnce(), clock=clock)
    told = []
    book.refused.connect(told.append)
    with qtbot.waitSignal(book.refused):
        book.start()
    assert feed.cameras[0].main == StreamUrl("rtsp://10.0.0.1/CAM-1")
    feed.cameras = []
    book.reload()
    qtbot.waitUntil(lambda: len(feed.cameras) == 1)
    book.stop()
    assert [fault.code for fault in told] == [FaultCode.VAULT_LOST]


def test_a_camera_in_quarantine_is_not_opened_and_says_so(book_of, store, feed, qtbot):
    book = book_of(camera("CAM-1"), camera("CAM-2"))
    store.do(lambda session: camera_rows.quarantine(session, "CAM-1", reason="melihat rumah", by=BRIPKA_SARI, at=NOON))
    with qtbot.waitSignal(book.cameras_changed):
        book.reload()
    qtbot.waitUntil(lambda: [one.camera for one in feed.cameras] == ["CAM-2"])
    assert book.status("CAM-1").state is TileState.QUARANTINED
    assert ids(book.nearest(PURWOSARI).cameras) == ["CAM-2"]


def decide(book, store, qtbot, unit):
    store.do(unit)
    with qtbot.waitSignal(book.cameras_changed), qtbot.waitSignal(book.statuses_changed) as changed:
        book.reload()
    return changed.args[0]


def stand(standing):
    return lambda session: camera_rows.put_standing(
        session, "CAM-1", standing, reason="pindah jaringan", by=SUPERVISOR, at=NOON
    )


def test_a_camera_in_a_planned_outage_is_not_opened_and_comes_back_with_its_end(book_of, store, feed, qtbot):
    book = book_of(camera("CAM-1"), camera("CAM-2"))
    feed.stream_reported.emit(report("CAM-1", frames_received=25))
    assert decide(book, store, qtbot, stand(Standing.SUSPENDED)) == {"CAM-1"}
    qtbot.waitUntil(lambda: [one.camera for one in feed.cameras] == ["CAM-2"])
    assert book.status("CAM-1") == TileStatus(TileState.OUTAGE)
    assert book.lifecycle("CAM-1").reason == "pindah jaringan"
    feed.stream_reported.emit(report("CAM-1", frames_received=50))
    assert book.counts() == {TileState.OUTAGE: 1, TileState.OFF: 1}
    assert ids(book.nearest(PURWOSARI).cameras) == ["CAM-2"]
    assert ids(book.nearest(PURWOSARI).not_working) == ["CAM-1"]
    assert decide(book, store, qtbot, stand(Standing.ACTIVE)) == {"CAM-1"}
    qtbot.waitUntil(lambda: [one.camera for one in feed.cameras] == ["CAM-1", "CAM-2"])
    assert book.status("CAM-1").state is TileState.OFF
    assert ids(book.nearest(PURWOSARI).cameras) == ["CAM-1", "CAM-2"]


@pytest.mark.parametrize("standing", [Standing.ENDED, Standing.CANDIDATE])
def test_a_camera_that_is_not_in_use_is_off_and_near_nothing(book_of, store, feed, qtbot, standing):
    book = book_of(camera("CAM-1"), camera("CAM-2"))
    decide(book, store, qtbot, stand(standing))
    qtbot.waitUntil(lambda: [one.camera for one in feed.cameras] == ["CAM-2"])
    assert book.status("CAM-1").state is TileState.OFF
    assert not book.is_working(book.get("CAM-1"))
    assert ids(book.nearest(PURWOSARI).cameras) == ["CAM-2"]
    assert book.nearest(PURWOSARI).not_working == ()


def test_a_camera_whose_quarantine_is_lifted_is_opened_again(book_of, store, feed, qtbot):
    book = book_of(camera("CAM-1"))
    quarantine = partial(camera_rows.quarantine, reason="melihat rumah", by=SUPERVISOR, at=NOON)
    lift = partial(camera_rows.lift_quarantine, reason="rumah tertutup pohon", by=SUPERVISOR, at=NOON)
    decide(book, store, qtbot, lambda session: quarantine(session, "CAM-1"))
    book.judge_tiles({"CAM-1": TileStatus(TileState.QUARANTINED)})
    decide(book, store, qtbot, lambda session: lift(session, "CAM-1"))
    qtbot.waitUntil(lambda: len(feed.cameras) == 1)
    assert book.status("CAM-1").state is TileState.OFF
    assert book.is_working(book.get("CAM-1"))


def test_a_camera_nobody_looks_at_is_off(book_of):
    book = book_of(camera("CAM-1"))
    assert book.status("CAM-1").state is TileState.OFF
    assert book.counts() == {TileState.OFF: 1}


def test_a_camera_whose_stream_comes_is_live_and_one_that_refuses_says_why(book_of, feed, qtbot):
    book = book_of(camera("CAM-1"), camera("CAM-2"), camera("CAM-3"))
    with qtbot.waitSignal(book.statuses_changed) as changed:
        feed.stream_reported.emit(report("CAM-1", frames_received=25))
    assert changed.args == [frozenset({"CAM-1"})]
    feed.stream_reported.emit(report("CAM-2", connected=False, fault=FaultCode.UNAUTHORIZED))
    assert book.status("CAM-1").state is TileState.LIVE
    assert book.status("CAM-2") == TileStatus(TileState.REFUSED, None, FaultCode.UNAUTHORIZED)
    assert book.counts() == {TileState.LIVE: 1, TileState.REFUSED: 1, TileState.OFF: 1}


def test_a_camera_whose_key_picture_is_waited_for_neither_works_nor_has_failed(book_of, feed, clock):
    book = book_of(camera("CAM-1"))
    for frames in (25, 50, 75):
        feed.stream_reported.emit(report(frames_received=frames, connected=False, waits_for_key_since_s=1000.0))
        assert book.status("CAM-1") == TileStatus(TileState.CONNECTING, None, FaultCode.NO_KEY_FRAME)
        clock.advance(1)


def test_a_stream_that_stops_growing_turns_stale_and_then_lost(book_of, feed, clock):
    book = book_of(camera("CAM-1"))
    feed.stream_reported.emit(report(frames_received=25))
    clock.advance(4)
    feed.stream_reported.emit(report(frames_received=25))
    assert book.status("CAM-1").state is TileState.STALE
    clock.advance(4.5)
    feed.stream_reported.emit(report(frames_received=25))
    assert book.status("CAM-1").state is TileState.LOST


def test_two_streams_of_one_camera_do_not_hide_each_others_silence(book_of, feed, clock):
    book = book_of(camera("CAM-1"))
    for _ in range(5):
        feed.stream_reported.emit(report(profile="main", frames_received=10))
        feed.stream_reported.emit(report(profile="sub", frames_received=20))
        clock.advance(1)
    assert book.status("CAM-1").state is TileState.STALE


def test_what_the_open_tiles_show_outranks_the_reports(book_of, feed):
    book = book_of(camera("CAM-1"))
    feed.stream_reported.emit(report(frames_received=25))
    book.judge_tiles({"CAM-1": TileStatus(TileState.FROZEN, 12.0)})
    assert book.status("CAM-1").state is TileState.FROZEN


def test_a_closed_camera_is_off_again_and_its_failure_is_remembered_for_a_while(book_of, feed, clock):
    book = book_of(camera("CAM-1"), camera("CAM-2", position=Position(-7.5600, 110.8018)))
    feed.stream_reported.emit(report("CAM-1", connected=False, fault=FaultCode.CONNECTION_REFUSED))
    clock.advance(6)
    book._judge_all()
    assert book.status("CAM-1").state is TileState.OFF
    assert ids(book.nearest(PURWOSARI).cameras) == ["CAM-2"]
    assert ids(book.nearest(PURWOSARI).not_working) == ["CAM-1"]
    clock.advance(300)
    book._judge_all()
    assert ids(book.nearest(PURWOSARI).cameras) == ["CAM-1", "CAM-2"]


def test_nearest_is_nobody_beyond_twelve_hundred_metres(book_of):
    book = book_of(camera("CAM-1"))
    assert book.nearest(Position(-7.58, 110.8018)).radius_m is None


LAWEYAN = "Polsek Laweyan"
OF_LAWEYAN = Officer("80010011", "Wati", Role.OPERATOR, units=("polsek laweyan",))
OF_BANJARSARI = Officer("80010012", "Agus", Role.OPERATOR, units=("Polsek Banjarsari",))


def shown_to(book, officer, qtbot):
    with qtbot.waitSignal(book.cameras_changed):
        book.show_to(officer)
    return ids(book.all())


def test_the_cameras_of_a_unit_are_found_by_its_officers_and_by_who_sees_all_units(book_of, qtbot):
    book = book_of(camera("CAM-1"), replace(camera("CAM-2"), owner=Owner.BANK, unit=LAWEYAN))
    assert ids(book.all()) == ["CAM-1"], "nobody has signed in yet"
    assert shown_to(book, OF_LAWEYAN, qtbot) == ["CAM-1", "CAM-2"]
    assert ids(book.search("laweyan")) == ["CAM-2"]
    assert shown_to(book, OF_BANJARSARI, qtbot) == ["CAM-1"]
    assert (book.get("CAM-2"), book.by_number(2), book.search("CAM-2")) == (None, None, ())
    assert book.unit_of("CAM-2") == LAWEYAN
    assert shown_to(book, SUPERVISOR, qtbot) == ["CAM-1", "CAM-2"]


def test_a_camera_of_another_unit_is_recorded_all_the_same_and_stands_in_no_count(book_of, feed, qtbot):
    book = book_of(camera("CAM-1"), replace(camera("CAM-2"), unit=LAWEYAN))
    assert [source.camera for source in feed.cameras] == ["CAM-1", "CAM-2"]
    feed.stream_reported.emit(report("CAM-2", frames_received=5))
    assert sum(book.counts().values()) == 1
    assert "CAM-2" not in ids(book.that_see(Position(-7.56, 110.82)))
