"""Whether this workstation is enrolled at the central server, as the screen asks for it."""

from __future__ import annotations

from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.domain.enrolment_code import plain_code
from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.domain.officer import Officer
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, in_thread
from tmcwall.services.synchronisation import SyncState
from tmcwall.sync.enrolment import EnrolledDevice

log = get_logger(__name__)

_NEEDED: Final = frozenset({FaultCode.DEVICE_NOT_ENROLLED, FaultCode.DEVICE_REVOKED, FaultCode.SERVER_KEY_CHANGED})


class Identity(Protocol):
    """`DeviceIdentity`: asked in a thread."""

    def current(self) -> EnrolledDevice: ...
    def enrol(self, typed: str, *, by: str) -> EnrolledDevice: ...


class OnDuty(Protocol):
    """The part of `Duty` that says who enters a code."""

    @property
    def officer(self) -> Officer | None: ...


class Enrolment(QObject):
    """Asks for a code when the server, or this machine, knows no key of this workstation."""

    changed = Signal()
    """`needed` or `busy`."""
    enrolled = Signal()
    refused = Signal(object)
    """Fault or DomainError: what became of a code."""
    key_out_of_reach = Signal(object)
    """Fault: this workstation is enrolled, and its key cannot be opened for now."""

    def __init__(self, identity: Identity | None, *, duty: OnDuty, parent: QObject | None = None) -> None:
        """`identity` None where no server is set: then nothing is ever needed."""
        super().__init__(parent)
        self._identity = identity
        self._duty = duty
        self._needed: FaultCode | None = None
        self._busy = False
        self._futures = FutureDispatcher()

    def start(self) -> None:
        """Look for the key, so that what is made from now on is signed at once."""
        if self._identity is not None:
            self._futures.expect(in_thread(self._identity.current, name="device-key"), _found, self._take_missing)

    def stop(self) -> None:
        self._futures.close()

    @property
    def needed(self) -> FaultCode | None:
        """Why a code is asked for: DEVICE_NOT_ENROLLED, DEVICE_REVOKED or SERVER_KEY_CHANGED."""
        return self._needed

    @property
    def busy(self) -> bool:
        """A code was given; `enrolled` or `refused` follows."""
        return self._busy

    def enrol(self, typed: str) -> None:
        """`enrolled` or `refused` follows. One at a time."""
        if self._identity is None or self._busy:
            return
        try:
            plain_code(typed)
        except DomainError as error:
            self.refused.emit(error)
            return
        officer = self._duty.officer
        by = {} if officer is None else {"by": officer.nrp}
        self._busy = True
        self.changed.emit()
        work = partial(self._identity.enrol, typed, **by)
        self._futures.expect(in_thread(work, name="enrolment"), self._take_enrolled, self._refuse)

    @Slot(object)
    def take_refusal(self, refusal: Refusal) -> None:
        """A sign-in was refused; perhaps it is not the officer."""
        self._take_missing(refusal)

    @Slot(object)
    def take_sync_state(self, state: SyncState) -> None:
        if state.fault is not None:
            self._take_missing(state.fault)

    def _take_missing(self, refusal: Refusal) -> None:
        if isinstance(refusal, Fault) and refusal.code in _NEEDED and refusal.code is not self._needed:
            self._needed = refusal.code
            self.changed.emit()
        elif isinstance(refusal, Fault) and refusal.code is FaultCode.VAULT_UNAVAILABLE:
            self.key_out_of_reach.emit(refusal)

    def _take_enrolled(self, _device: EnrolledDevice) -> None:
        self._needed, self._busy = None, False
        self.changed.emit()
        self.enrolled.emit()

    def _refuse(self, refusal: Refusal) -> None:
        self._busy = False
        self.changed.emit()
        self.refused.emit(refusal)


def _found(device: EnrolledDevice) -> None:
    log.info("device_key_found", device=device.id, name=device.name)
