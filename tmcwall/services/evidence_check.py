"""Checks evidence packages for the console: all that lie in a folder or on a stick."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.evidence import bag
from tmcwall.evidence.camera_authorities import authorities_of_folder
from tmcwall.evidence.server_receipt import known_servers
from tmcwall.evidence.signers import known_signers
from tmcwall.evidence.verification import Verification
from tmcwall.evidence.verify import verify_package
from tmcwall.services.cancellable_work import CancellableWork, WorkInThread

_DEEPEST: Final = 2
"""So many folders below the one that was given packages are looked for: a stick, a folder on it, packages in that."""
_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class CheckedPackage:
    folder: Path
    found: Verification


class EvidenceCheck(CancellableWork):
    """One folder at a time. Who checks needs no right: what is checked was handed to him."""

    checked = Signal(object)
    """Tuple of CheckedPackage."""
    refused = Signal(object)
    """Fault or DomainError, CHECK_CANCELLED too."""

    def __init__(
        self, *, signers: Path, servers: Path, camera_authorities: Path, time_stamp_authorities: Path, clock: Clock
    ) -> None:
        """`signers` and `servers` are the files of whom this workstation knows, `camera_authorities` the folder
        of who vouches for cameras, and `time_stamp_authorities` that of whose time stamps are believed.
        """
        super().__init__(name="evidence-check")
        self._signers = signers
        self._servers = servers
        self._camera_authorities = camera_authorities
        self._time_stamp_authorities = time_stamp_authorities
        self._clock = clock

    def check(self, place: Path) -> None:
        """`checked` or `refused` follows; not while it is busy."""
        if not self.busy:
            self._begin(partial(self._check, place), self.checked.emit, self.refused.emit)

    def _check(self, place: Path, work: WorkInThread) -> tuple[CheckedPackage, ...]:
        """In a thread of its own."""
        try:
            folders = tuple(packages_in(place))
            size = sum(_size_of(folder) for folder in folders)
        except OSError as error:
            raise Fault(FaultCode.FILE_UNREADABLE, f"{place}: {error.strerror}", retryable=False) from error
        if not folders:
            raise DomainError(DomainCode.NO_PACKAGE_THERE, str(place))
        signers, cameras = known_signers(self._signers), authorities_of_folder(self._camera_authorities)
        stamping = authorities_of_folder(self._time_stamp_authorities)
        servers = known_servers(self._servers)
        done = 0

        def advanced(count: int) -> None:
            nonlocal done
            done += count
            work.advanced_to(done, of=size)
            if work.cancelled():
                raise _Cancelled

        try:
            return tuple(
                CheckedPackage(
                    folder,
                    verify_package(
                        folder,
                        signers=signers,
                        now=self._clock.utc(),
                        camera_authorities=cameras,
                        time_stamp_authorities=stamping,
                        servers=servers,
                        advanced=advanced,
                    ),
                )
                for folder in folders
            )
        except _Cancelled:
            raise Fault(FaultCode.CHECK_CANCELLED, retryable=False) from None


class _Cancelled(Exception):
    """Not a fault: the check of a package takes those for its own."""


def packages_in(place: Path) -> Iterator[Path]:
    """The folder itself, else the packages below it, by name. A file of a package stands for its folder.

    What lacks every file by which a package is known is none, also where its clips lie there. Raises OSError.
    """
    if place.is_file():
        place = place.parent
    found = _packages(place, _DEEPEST)
    for number, folder in enumerate(found):
        if number == _MOST:
            return
        yield folder


def _packages(place: Path, deeper: int) -> Iterator[Path]:
    if any((place / name).is_file() for name in (bag.TAG_MANIFEST, bag.MANIFEST, bag.RECORD, bag.SIGNATURE)):
        yield place
    elif deeper:
        for folder in sorted(path for path in place.iterdir() if path.is_dir() and not path.is_symlink()):
            if not folder.name.startswith("."):
                try:
                    yield from _packages(folder, deeper - 1)
                except PermissionError:
                    continue  # such as `lost+found` of a stick


def _size_of(folder: Path) -> int:
    return sum(path.stat(follow_symlinks=False).st_size for path in folder.rglob("*"))
