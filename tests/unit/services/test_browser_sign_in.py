"""Going on duty with the identity provider, at the workstation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.services.browser_sign_in import BrowserSignIn
from tmcwall.sync.account import Session

SESSION = Session("https://tmc.example", BRIPKA_SARI, NOON + timedelta(hours=12), "token-1", "delegation-1")


class FakeGate:
    def __init__(self) -> None:
        self.name: str | Fault = "SSO Polri"
        self.answer: Session | Fault = SESSION
        self.go_on = threading.Event()
        self.stopped: threading.Event | None = None

    def provider(self) -> str:
        if isinstance(self.name, Fault):
            raise self.name
        return self.name

    def sign_in(self, open_browser: Callable[[str], None], stop: threading.Event) -> Session:
        self.stopped = stop
        open_browser("https://sso.example/auth")
        self.go_on.wait(10)
        if isinstance(self.answer, Fault):
            raise self.answer
        return self.answer


class Door(QObject):
    signed_in = Signal(object)
    admitted = Signal(object)

    def admit(self, session: Session) -> None:
        self.admitted.emit(session)


@pytest.fixture
def gate() -> FakeGate:
    return FakeGate()


@pytest.fixture
def door(qapp: object) -> Door:
    return Door()


@pytest.fixture
def browser(gate: FakeGate, door: Door, qtbot: QtBot) -> Iterator[BrowserSignIn]:
    service = BrowserSignIn(gate, duty=door)
    with qtbot.waitSignal(service.changed):
        service.start()
    yield service
    gate.go_on.set()
    service.stop()


def test_whom_the_provider_names_goes_on_duty(browser: BrowserSignIn, gate: FakeGate, door: Door, qtbot: QtBot) -> None:
    assert browser.provider == "SSO Polri"
    with qtbot.waitSignal(browser.browser_wanted) as wanted:
        browser.sign_in()
    assert wanted.args == ["https://sso.example/auth"]
    assert browser.waiting
    with qtbot.waitSignal(door.admitted) as admitted:
        gate.go_on.set()
    assert admitted.args == [SESSION]
    assert not browser.waiting


def test_a_refusal_is_said(browser: BrowserSignIn, gate: FakeGate, qtbot: QtBot) -> None:
    gate.answer = Fault(FaultCode.IDENTITY_UNKNOWN, retryable=False)
    gate.go_on.set()
    with qtbot.waitSignal(browser.refused) as refused:
        browser.sign_in()
    assert refused.args[0].code is FaultCode.IDENTITY_UNKNOWN


def test_who_signs_in_with_a_password_meanwhile_is_not_taken_over_by_what_the_browser_brings(
    browser: BrowserSignIn, gate: FakeGate, door: Door, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(browser.browser_wanted):
        browser.sign_in()
    door.signed_in.emit(BRIPKA_SARI)
    assert not browser.waiting
    assert gate.stopped is not None
    assert gate.stopped.is_set()
    with qtbot.assertNotEmitted(door.admitted), qtbot.waitSignal(browser.refused, raising=False, timeout=200):
        gate.go_on.set()


def test_without_a_server_there_is_no_such_way(door: Door, qtbot: QtBot) -> None:
    service = BrowserSignIn(None, duty=door)
    service.start()
    service.sign_in()
    assert (service.provider, service.waiting) == ("", False)
    service.stop()


def test_a_server_that_was_away_is_asked_again(gate: FakeGate, door: Door, qtbot: QtBot) -> None:
    gate.name = Fault(FaultCode.SERVER_UNREACHABLE)
    service = BrowserSignIn(gate, duty=door, ask_again_s=0.01)
    service.start()
    gate.name = "SSO Polri"
    qtbot.waitUntil(lambda: service.provider == "SSO Polri")
    service.stop()
