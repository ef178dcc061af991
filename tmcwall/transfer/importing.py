"""Taking over what another workstation exported, on a machine that has none yet.

Everything is unpacked and checked beside its place; only then is it moved there, the database last. An import that is
refused or fails leaves nothing, and what one that was killed has left unpacked goes with the next.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tmcwall.cameras.logins import CameraLogins, camera_count
from tmcwall.cameras.vault import VaultOnDemand
from tmcwall.db import bookmarks, cameras, custody, operations
from tmcwall.db.backup import is_sound
from tmcwall.db.lock import StoreLock
from tmcwall.db.store import Store
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.durable import disk_fault, new_file, replace_file, sync_folder
from tmcwall.paths import Paths
from tmcwall.settings_file import change_setting, parse_settings
from tmcwall.transfer.exporting import Contents
from tmcwall.transfer.package import LETTER_FOLDERS, ClipPart, LetterPart, Manifest, PackageReader, opened_package

_UNPACKED: Final = "importing"
"""The folder of what is not in its place yet, beside the database and in the folder of clips."""
_CLOSING_S: Final = 60.0


def check_place(paths: Paths) -> None:
    """That there is no workstation yet. Raises DomainError(WORKSTATION_IN_PLACE) with what is in the way."""
    folders = (paths.clips, paths.recordings, paths.data / "backups", *_letter_folders(paths.data))
    in_the_way = [path for path in (paths.database, paths.vault, paths.settings) if path.exists()]
    in_the_way += [folder for folder in folders if any(entry.name != _UNPACKED for entry in _entries(folder))]
    if in_the_way:
        raise DomainError(DomainCode.WORKSTATION_IN_PLACE, str(in_the_way[0]))


def import_workstation(paths: Paths, source: Path, passphrase: str, *, clock: Clock) -> Contents:
    """Make the exported workstation this machine's, under an identity of its own.

    Operations that the exported one had not sent are made again under the new identity, as after a restored backup.
    Raises DomainError(WORKSTATION_IN_PLACE, INPUT_UNREADABLE, EXPORT_*) and Fault(ALREADY_RUNNING, STORE_*, VAULT_*,
    SETTINGS_UNREADABLE, DISK_FULL, STORE_UNWRITABLE).
    """
    with _faults_of_the_disk(), opened_package(source, passphrase) as package:
        paths.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock_file = paths.database.with_name(f"{paths.database.name}.lock")
        lock = StoreLock(lock_file)
        try:
            check_place(paths)
            return _taken_over(package, paths, clock=clock)
        except BaseException:
            if not paths.database.exists():
                lock_file.unlink(missing_ok=True)
            raise
        finally:
            lock.release()


def _taken_over(package: PackageReader, paths: Paths, *, clock: Clock) -> Contents:
    text = package.settings()
    settings = parse_settings(text, name=paths.settings.name)
    paths = paths.placed(settings)
    check_place(paths)
    logins = package.logins()
    _check_room(package.manifest, paths)
    with ExitStack() as unpacked:
        beside = _fresh_folder(paths.data, unpacked)
        clips = _fresh_folder(paths.clips, unpacked)
        database = beside / paths.database.name
        _unpack(package, database, clips)
        letters = [folder for folder in _letter_folders(beside) if folder.is_dir()]
        contents = _settled_in(database, package.manifest, logins, clock=clock)
        with ExitStack() as undo:
            if logins:
                undo.callback(paths.vault.unlink, missing_ok=True)
                VaultOnDemand(settings, paths, clock=clock).put(logins)
            for entry in _entries(clips):
                undo.callback(_remove, paths.clips / entry.name)
                entry.rename(paths.clips / entry.name)
            sync_folder(paths.clips)
            for folder in letters:
                undo.callback(_remove, paths.data / folder.name)
                folder.rename(paths.data / folder.name)
            undo.callback(paths.settings.unlink, missing_ok=True)
            replace_file(paths.settings, text.encode())
            if logins and settings.vault_key_file is not None:
                # Where the environment names it, the settings of this machine shall, too.
                change_setting(paths, "vault_key_file", settings.vault_key_file)
            database.rename(paths.database)
            sync_folder(paths.data)
            undo.pop_all()
    return contents


def _unpack(package: PackageReader, database: Path, clips: Path) -> None:
    with new_file(database) as file:
        package.read_file(file, package.manifest.database_bytes)
    for clip in package.manifest.clips:
        _unpack_file(package, clips, clip)
    for letter in package.manifest.letters:
        _unpack_file(package, database.parent, letter)
    package.finish()
    if not is_sound(database):
        raise DomainError(DomainCode.EXPORT_DAMAGED, "its database is damaged")


def _unpack_file(package: PackageReader, place: Path, part: ClipPart | LetterPart) -> None:
    path = place / part.path
    for folder in reversed(path.relative_to(place).parents[:-1]):
        (place / folder).mkdir(mode=0o700, exist_ok=True)
    with new_file(path) as file:
        package.read_file(file, part.size_bytes)


def _letter_folders(data: Path) -> tuple[Path, ...]:
    return tuple(data / name for name in LETTER_FOLDERS)


def _settled_in(database: Path, manifest: Manifest, logins: dict[str, CameraLogins], *, clock: Clock) -> Contents:
    """Opened once: the store is brought to this version, takes its new identity and says so in custody."""
    store = Store(database, clock=clock)
    try:
        return Contents(
            cameras=len(store.read(cameras.all_cameras).result()),
            logins=camera_count(logins),
            pending=store.read(operations.pending_count).result(),
            clips=len(manifest.clips),
            size_bytes=manifest.size_bytes,
            uncut=len(store.read(bookmarks.unfinished).result()),
            chain_break=store.read(custody.verify).result(),
        )
    finally:
        store.close(_CLOSING_S)


def _check_room(manifest: Manifest, paths: Paths) -> None:
    """Raises Fault(DISK_FULL) before anything is written."""
    paths.clips.mkdir(mode=0o700, parents=True, exist_ok=True)
    letters = sum(letter.size_bytes for letter in manifest.letters)
    for folder, needed in (
        (paths.data, manifest.settings_bytes + manifest.logins_bytes + 2 * manifest.database_bytes + letters),
        (paths.clips, sum(clip.size_bytes for clip in manifest.clips)),
    ):
        if shutil.disk_usage(folder).free < needed:
            raise OSError(errno.ENOSPC, "not enough room", str(folder))


def _fresh_folder(place: Path, unpacked: ExitStack) -> Path:
    """Of what an import that was killed has left, nothing is used."""
    folder = place / _UNPACKED
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    unpacked.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


@contextmanager
def _faults_of_the_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE) from error
