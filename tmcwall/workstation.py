"""What every command on a workstation stands on: its folders, settings, log, store and vault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tmcwall import __version__
from tmcwall.cameras.vault import LostVault, VaultOnDemand
from tmcwall.db import custody
from tmcwall.db.store import SYSTEM, Session, Store, StoreOpening
from tmcwall.domain.address import AddressRule
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction, VaultFacts
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.log import get_logger
from tmcwall.logbook import LogBook
from tmcwall.paths import Paths
from tmcwall.resources import resource
from tmcwall.settings import Settings
from tmcwall.settings_file import LoadedSettings, load_settings

_logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Workstation:
    """An opened workstation."""

    paths: Paths
    settings: Settings
    settings_fault: Fault | None
    """The settings file is broken; the last good copy is in use."""
    store: Store
    log: LogBook
    vault: VaultOnDemand
    """Opened when a login is first needed."""
    clock: Clock

    @property
    def address_rule(self) -> AddressRule:
        return AddressRule(self.settings.allowed_networks, loopback=self.settings.allow_loopback)


def paths_of(data_dir: Path | None) -> Paths:
    return Paths.under(data_dir) if data_dir else Paths.of_user()


@contextmanager
def open_workstation(data_dir: Path | None, *, clock: Clock, process: str = "tmcwall") -> Iterator[Workstation]:
    """Open everything, and close it in the reverse order. Waits for the disk: before any window is shown.

    Raises Fault(SETTINGS_UNREADABLE, STORE_*, ALREADY_RUNNING).
    """
    with ExitStack() as open_things:
        paths = paths_of(data_dir)
        loaded = _settings(paths)
        paths = paths.placed(loaded.settings)
        try:
            log = open_things.enter_context(LogBook(paths.logs, process=process, level=loaded.settings.log_level))
        except OSError as error:
            raise Fault(FaultCode.STORE_UNWRITABLE, f"{paths.logs}: {error.strerror}", retryable=False) from error
        store = Store(paths.database, clock=clock)
        open_things.callback(store.close)
        _log_start(store.opening, process=process)
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
            clock=clock,
        )


def region_lines() -> list[str]:
    """The lines of the shipped table of regions."""
    return resource("regions.csv").read_text("utf-8").splitlines()


def _log_start(opening: StoreOpening, *, process: str) -> None:
    """What somebody who reads this log later asks first."""
    backup = opening.newest_backup
    _logger.info(
        "started",
        process=process,
        version=__version__,
        schema=opening.schema,
        migrated_from=opening.migrated_from,
        newest_backup=backup.isoformat(timespec="seconds") if backup else None,
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

    store.write(record).result()


def _settings(paths: Paths) -> LoadedSettings:
    try:
        return load_settings(paths)
    except OSError as error:
        raise Fault(FaultCode.STORE_UNWRITABLE, f"{paths.settings}: {error.strerror}", retryable=False) from error
