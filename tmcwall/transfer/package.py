"""What a moved workstation consists of, as one sealed stream: a manifest, then each part's bytes in its order.

Nothing is compressed and no part has a name of its own but the clips, whose paths are checked, so a file can neither
unfold to more than it is nor write anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

import msgspec

from tmcwall.cameras.logins import CameraLogins
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.transfer.sealed_stream import PIECE_BYTES, SealedReader, SealedWriter

LARGEST_MANIFEST_BYTES: Final = 64 * 1024 * 1024
LARGEST_SETTINGS_BYTES: Final = 1024 * 1024
LARGEST_LOGINS_BYTES: Final = 256 * 1024 * 1024
LETTER_FOLDERS: Final = ("letters", "letter-templates", "received")
"""Below the data folder, as `Paths` names them; with what owners of cameras have handed over."""

_LENGTH_BYTES: Final = 8
_LONGEST_PATH: Final = 1024
_LOGINS: Final = msgspec.json.Decoder(dict[str, CameraLogins])


class ClipPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A clip's file: where it lies below the folder of clips, with slashes, and its size."""

    path: str
    size_bytes: int


class LetterPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a letter or a template of the unit: where it lies below the data folder, with slashes, and its size."""

    path: str
    size_bytes: int


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What follows, in this order: settings, logins, database, clips, letters.

    Without letters it is as earlier versions read it.
    """

    version: str
    """Of the program that exported."""
    exported_at: datetime
    settings_bytes: int
    logins_bytes: int
    database_bytes: int
    clips: tuple[ClipPart, ...] = ()
    letters: tuple[LetterPart, ...] = ()

    @property
    def size_bytes(self) -> int:
        """Of all parts together."""
        parts = self.settings_bytes + self.logins_bytes + self.database_bytes
        parts += sum(clip.size_bytes for clip in self.clips)
        return parts + sum(letter.size_bytes for letter in self.letters)


_MANIFEST: Final = msgspec.json.Decoder(Manifest)


class PackageWriter:
    """Parts are written in the manifest's order, each with the size that stands there."""

    def __init__(self, file: BinaryIO, passphrase: str, manifest: Manifest) -> None:
        self._sealed = SealedWriter(file, passphrase)
        content = msgspec.json.encode(manifest)
        self._sealed.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)

    def write(self, content: bytes) -> None:
        self._sealed.write(content)

    def write_file(self, path: Path, size_bytes: int) -> None:
        """Raises OSError, also if the file has become shorter than it was."""
        left = size_bytes
        with path.open("rb") as source:
            while left:
                content = source.read(min(left, PIECE_BYTES))
                if not content:
                    raise OSError(0, "the file became shorter", str(path))
                self._sealed.write(content)
                left -= len(content)

    def finish(self) -> None:
        self._sealed.finish()


class PackageReader:
    """Reads a package from its beginning. Every method raises DomainError(EXPORT_DAMAGED) for what is not sound."""

    def __init__(self, file: BinaryIO, passphrase: str, *, size_bytes: int) -> None:
        """`size_bytes` is the size of the whole file. Raises DomainError(EXPORT_PASSPHRASE), too."""
        self._sealed = SealedReader(file, passphrase)
        length = int.from_bytes(self._sealed.read_exactly(_LENGTH_BYTES), "big")
        if length > min(LARGEST_MANIFEST_BYTES, size_bytes):
            raise _damaged("its manifest is too large")
        try:
            self.manifest = _MANIFEST.decode(self._sealed.read_exactly(length))
        except msgspec.MsgspecError:
            raise _damaged("its manifest cannot be read") from None
        _check(self.manifest, size_bytes)

    def settings(self) -> str:
        try:
            return self._sealed.read_exactly(self.manifest.settings_bytes).decode()
        except UnicodeDecodeError:
            raise _damaged("its settings are no text") from None

    def logins(self) -> dict[str, CameraLogins]:
        try:
            return _LOGINS.decode(self._sealed.read_exactly(self.manifest.logins_bytes))
        except msgspec.MsgspecError:
            raise _damaged("its logins cannot be read") from None

    def read_file(self, target: BinaryIO, size_bytes: int) -> None:
        """The next `size_bytes` into a file. Raises OSError."""
        left = size_bytes
        while left:
            content = self._sealed.read(min(left, PIECE_BYTES))
            if not content:
                raise _damaged("it ends too early")
            target.write(content)
            left -= len(content)

    def finish(self) -> None:
        """That nothing follows, and that nothing was cut off."""
        if self._sealed.read(1):
            raise _damaged("more follows than it should hold")


@contextmanager
def opened_package(path: Path, passphrase: str) -> Iterator[PackageReader]:
    """Raises DomainError(INPUT_UNREADABLE, EXPORT_*)."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise DomainError(DomainCode.INPUT_UNREADABLE, f"{path}: {error.strerror}") from error
    with file:
        yield PackageReader(file, passphrase, size_bytes=path.stat().st_size)


def _check(manifest: Manifest, size_bytes: int) -> None:
    sizes = [manifest.settings_bytes, manifest.logins_bytes, manifest.database_bytes]
    sizes += [clip.size_bytes for clip in manifest.clips]
    sizes += [letter.size_bytes for letter in manifest.letters]
    if min(sizes) < 0 or manifest.size_bytes > size_bytes:
        raise _damaged("its parts are larger than the file")
    if manifest.settings_bytes > LARGEST_SETTINGS_BYTES or manifest.logins_bytes > LARGEST_LOGINS_BYTES:
        raise _damaged("its settings or logins are too large")
    paths = [clip.path for clip in manifest.clips]
    if len(set(paths)) != len(paths) or not all(map(_stays_below, paths)):
        raise _damaged("a clip's path leads elsewhere")
    letters = [letter.path for letter in manifest.letters]
    if len(set(letters)) != len(letters) or not all(map(_is_of_letters, letters)):
        raise _damaged("a letter's path leads elsewhere")


def _stays_below(path: str) -> bool:
    """Whether the path names a file below the folder of clips, on every system."""
    if not 0 < len(path) <= _LONGEST_PATH or not path.isprintable() or any(sign in path for sign in '\\:<>"|?*'):
        return False
    parts = path.split("/")
    return not PurePosixPath(path).is_absolute() and all(part.strip(". ") == part.strip() != "" for part in parts)


def _is_of_letters(path: str) -> bool:
    folder, _, name = path.partition("/")
    return folder in LETTER_FOLDERS and _stays_below(name)


def _damaged(detail: str) -> DomainError:
    return DomainError(DomainCode.EXPORT_DAMAGED, detail)
