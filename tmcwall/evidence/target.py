"""Where a package is to go: what that file system can hold, and what an interrupted export has left there."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

import psutil

from tmcwall.domain.disk_fault import DiskFault
from tmcwall.domain.fault import Fault, FaultCode

_FAT: Final = frozenset({"vfat", "msdos", "fat", "fat16", "fat32"})
"""As Linux and Windows call them."""
_FAT_LIMIT: Final = 2**32 - 1
_STICKS: Final = ("/media/", "/run/media/")
"""Where Linux mounts what somebody plugs in."""
_ROOM_BESIDE: Final = 16 * 1024 * 1024
"""Bytes that stay free: folders and tables of the file system grow, too."""


class Partition(Protocol):
    """The part of psutil's answer that is used."""

    @property
    def mountpoint(self) -> str: ...
    @property
    def fstype(self) -> str: ...
    @property
    def opts(self) -> str: ...


def partitions_of_system() -> Sequence[Partition]:
    """Everything that is mounted."""
    return psutil.disk_partitions(all=True)


Partitions = Callable[[], Sequence[Partition]]


def check_room(folder: Path, sizes: Sequence[int], *, partitions: Partitions = partitions_of_system) -> None:
    """That files of those sizes fit into the folder, before the first is copied.

    Raises DiskFault(DISK_FULL), Fault(FILE_TOO_LARGE) for one that FAT32 cannot hold, and OSError.
    """
    if sizes and max(sizes) > _FAT_LIMIT and _file_system(folder, partitions()) in _FAT:
        raise Fault(FaultCode.FILE_TOO_LARGE, f"{max(sizes) / 2**30:.1f} GiB > 4 GiB, {folder}", retryable=False)
    free = shutil.disk_usage(folder).free
    if free < sum(sizes) + _ROOM_BESIDE:
        raise DiskFault(FaultCode.DISK_FULL, str(folder), folder=str(folder), free_bytes=free)


def _file_system(folder: Path, partitions: Sequence[Partition]) -> str:
    """Of the innermost mount that holds the folder."""
    place = folder.resolve()
    holding = [one for one in partitions if place.is_relative_to(one.mountpoint)]
    return max(holding, key=lambda one: len(Path(one.mountpoint).parts)).fstype.lower() if holding else ""


def part_of(folder: Path, workstation: str) -> Path:
    """The hidden folder beside the target in which this process builds."""
    return folder / f".tmcwall-{workstation[:8]}-{os.getpid()}.part"


def remove_leftovers(folder: Path, workstation: str) -> None:
    """What exports of this workstation have left that were killed. Never raises: it is in nobody's way."""
    ours = re.compile(rf"\.tmcwall-{re.escape(workstation[:8])}-(?P<process>\d+)\.part")
    for path in folder.iterdir():
        found = ours.fullmatch(path.name)
        if found and not psutil.pid_exists(int(found["process"])):
            shutil.rmtree(path, ignore_errors=True)


def sticks(partitions: Sequence[Partition]) -> tuple[Path, ...]:
    """What is plugged in and can take files."""
    return tuple(
        Path(one.mountpoint)
        for one in partitions
        if (one.mountpoint.startswith(_STICKS) or "removable" in one.opts.split(","))
        and "cdrom" not in one.opts.split(",")
        and one.fstype
    )
