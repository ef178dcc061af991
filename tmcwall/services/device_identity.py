"""Which device this workstation is to the central server, and how it becomes one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

from tmcwall.db import custody, operations, signing
from tmcwall.db.store import Session
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import SYSTEM
from tmcwall.domain.enrolment_code import plain_code
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.signatures import Purpose, SigningKey
from tmcwall.sync import enrolment
from tmcwall.sync.connection import Refused
from tmcwall.sync.enrolment import EnrolledDevice
from tmcwall.sync.protocol import RefusalCode

log = get_logger(__name__)

T = TypeVar("T")


class SigningStore(StoreProtocol, Protocol):
    """A store that signs."""

    def use_signer(self, signer: signing.Signer | None) -> None: ...


class Keys(Protocol):
    """`cameras.device_keys.DeviceKeys`."""

    def get(self, device: str) -> SigningKey | None: ...
    def next(self, device: str) -> SigningKey: ...
    def settle(self, device: str, key: SigningKey) -> None: ...


class DeviceIdentity:
    """Every method waits, for the keyring and the network: not for the GUI thread. From any thread."""

    def __init__(
        self, *, store: SigningStore, keys: Keys, server_url: str, clock: Clock, allow_plain: bool = False
    ) -> None:
        self._store = store
        self._keys = keys
        self._server_url = server_url
        self._clock = clock
        self._allow_plain = allow_plain
        self._known: EnrolledDevice | None = None
        self._lock = threading.Lock()

    def current(self) -> EnrolledDevice:
        """The workstation with its key; from then on the store signs what is made here.

        Raises Fault(DEVICE_NOT_ENROLLED): also after the store has taken another identity, or the key is gone; and
        Fault(VAULT_UNAVAILABLE).
        """
        with self._lock:
            if self._known is None:
                self._known = self._look_up()
                self._sign_with(self._known)
            return self._known

    def enrol(self, typed: str, *, by: str = SYSTEM) -> EnrolledDevice:
        """With a one-time code. What the server does not have yet is signed and can be sent from then on.

        Where the identity is another desk's already, as in a copy of its data, another one is taken first. Raises
        DomainError(ENROLMENT_CODE, SERVER_URL_*) and Fault: ENROLMENT_REFUSED, VAULT_*, and those of the network.
        """
        code = plain_code(typed)
        with self._lock:
            try:
                enrolled = self._ask(code)
            except Refused as refused:
                if refused.reason is not RefusalCode.DEVICE_TAKEN:
                    raise
                self._write(partial(_renew, clock=self._clock))
                enrolled = self._ask(code)
            self._keys.settle(enrolled.id, enrolled.key)
            self._sign_with(enrolled)
            kept = signing.StoredEnrolment(enrolled.id, enrolled.name, enrolled.server_key)
            self._write(partial(signing.keep_enrolment, enrolled=kept, actor=by, at=self._clock.utc()))
            self._known = enrolled
        log.info("device_enrolled", device=enrolled.id, name=enrolled.name)
        return enrolled

    def _look_up(self) -> EnrolledDevice:
        device = self._read(operations.device)
        kept = self._read(partial(signing.enrolment, device=device))
        key = self._keys.get(device) if kept is not None else None
        if kept is None or key is None:
            raise Fault(FaultCode.DEVICE_NOT_ENROLLED, device, retryable=False)
        return EnrolledDevice(device, kept.name, kept.server_key, key)

    def _ask(self, code: str) -> EnrolledDevice:
        device = self._read(operations.device)
        key = self._keys.next(device)
        return enrolment.enrol(self._server_url, code, device=device, key=key, allow_plain=self._allow_plain)

    def _sign_with(self, enrolled: EnrolledDevice) -> None:
        self._store.use_signer(signing.Signer(enrolled.id, partial(enrolled.key.sign, Purpose.OPERATION)))

    def _read(self, unit: Callable[[Session], T]) -> T:
        return settled(self._store.read(unit))

    def _write(self, unit: Callable[[Session], T]) -> T:
        return settled(self._store.write(unit))


def _renew(session: Session, *, clock: Clock) -> None:
    at = clock.utc()
    custody.tell_renewed(session, operations.renew_device(session, at=at), at=at)
