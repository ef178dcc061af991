"""What no operation says yet is said by the officer who signs in at the server and may say it."""

import pytest

from tests.clocks import FakeClock
from tests.services_stage import InlineStore, camera
from tmcwall.db import cameras, operations
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.services.vouching import Vouching

ADMIN = Officer("80010001", "Tri", Role.ADMIN)


class Duty:
    """Who is signed in at the server."""

    def __init__(self) -> None:
        self.officer: Officer | None = None
        self.online = False

    def sign_in(self, officer: Officer, *, online: bool = True) -> None:
        self.officer, self.online = officer, online


@pytest.fixture
def duty() -> Duty:
    return Duty()


@pytest.fixture
def vouching(store: InlineStore, duty: Duty, clock: FakeClock, qtbot):
    store.do(lambda session: cameras.put(session, [camera(f"KAM-{number}") for number in range(450)]))
    service = Vouching(store=store, duty=duty, clock=clock)
    service.start()
    yield service
    service.stop()


def said(store: InlineStore) -> int:
    return store.do(operations.pending_count)


def test_an_officer_who_signs_in_says_all_of_it_and_what_comes_meanwhile(vouching, store, duty, qtbot):
    duty.sign_in(ADMIN)
    vouching.look()
    store.do(lambda session: cameras.put(session, [camera("KAM-0999")]))
    vouching.look()
    qtbot.waitUntil(lambda: said(store) == 451)


def test_nobody_says_anything_without_the_server_or_the_right(vouching, store, duty, qtbot):
    vouching.look()
    duty.sign_in(ADMIN, online=False)
    vouching.look()
    duty.sign_in(Officer("80010002", "Budi", Role.OPERATOR))
    vouching.look()
    assert said(store) == 0
    duty.sign_in(ADMIN)
    vouching.look()
    qtbot.waitUntil(lambda: said(store) == 450)


def test_a_fault_of_the_store_leaves_it_to_the_next_sign_in(vouching, store, duty, qtbot):
    duty.sign_in(ADMIN)
    store.failing = Fault(FaultCode.DISK_FULL)
    vouching.look()
    qtbot.waitUntil(lambda: True)
    store.failing = None
    assert said(store) == 0
    vouching.look()
    qtbot.waitUntil(lambda: said(store) == 450)
