"""Who watches which camera is in the store within a second, and asks for a reason where one is due."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Signal

from tests.services_stage import BRIPKA_SARI, InlineStore
from tmcwall.db import oversight as rows
from tmcwall.domain.camera import Camera, Owner
from tmcwall.domain.chain import first_break
from tmcwall.domain.officer import Officer
from tmcwall.domain.oversight import NOBODY, OversightAction, Place, View, digest
from tmcwall.services.oversight import Oversight

BANK = View("bank-1", Place.TILE)
STREET = View("street-1", Place.TILE)
MANY = 10_000


class Wall:
    """What it shows, and whose the cameras are."""

    def __init__(self) -> None:
        self.views: frozenset[View] = frozenset()

    def seen(self) -> frozenset[View]:
        return self.views

    def get(self, camera_id: str) -> Camera:
        owner = Owner.BANK if camera_id.startswith("bank") else Owner.DISHUB
        return Camera(camera_id, camera_id, f"rtsp://10.0.0.1/{camera_id}", owner=owner)


class Shifts(QObject):
    """Somebody signs in and out."""

    signed_in = Signal(object)
    signed_out = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.officer: Officer | None = BRIPKA_SARI

    def sign_in(self) -> None:
        self.officer = BRIPKA_SARI
        self.signed_in.emit(self.officer)

    def sign_out(self) -> None:
        self.officer = None
        self.signed_out.emit()


class Run:
    def __init__(self, store: InlineStore, clock) -> None:
        self.wall, self.store, self.duty, self.clock = Wall(), store, Shifts(), clock
        self.oversight = Oversight(store=store, cameras=self.wall, duty=self.duty, seen=self.wall.seen, clock=clock)

    def looks(self, *views: View, seconds: int = 1) -> None:
        self.wall.views = frozenset(views)
        for _ in range(seconds):
            self.clock.advance(1)
            self.oversight.look()

    def rows(self):
        return self.store.do(lambda session: rows.pending(session, MANY))


@pytest.fixture
def run(store, clock, qapp) -> Iterator[Run]:
    run = Run(store, clock)
    yield run
    run.oversight.stop()


def test_what_is_watched_is_in_the_store_as_a_whole_chain(run, qtbot):
    run.looks(STREET, seconds=130)
    qtbot.waitUntil(lambda: len(run.rows()) == 3)
    run.oversight.stop()
    found = run.rows()
    assert [row.action for row in found] == [
        OversightAction.VIEW_STARTED, OversightAction.WATCHING, OversightAction.WATCHING, OversightAction.VIEW_STOPPED,
    ]  # fmt: skip
    assert {row.officer for row in found} == {run.duty.officer.nrp}
    assert first_break(found, digest) is None


def test_a_wall_without_anybody_on_duty_is_written_down_as_nobodys(run, qtbot):
    run.duty.sign_out()
    run.looks(STREET)
    qtbot.waitUntil(lambda: [row.officer for row in run.rows()] == [NOBODY])


def test_a_private_camera_asks_for_a_reason_once_a_shift(run, qtbot):
    asked = []
    run.oversight.reason_needed.connect(asked.append)
    run.looks(STREET, seconds=2)
    assert asked == []
    run.looks(STREET, BANK, seconds=5)
    assert asked == [frozenset({"bank-1"})]
    assert run.oversight.give_reason("  Perampokan di ATM, \n LP/B/12 ")
    qtbot.waitUntil(lambda: run.rows()[-1].reason == "Perampokan di ATM, LP/B/12")
    run.duty.sign_out()
    run.duty.sign_in()
    run.looks(BANK)
    assert len(asked) == 2


@pytest.mark.parametrize("text", ["", "   ", "x" * 201, "a\x07b"])
def test_a_reason_that_is_none_is_refused(run, text, qtbot):
    with qtbot.waitSignal(run.oversight.refused):
        assert not run.oversight.give_reason(text)
    assert run.rows() == ()


def test_rows_that_the_server_lost_are_sent_again_and_old_ones_are_forgotten(run, qtbot, store, clock):
    for _ in range(5):
        run.looks(STREET, seconds=5)
        run.looks(seconds=5)
    qtbot.waitUntil(lambda: len(run.rows()) == 10)
    store.do(lambda session: rows.mark_sent(session, 8))
    assert [row.seq for row in run.rows()] == [9, 10]
    store.do(lambda session: rows.resend_from(session, 5))
    assert [row.seq for row in run.rows()] == [5, 6, 7, 8, 9, 10]
    store.do(lambda session: rows.mark_sent(session, 10))
    store.do(lambda session: rows.forget(session, clock.utc() + timedelta(days=1)))
    store.do(lambda session: rows.resend_from(session, 1))
    assert [row.seq for row in run.rows()] == [10]
