"""Papers of private cameras: read for one camera, and written for the officer on duty."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tmcwall.db import camera_dossiers
from tmcwall.domain.camera_dossier import CameraDossier, PrivacyCheck, with_agreement, with_check
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.domain.officer import Action, Officer
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol, in_thread, settled
from tmcwall.services.lifecycles import OnDuty


class Dossiers(QObject):
    """One at a time; a file is read for its hash only, and stays where it is."""

    told = Signal(object)
    """CameraDossier: as it is now."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(self, *, store: StoreProtocol, duty: OnDuty, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._futures = FutureDispatcher()

    def start(self) -> None:
        """It reads nothing before it is asked."""

    def stop(self) -> None:
        self._futures.close()

    def tell(self, camera_id: str) -> None:
        """`told` follows."""
        read = self._store.read(partial(camera_dossiers.get, camera_id=camera_id))
        self._futures.expect(read, lambda found: self.told.emit(found or CameraDossier(camera_id)), self.refused.emit)

    def put_agreement(self, camera_id: str, number: str, *, on: date, file: Path) -> None:
        """`told` or `refused` follows."""

        def step(sha256: str, _by: Officer) -> Callable[[CameraDossier], CameraDossier]:
            return partial(with_agreement, number=number, on=on, sha256=sha256)

        self._decide(camera_id, file, step)

    def judge(self, camera_id: str, picture: Path, *, public_only: bool, words: str) -> None:
        """The officer on duty has looked at that still; `told` or `refused` follows."""
        at = self._clock.utc()

        def step(sha256: str, by: Officer) -> Callable[[CameraDossier], CameraDossier]:
            check = PrivacyCheck(by.nrp, at, sha256, public_only, " ".join(words.split()))
            return partial(with_check, check=check)

        self._decide(camera_id, picture, step)

    def _decide(
        self, camera_id: str, file: Path, step: Callable[[str, Officer], Callable[[CameraDossier], CameraDossier]]
    ) -> None:
        try:
            officer = self._duty.demand(Action.CHANGE_STANDING)
        except DomainError as error:
            self.refused.emit(error)
            return
        at = self._clock.utc()

        def work() -> CameraDossier:
            change = partial(
                camera_dossiers.change, camera_id=camera_id, step=step(_sha256(file), officer), by=officer, at=at
            )
            return settled(self._store.write(change))

        self._futures.expect(in_thread(work, name="camera-dossier"), self.told.emit, self.refused.emit)


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise Fault(FaultCode.FILE_UNREADABLE, file.name, retryable=False) from error
