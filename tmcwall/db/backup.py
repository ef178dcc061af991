"""Backups of the store: made by SQLite itself, checked, seven kept of each kind."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.durable import sync_file, sync_folder
from tmcwall.private_files import make_private_file, make_private_folder

KEPT = 7
_STAMP = "%Y%m%dT%H%M%S.%fZ"


class BackupKind(StrEnum):
    DAILY = "daily"
    BEFORE_MIGRATION = "before-migration"


class Backups:
    """A folder of backups of one store. Names sort by time: `store-20250310T143000.000000Z-daily.sqlite`."""

    def __init__(self, folder: Path, *, kept: int = KEPT) -> None:
        self._folder = folder
        self._kept = kept

    def make(self, source: sqlite3.Connection, *, at: datetime, kind: BackupKind) -> Path:
        """A checked backup of the database behind `source`, complete or not there at all. Older ones are thinned.

        Raises OSError, sqlite3.Error, Fault(STORE_CORRUPT) if the copy does not pass its check.
        """
        make_private_folder(self._folder)
        target = self._folder / f"store-{at.astimezone(UTC).strftime(_STAMP)}-{kind}.sqlite"
        partial = target.with_suffix(".partial")
        try:
            make_private_file(partial)
            with closing(sqlite3.connect(partial)) as copy:
                source.backup(copy)
                # A copy in WAL mode would leave files beside it whenever somebody looks into it.
                copy.execute("PRAGMA journal_mode=DELETE")
            if not is_sound(partial):
                raise Fault(FaultCode.STORE_CORRUPT, "the backup does not pass its check")
            sync_file(partial)
            partial.replace(target)
            sync_folder(self._folder)
        finally:
            partial.unlink(missing_ok=True)
        self._thin(kind)
        return target

    def newest(self, kind: BackupKind | None = None) -> datetime | None:
        """When the newest backup of that kind, or of any, was made."""
        found = sorted(self._folder.glob(f"store-*-{kind}.sqlite" if kind else "store-*.sqlite"))
        return _moment(found[-1]) if found else None

    def made_at(self, backup: Path) -> datetime | None:
        """When that backup was made, by its name."""
        return _moment(backup)

    def newest_sound(self) -> Path | None:
        """The newest backup of any kind that passes its check."""
        for path in sorted(self._folder.glob("store-*.sqlite"), reverse=True):
            if is_sound(path):
                return path
        return None

    def every(self) -> Sequence[Path]:
        """The oldest first, sound or not."""
        return sorted(self._folder.glob("store-*.sqlite"), key=lambda path: path.name)

    def copy(self, backup: Path, *, beside: Path, prepare: Callable[[sqlite3.Connection], None]) -> Path:
        """A copy of the backup, after `prepare`, that can take the place of `beside`: complete or not there at all.

        Raises OSError, sqlite3.Error.
        """
        partial = beside.with_name(f"{beside.name}.restoring")
        try:
            make_private_file(partial)
            shutil.copyfile(backup, partial)
            with closing(sqlite3.connect(partial)) as copy, copy:
                prepare(copy)
            sync_file(partial)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return partial

    def _thin(self, kind: BackupKind) -> None:
        for path in sorted(self._folder.glob(f"store-*-{kind}.sqlite"))[: -self._kept]:
            with suppress(OSError):
                path.unlink()


def is_sound(path: Path) -> bool:
    """Whether that file, which nothing writes, is a whole SQLite database."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return [row[0] for row in connection.execute("PRAGMA integrity_check(1)")] == ["ok"]
    except sqlite3.Error:
        return False


def _moment(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.name.split("-")[1], _STAMP).replace(tzinfo=UTC)
    except (ValueError, IndexError):
        return None
