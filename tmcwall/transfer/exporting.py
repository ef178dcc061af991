"""Everything that makes a workstation, for a new machine: one file under a passphrase.

Taken along are the settings, the logins of the cameras, the whole store (cameras, layouts, officers, tags, cases,
custody, and what the server does not have yet), letters with the unit's templates, and the clips whose bytes the server
lacks. Rolling recordings stay behind, and so do clips that the server has.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from tmcwall import __version__
from tmcwall.cameras.logins import camera_count
from tmcwall.cameras.vault import SHORTEST_PASSPHRASE
from tmcwall.db import bookmarks, cameras, custody, moving, operations
from tmcwall.db.store import Session
from tmcwall.domain.bookmark import Clip
from tmcwall.domain.chain import ChainBreak
from tmcwall.domain.custody import SYSTEM, CustodyAction, ExportFacts
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.durable import disk_fault, new_file
from tmcwall.log import get_logger
from tmcwall.transfer.package import LETTER_FOLDERS, ClipPart, LetterPart, Manifest, PackageWriter
from tmcwall.workstation import Workstation

log = get_logger(__name__)

_UNSEALED: Final = "exporting"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a workstation takes along, or has brought."""

    cameras: int
    logins: int
    pending: int
    """Operations that the server does not have yet."""
    clips: int
    size_bytes: int
    missing_clips: tuple[str, ...] = ()
    """Paths of clips that the server lacks and whose files are not here either, or not whole."""
    uncut: int = 0
    """Tags whose clip is still to be cut, from recordings that stay behind."""
    chain_break: ChainBreak | None = None
    """The chain of custody does not hold from that row on."""


def check_passphrase(passphrase: str) -> None:
    """Raises DomainError(PASSPHRASE_SHORT)."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise DomainError(DomainCode.PASSPHRASE_SHORT)


def export_workstation(workstation: Workstation, target: Path, passphrase: str) -> Contents:
    """Write a workstation into a new file, readable by its owner only and whole or not there.

    Raises DomainError(PASSPHRASE_SHORT, OUTPUT_EXISTS) and Fault(VAULT_*, STORE_*, SETTINGS_UNREADABLE, DISK_FULL,
    FILE_UNREADABLE, FILE_UNWRITABLE).
    """
    check_passphrase(passphrase)
    store = workstation.store
    logins = workstation.vault.all()
    settings = _settings(workstation)
    at = workstation.clock.utc()
    store.write(partial(_record, file=target.name, workstation=workstation)).result()
    clips, missing = _clips_here(workstation)
    data = workstation.paths.data
    letters = _letters_here(data)
    sealed_logins = msgspec.json.encode(logins)
    try:
        with _empty_folder(workstation.paths.data / _UNSEALED) as folder:
            copy = folder / "store.sqlite"
            store.read(partial(moving.write_copy, target=copy)).result()
            manifest = Manifest(
                version=__version__,
                exported_at=at,
                settings_bytes=len(settings),
                logins_bytes=len(sealed_logins),
                database_bytes=copy.stat().st_size,
                clips=clips,
                letters=letters,
            )
            with new_file(target) as file:
                package = PackageWriter(file, passphrase, manifest)
                package.write(settings)
                package.write(sealed_logins)
                package.write_file(copy, manifest.database_bytes)
                for clip in clips:
                    package.write_file(workstation.paths.clips / clip.path, clip.size_bytes)
                for letter in letters:
                    package.write_file(data / letter.path, letter.size_bytes)
                package.finish()
    except FileExistsError as error:
        raise DomainError(DomainCode.OUTPUT_EXISTS, str(target)) from error
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE) from error
    log.info("workstation exported", file=target.name, clips=len(clips), missing_clips=len(missing))
    return Contents(
        cameras=len(store.read(cameras.all_cameras).result()),
        logins=camera_count(logins),
        pending=store.read(operations.pending_count).result(),
        clips=len(clips),
        size_bytes=target.stat().st_size,
        missing_clips=missing,
        uncut=len(store.read(bookmarks.unfinished).result()),
        chain_break=store.read(custody.verify).result(),
    )


@contextmanager
def _empty_folder(folder: Path) -> Iterator[Path]:
    """For the copy that is not sealed yet; what an export that was killed has left there goes first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settings(workstation: Workstation) -> bytes:
    """The file as it stands; where that is broken, the last good copy that is in use."""
    paths = workstation.paths
    path = paths.last_good_settings if workstation.settings_fault is not None else paths.settings
    try:
        return path.read_bytes()
    except OSError as error:
        raise Fault(FaultCode.FILE_UNREADABLE, f"{path}: {error.strerror}", retryable=False) from error


def _record(session: Session, *, file: str, workstation: Workstation) -> None:
    """Before the copy is made, so that it is in both chains."""
    custody.append(
        session,
        actor=SYSTEM,
        action=CustodyAction.WORKSTATION_EXPORTED,
        about="store",
        at=workstation.clock.utc(),
        facts=ExportFacts(file),
    )


def _clips_here(workstation: Workstation) -> tuple[tuple[ClipPart, ...], tuple[str, ...]]:
    """The clips that the server lacks: those whose files are here, and the paths of the others."""
    here, missing = [], []
    for clip in workstation.store.read(bookmarks.clips_to_upload).result():
        if _is_whole(workstation.paths.clips / clip.path, clip):
            here.append(ClipPart(clip.path, clip.size_bytes))
        else:
            missing.append(clip.path)
    return tuple(here), tuple(missing)


def _letters_here(data: Path) -> tuple[LetterPart, ...]:
    """What is being written, whose name begins with a point, is no letter yet."""
    found = (path for name in LETTER_FOLDERS for path in sorted((data / name).rglob("*")))
    files = [path for path in found if path.is_file() and not path.name.startswith(".")]
    return tuple(LetterPart(path.relative_to(data).as_posix(), path.stat().st_size) for path in files)


def _is_whole(path: Path, clip: Clip) -> bool:
    try:
        return path.stat().st_size == clip.size_bytes and os.access(path, os.R_OK)
    except OSError:
        return False
