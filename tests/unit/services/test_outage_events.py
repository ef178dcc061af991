"""Outage events from the states of cameras: beside the screen, without what our own processes did, until they end."""

from __future__ import annotations

import pytest

from tests.clocks import FakeClock
from tests.fake_services import FakeCameraBook
from tests.services_stage import camera
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.mass_outage import OutageCause
from tmcwall.services.outage_events import OutageEvents, Pace

QUICK = Pace(portion=7, gather_s=0.01, again_s=0.02)


class Book(FakeCameraBook):
    """With a cause of what its cameras are in: of one host it is ours."""

    def status(self, camera_id: str) -> TileStatus:
        cause = FaultCode.DECODER_LOST if camera_id.startswith("CAM-2-") else FaultCode.NO_ANSWER
        return TileStatus(self.states.get(camera_id, TileState.OFF), 9.0, cause)


@pytest.fixture
def book() -> Book:
    return Book(
        camera(f"CAM-{host}-{channel}", url=f"rtsp://10.0.{host // 4}.{host}/{channel}")
        for host in range(8)
        for channel in range(5)
    )


@pytest.fixture
def events(book: Book, qtbot):
    events = OutageEvents(book, clock=FakeClock(), pace=QUICK)
    events.start()
    book.put_state(TileState.LIVE, *book.cameras)
    yield events
    events.stop()


def of_host(book: Book, host: int) -> list[str]:
    return [one for one in book.cameras if one.startswith(f"CAM-{host}-")]


def test_a_recorder_that_falls_silent_is_one_event_and_ends_when_it_is_back(events, book, qtbot) -> None:
    with qtbot.waitSignal(events.changed):
        book.put_state(TileState.LOST, *of_host(book, 3))
    (event,) = events.events()
    assert (event.cause, event.subject, len(event.down)) == (OutageCause.RECORDER, "10.0.0.3", 5)
    with qtbot.waitSignal(events.changed):
        book.put_state(TileState.LIVE, *of_host(book, 3))
    assert events.events() == ()


def test_the_moment_is_that_of_the_last_picture(events, book, qtbot) -> None:
    with qtbot.waitSignal(events.changed):
        book.put_state(TileState.LOST, *of_host(book, 3))
    assert events.events()[0].since.second == 51


def test_what_our_own_decoder_does_is_no_death_of_cameras(events, book, qtbot) -> None:
    book.put_state(TileState.LOST, *of_host(book, 2))
    book.put_state(TileState.STALE, *of_host(book, 4))
    with qtbot.waitSignal(events.changed):
        book.put_state(TileState.LOST, *of_host(book, 5))
    assert [one.subject for one in events.events()] == ["10.0.1.5"]


def test_a_camera_that_nobody_looks_at_any_more_ends_its_event(events, book, qtbot) -> None:
    with qtbot.waitSignal(events.changed):
        book.put_state(TileState.LOST, *of_host(book, 3))
    with qtbot.waitSignal(events.changed):
        book.put_state(TileState.OFF, *of_host(book, 3))
    assert events.events() == ()


def test_another_address_counts_from_the_next_list_on(events, book, qtbot) -> None:
    with qtbot.waitSignal(events.changed):
        book.put_state(TileState.LOST, *of_host(book, 3))
    for one in of_host(book, 6):
        book.cameras[one] = camera(one, url="rtsp://10.9.9.9/1")
    book.cameras_changed.emit()
    with qtbot.waitSignal(events.changed):
        book.put_state(TileState.LOST, *of_host(book, 6))
    assert {one.subject for one in events.events()} == {"10.0.0.3", "10.9.9.9"}
