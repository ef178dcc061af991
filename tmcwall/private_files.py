"""Files and folders that only the user of this program may open: what it makes, and what it made before.

What the program keeps is evidence, people's names and password verifiers. A folder is made with mode 0700 and a file
with 0600 whatever the process's umask. On Windows nothing is set: there the profile's access list keeps other users
out of what is made in it, and mode bits say nothing.
"""

from __future__ import annotations

import logging
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from io import TextIOWrapper
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, Literal

_FOLDER: Final = 0o700
_FILE: Final = 0o600
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PrivatePlace:
    """A folder with what is ours in it."""

    folder: Path
    names: tuple[str, ...] | None = None
    """Patterns of what we make in a folder that the user named, such as `cam-*` or `*/*.mp4`. What they match is ours
    with everything in it, and a folder on the way there is where nothing else stands in it. None: all of it is ours."""
    ours_if_alone: bool = False
    """The folder that the user named is ours, too, where nothing stands in it that `names` do not match."""


@dataclass(frozen=True, slots=True)
class OpenToOthers:
    """What other users of this machine may reach."""

    count: int
    first: Path | None


@dataclass(frozen=True, slots=True)
class Closed:
    """What `close_to_others` did."""

    count: int
    """How many files and folders others could reach before."""
    left: OpenToOthers
    """What could not be closed: it belongs to another user, or its file system keeps no rights."""


def make_private_folder(folder: Path) -> None:
    """Make the folder and what is missing above it; what is there stays as it is. Raises OSError."""
    for missing in reversed([folder, *folder.parents]):
        if not missing.is_dir():
            missing.mkdir(mode=_FOLDER, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file if there is none, for a library that then opens it by name. Raises OSError."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE))


def open_private(path: Path, mode: Literal["ab", "xb", "wb", "w+b"], *, buffering: int = -1) -> BinaryIO:
    """As `open`; a file that it makes is closed to others. Raises OSError."""
    return open(path, mode, buffering, opener=_open_private)


def append_private(path: Path) -> TextIOWrapper:
    """Likewise, for lines of UTF-8 at the end of a file. Raises OSError."""
    return open(path, "a", encoding="utf-8", opener=_open_private)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, _FILE)


def keep_new_files_private() -> None:
    """For the entry of a process: what it and its children make by any other way is closed to others, too."""
    os.umask(_OTHERS)


@contextmanager
def closing_to_others(places: Sequence[PrivatePlace]) -> Iterator[None]:
    """Meanwhile a thread closes what earlier versions left open, once, and logs how much that was."""
    stop = threading.Event()
    thread = threading.Thread(target=_close_and_log, args=(places, stop), name="private-files", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def close_to_others(places: Sequence[PrivatePlace], stop: threading.Event) -> Closed:
    """Take the rights of group and others from all that is ours; it ends early when told to stop.

    Follows no symbolic link, not even one in place of the folder.
    """
    count, left, first = 0, 0, None
    for path, close in _open_entries(places):
        if stop.is_set():
            break
        if close():
            count += 1
        else:
            left, first = left + 1, first or path
    return Closed(count, OpenToOthers(left, first))


def open_to_others(places: Sequence[PrivatePlace]) -> OpenToOthers:
    """What of ours others may reach. Changes nothing."""
    found = [path for path, _close in _open_entries(places)]
    return OpenToOthers(len(found), found[0] if found else None)


def _close_and_log(places: Sequence[PrivatePlace], stop: threading.Event) -> None:
    closed = close_to_others(places, stop)
    event = {"event": "files closed to others", "count": closed.count}
    if closed.left.count:
        _log.warning({**event, "left": closed.left.count, "first_left": str(closed.left.first)})
    else:
        _log.info(event)


if sys.platform == "win32":

    def _open_entries(places: Sequence[PrivatePlace]) -> Iterator[tuple[Path, Callable[[], bool]]]:
        """Rights stand in access lists, which are not looked at."""
        del places
        yield from ()

else:
    _Pattern = tuple[str, ...]
    """The parts of a path, from a folder down."""

    def _open_entries(places: Sequence[PrivatePlace]) -> Iterator[tuple[Path, Callable[[], bool]]]:
        """What is open, each with what closes it; a folder comes before what is in it."""
        for place in places:
            patterns = None if place.names is None else [PurePosixPath(name).parts for name in place.names]
            with suppress(OSError), _opened_folder(place.folder) as descriptor:
                if patterns is None or (place.ours_if_alone and _is_alone(descriptor, patterns)):
                    yield from _open_one(place.folder, None, str(place.folder))
                yield from _open_within(place.folder, descriptor, patterns)

    def _open_within(
        folder: Path, descriptor: int, patterns: Sequence[_Pattern] | None
    ) -> Iterator[tuple[Path, Callable[[], bool]]]:
        with os.scandir(descriptor) as entries:
            found = [(entry, rest) for entry in entries if (rest := _matching(entry.name, patterns))]
        for entry, rest in found:
            if entry.is_symlink():
                continue
            ours = () in rest
            if ours:
                yield from _open_one(folder / entry.name, descriptor, entry.name)
            if entry.is_dir(follow_symlinks=False):
                with suppress(OSError), _opened_folder(Path(entry.name), dir_fd=descriptor) as within:
                    if not ours and _is_alone(within, rest):
                        yield from _open_one(folder / entry.name, descriptor, entry.name)
                    yield from _open_within(folder / entry.name, within, None if ours else rest)

    def _is_alone(folder: int, patterns: Sequence[_Pattern]) -> bool:
        """Whether nothing stands in the folder that is not ours."""
        return all(_matching(name, patterns) for name in os.listdir(folder))

    def _matching(name: str, patterns: Sequence[_Pattern] | None) -> Sequence[_Pattern]:
        """What is left of the patterns whose first part that name matches; an empty one: it is ours."""
        if patterns is None:
            return [()]
        return [pattern[1:] for pattern in patterns if fnmatch(name, pattern[0])]

    def _open_one(path: Path, dir_fd: int | None, name: str) -> Iterator[tuple[Path, Callable[[], bool]]]:
        try:
            mode = os.stat(name, dir_fd=dir_fd, follow_symlinks=False).st_mode
        except OSError:
            return  # it is gone meanwhile, as footage goes
        if mode & _OTHERS and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            yield path, lambda: _close_one(dir_fd, name)

    def _close_one(dir_fd: int | None, name: str) -> bool:
        """Whether others cannot reach it any more.

        By a descriptor that is no opening of the file: closing any other would drop the locks that SQLite holds on a
        database in this process (https://sqlite.org/howtocorrupt.html section 2.2).
        """
        try:
            descriptor = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=dir_fd)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISLNK(mode):
                Path(f"/proc/self/fd/{descriptor}").chmod(stat.S_IMODE(mode) & ~_OTHERS)
            return not os.fstat(descriptor).st_mode & _OTHERS
        except OSError:
            return False
        finally:
            os.close(descriptor)

    @contextmanager
    def _opened_folder(folder: Path, *, dir_fd: int | None = None) -> Iterator[int]:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=dir_fd)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
