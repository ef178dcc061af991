"""The relay's configuration and login on this workstation, and what `tmcwall relay` asks of the running program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from tmcwall.cameras.logins import RELAY_ENTRY, CameraLogins, Login, host_of
from tmcwall.cameras.relay_configuration import (
    CONFIGURATION_FILE,
    ENVIRONMENT_FILE,
    RELAY_USER,
    LeftOut,
    RelayChanges,
    RelayFiles,
    RelayOrder,
    changes_between,
    relay_files,
)
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.durable import disk_fault, replace_file
from tmcwall.log import get_logger
from tmcwall.services.camera_register import Asking, Vault, read_entries
from tmcwall.services.camera_requests import Done
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.handover import Handlers, Request, Work

log = get_logger(__name__)

SHORTEST_PASSWORD: Final = 16
"""Characters: the relay's file holds a plain SHA-256 of it."""
_LARGEST_FILE: Final = 64 * 1024 * 1024


class WriteRelay(Request, frozen=True):
    """Reply: `RelayReport`. `folder` is an absolute path; with `check` nothing is written."""

    folder: str
    check: bool = False


class KeepRelayLogin(Request, frozen=True):
    """Reply: `Done`."""

    password: str

    def __repr__(self) -> str:
        return "KeepRelayLogin()"


class RelayReport(msgspec.Struct, frozen=True):
    """What the new configuration changes, how many streams it has, and which it leaves out."""

    changes: RelayChanges
    streams: int
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class RelayDesk:
    """Carries these requests out. Every call waits. `address` is the relay's in the settings; empty: there is none."""

    store: StoreProtocol
    vault: Vault
    asking: Asking
    address: str

    def write(self, folder: Path, *, check: bool = False) -> RelayReport:
        """Bring the relay's files in the folder up to date; files that are right already are not touched.

        Raises DomainError(RELAY_UNSET, RELAY_LOGIN_UNSET, INPUT_UNREADABLE) and Fault(STORE_*, VAULT_*, DISK_*,
        FILE_UNWRITABLE).
        """
        self._demand_address()
        logins = self.vault.all()
        own = logins.get(RELAY_ENTRY, CameraLogins()).main
        if own is None or own.host != host_of(self.address):
            raise DomainError(DomainCode.RELAY_LOGIN_UNSET)
        entries = self.store.read(read_entries).result()
        cameras = [entry.camera for entry in entries if entry.lifecycle.may_log_in]
        order = RelayOrder(
            address=self.address,
            password=own.password,
            rule=self.asking.rule,
            transport=self.asking.transport,
            fingerprints=self.asking.fingerprints,
        )
        wanted = relay_files(cameras, logins, order)
        there = RelayFiles(_content(folder / CONFIGURATION_FILE), _content(folder / ENVIRONMENT_FILE))
        changes = changes_between(there, wanted)
        if not check:
            # The logins first: without them the relay opens new cameras without a login, and they refuse it.
            _replace(folder / ENVIRONMENT_FILE, there.environment, wanted.environment, mode=0o600)
            _replace(folder / CONFIGURATION_FILE, there.configuration, wanted.configuration, mode=0o640)
        streams = sum(1 + bool(camera.substream_url) for camera in cameras) - len(wanted.left_out)
        return RelayReport(changes, streams, wanted.left_out)

    def keep_login(self, password: str) -> Done:
        """With which this workstation reads from the relay, and which the relay is to ask for.

        Raises DomainError(RELAY_UNSET, RELAY_PASSWORD_SHORT) and Fault(VAULT_*).
        """
        self._demand_address()
        if len(password) < SHORTEST_PASSWORD:
            raise DomainError(DomainCode.RELAY_PASSWORD_SHORT)
        vault = self.vault.opened()
        if vault is None:
            raise Fault(FaultCode.VAULT_UNAVAILABLE, "nothing to lock a vault with", retryable=False)
        vault.put({RELAY_ENTRY: CameraLogins(main=Login(host_of(self.address), RELAY_USER, password))})
        log.info("login of the relay kept")
        return Done()

    def _demand_address(self) -> None:
        if not self.address:
            raise DomainError(DomainCode.RELAY_UNSET)


def relay_handlers(desk: RelayDesk, *, changed: Callable[[], None]) -> Handlers:
    """`changed` is called in any thread once another login is kept: streams are opened with it."""

    def keep(request: KeepRelayLogin) -> Work:
        def work() -> Done:
            done = desk.keep_login(request.password)
            changed()
            return done

        return work

    return {
        WriteRelay: lambda request: partial(desk.write, Path(request.folder), check=request.check),
        KeepRelayLogin: keep,
    }


def _content(file: Path) -> bytes:
    """Empty where there is none yet. Raises DomainError(INPUT_UNREADABLE)."""
    try:
        with file.open("rb") as opened:
            return opened.read(_LARGEST_FILE)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise DomainError(DomainCode.INPUT_UNREADABLE, str(file)) from error


def _replace(file: Path, before: bytes, after: bytes, *, mode: int) -> None:
    if before == after:
        return
    try:
        replace_file(file, after, mode=mode)
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE) from error
