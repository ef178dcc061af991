"""What every command on a workstation stands on: its folders, settings, log, store and vault."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from tmcwall import __version__
from tmcwall.cameras.device_keys import DeviceKeys
from tmcwall.cameras.vault import LostVault, VaultOnDemand
from tmcwall.db import custody
from tmcwall.db.restorations import newest_restoration
from tmcwall.db.store import Session, Store, StoreOpening
from tmcwall.domain.address import AddressRule
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import SYSTEM, CustodyAction, VaultFacts
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.restoration import Restoration, StoreRestored
from tmcwall.durable import disk_fault
from tmcwall.log import get_logger
from tmcwall.logbook import LogBook
from tmcwall.paths import Paths
from tmcwall.resources import resource
from tmcwall.services.device_identity import DeviceIdentity
from tmcwall.settings import Settings
from tmcwall.settings_file import LoadedSettings, load_settings

_TOLD_FOR: Final = timedelta(days=1)
"""After a store was restored, each start tells so for this long."""

_logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Workstation:
    """An opened workstation."""

    paths: Paths
    settings: Settings
    settings_fault: Fault | None
    """The settings file is broken, and the last good copy is in use; or it could not be made."""
    store: Store
    log: LogBook
    vault: VaultOnDemand
    """Opened when a login is first needed."""
    identity: DeviceIdentity
    """Which device this is to the central server."""
    clock: Clock
    restored: Restoration | None = None
    """Lately the store was damaged, and this took its place."""

    @property
    def address_rule(self) -> AddressRule:
        return AddressRule(self.settings.allowed_networks, loopback=self.settings.allow_loopback)


def paths_of(data_dir: Path | None) -> Paths:
    return Paths.under(data_dir) if data_dir else Paths.of_user()


@contextmanager
def open_workstation(
    data_dir: Path | None, *, clock: Clock, process: str = "tmcwall", reads_suffice: bool = False
) -> Iterator[Workstation]:
    """Open everything, and close it in the reverse order. Waits for the disk: before any window is shown.

    Where `reads_suffice`, it opens on a disk that cannot be written, too (`Store.trouble` says why), and with what took
    the place of a damaged store. Raises Fault(SETTINGS_UNREADABLE, STORE_*, ALREADY_RUNNING) and DiskFault.
    """
    with ExitStack() as open_things:
        paths = paths_of(data_dir)
        loaded = _settings(paths)
        paths = paths.placed(loaded.settings)
        log = open_things.enter_context(_open_log(paths, loaded, process=process, needs_files=not reads_suffice))
        store = _open_store(paths, clock=clock, reads_suffice=reads_suffice)
        open_things.callback(store.close)
        restored = newest_restoration(paths.database)
        if restored is not None and clock.utc() - restored.at > _TOLD_FOR:
            restored = None
        _log_start(store.opening, restored, process=process)
        yield Workstation(
            paths=paths,
            settings=loaded.settings,
            settings_fault=loaded.fault,
            store=store,
            log=log,
            vault=VaultOnDemand(
                loaded.settings,
                paths,
                learned=log.redaction.add,
                lost=partial(_record_lost_vault, store, clock),
                clock=clock,
            ),
            identity=DeviceIdentity(
                store=store,
                keys=DeviceKeys(paths.device_vault, key_file=loaded.settings.vault_key_file, clock=clock),
                server_url=loaded.settings.server_url,
                clock=clock,
            ),
            clock=clock,
            restored=restored,
        )


def region_lines() -> list[str]:
    """The lines of the shipped table of regions."""
    return resource("regions.csv").read_text("utf-8").splitlines()


def _settings(paths: Paths) -> LoadedSettings:
    try:
        return load_settings(paths)
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE) from error


def _open_log(paths: Paths, loaded: LoadedSettings, *, process: str, needs_files: bool) -> LogBook:
    level = loaded.settings.log_level
    try:
        return LogBook(paths.logs, process=process, level=level)
    except OSError as error:
        if needs_files:
            raise disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE, folder=paths.logs) from error
        log = LogBook(None, process=process, level=level, console=sys.stderr)
        _logger.warning("log cannot be written", folder=str(paths.logs), cause=error.strerror)
        return log


def _open_store(paths: Paths, *, clock: Clock, reads_suffice: bool) -> Store:
    try:
        return Store(paths.database, clock=clock, reads_suffice=reads_suffice)
    except StoreRestored:
        if not reads_suffice:
            raise
        return Store(paths.database, clock=clock, reads_suffice=True)


def _log_start(opening: StoreOpening, restored: Restoration | None, *, process: str) -> None:
    """What somebody who reads this log later asks first."""
    _logger.info(
        "started",
        process=process,
        version=__version__,
        schema=opening.schema,
        migrated_from=opening.migrated_from,
        newest_backup=_written(opening.newest_backup),
    )
    if restored is not None:
        _logger.warning(
            "store in use was restored",
            at=_written(restored.at),
            backup=restored.backup,
            missing_after=_written(restored.backup_at),
            damaged=restored.damaged,
        )


def _record_lost_vault(store: Store, clock: Clock, vault: LostVault) -> None:
    """Into the log and into custody. Called in whichever thread asked for a login."""
    _logger.error("vault set aside", file=vault.file.name, cause=vault.cause)
    at = clock.utc()

    def record(session: Session) -> None:
        custody.append(
            session,
            actor=SYSTEM,
            action=CustodyAction.VAULT_SET_ASIDE,
            about="vault",
            at=at,
            facts=VaultFacts(vault.file.name, vault.cause),
        )

    try:
        store.write(record).result()
    except Fault as fault:  # the vault is set aside all the same, and its own fault is what the officer is told
        _logger.error("vault set aside without custody", code=fault.code)  # noqa: TRY400 - expected, no traceback


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
