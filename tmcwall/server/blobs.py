"""Where clips' bytes lie: files named by us, complete ones by their hash."""

from __future__ import annotations

import hashlib
import os
import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname
from uuid import uuid4

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.durable import disk_fault, sync_file, sync_folder
from tmcwall.private_files import make_private_file, make_private_folder

BLOB_NAMES = ("uploads", "clips", "damaged")
"""What `BlobStore` makes in its folder."""

_READ_BYTES = 1 << 20
_MOST_DIGESTS = 1000
"""Uploads under way whose hash goes along; that of another is computed from the disk at its end."""


@dataclass
class _Digest:
    """The hash of an upload's first `length` bytes."""

    length: int
    sha256: hashlib._Hash  # as typeshed names what `hashlib.sha256()` gives


def blob_folder(text: str) -> Path:
    """The folder that a path or a `file:` URL names. Raises DomainError(BLOBS_URL) for any other URL."""
    parts = urlsplit(text)
    if len(parts.scheme) <= 1:  # a plain path; one letter is a drive
        return Path(text)
    if parts.scheme != "file":
        raise DomainError(DomainCode.BLOBS_URL, parts.scheme)
    if parts.netloc not in {"", "localhost"}:
        raise DomainError(DomainCode.BLOBS_URL, "file URL with a host")
    return Path(url2pathname(parts.path))


class BlobStore:
    """Unfinished uploads under `uploads/`, complete clips under `clips/`. All methods block: not for the event loop.

    `server.object_store` keeps the complete ones elsewhere.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._uploads = folder / BLOB_NAMES[0]
        self._clips = folder / BLOB_NAMES[1]
        self._damaged = folder / BLOB_NAMES[2]
        self._digests: OrderedDict[str, _Digest] = OrderedDict()
        try:
            make_private_folder(self._uploads)
            make_private_folder(self._clips)
        except OSError as error:
            raise disk_fault(error) from error

    def check_writable(self) -> None:
        """Raises Fault(DISK_*, STORE_UNWRITABLE) if an upload could not be begun now."""
        probe = self._uploads / f"{uuid4()}.probe"
        with _disk_faults():
            try:
                make_private_file(probe)
                with probe.open("r+b") as file:
                    file.write(b"0")
            finally:
                probe.unlink(missing_ok=True)

    def begin(self, upload_id: str) -> None:
        with _disk_faults():
            make_private_file(self.part(upload_id))

    def received(self, upload_id: str) -> int:
        """Bytes that are here and safe."""
        try:
            return self.part(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, upload_id: str, offset: int, data: bytes) -> None:
        """Raises Fault(DISK_FULL, DISK_FAILED); what was there before is unchanged then."""
        path = self.part(upload_id)
        with _disk_faults():
            try:
                make_private_file(path)
                with path.open("r+b") as file:
                    file.seek(offset)
                    file.write(data)
            except OSError:
                self.cut(upload_id, offset)
                raise
        self._digest_further(upload_id, offset, data)

    def keep(self, upload_id: str) -> None:
        """What has been received survives a power cut."""
        with _disk_faults():
            sync_file(self.part(upload_id))

    def cut(self, upload_id: str, length: int) -> None:
        """Forget what was received beyond that length."""
        self._digests.pop(upload_id, None)
        with _disk_faults():
            os.truncate(self.part(upload_id), length)

    def digest(self, upload_id: str) -> str:
        """Hex SHA-256 of an upload: of what came; of what is on the disk, if some came before the last start."""
        known = self._digests.get(upload_id)
        if known is not None and known.length == self.received(upload_id):
            return known.sha256.hexdigest()
        return _digest_of(self.part(upload_id))

    def distrust(self, upload_id: str) -> None:
        """Another process may have written it: its hash is computed from the disk."""
        self._digests.pop(upload_id, None)

    def complete(self, upload_id: str, sha256: str) -> None:
        """The upload becomes a clip, or turns out to be one that is here already. On the disk under its name then."""
        target = self.clip(sha256)
        with _disk_faults():
            make_private_folder(target.parent)
            self.keep(upload_id)
            self.part(upload_id).replace(target)
            sync_folder(target.parent)
            sync_folder(self._clips)
        self._digests.pop(upload_id, None)

    def discard(self, upload_id: str) -> None:
        self._digests.pop(upload_id, None)
        self.part(upload_id).unlink(missing_ok=True)

    def has(self, sha256: str, length: int) -> bool:
        """Whether a clip of that hash and size lies here, by its name and size."""
        try:
            return self.clip(sha256).stat().st_size == length
        except FileNotFoundError:
            return False

    def is_whole(self, sha256: str) -> bool:
        """Whether a clip that lies here has the hash that it is named by. Reads all of it."""
        return _digest_of(self.clip(sha256)) == sha256

    def set_aside(self, sha256: str) -> None:
        """A clip that is not what its name says is kept apart, so that the right one can take its place."""
        with _disk_faults():
            make_private_folder(self._damaged)
            self.clip(sha256).replace(self._damaged / f"{sha256}.{uuid4()}")
            sync_folder(self._damaged)

    def local(self, sha256: str) -> Path | None:
        """The file of a complete clip, where it is one."""
        return self.clip(sha256)

    def read(self, sha256: str, first: int, end: int) -> Iterator[bytes]:
        """A complete clip's bytes up to `end`, in blocks. Raises FileNotFoundError."""
        with self.clip(sha256).open("rb") as file:
            file.seek(first)
            while first < end and (block := file.read(min(_READ_BYTES, end - first))):
                first += len(block)
                yield block

    def clip(self, sha256: str) -> Path:
        """Where a complete clip lies as a file; it need not exist."""
        return self._clips / blob_name(sha256)

    def _digest_further(self, upload_id: str, offset: int, data: bytes) -> None:
        if offset == 0:
            self._digests[upload_id] = _Digest(0, hashlib.sha256())
            if len(self._digests) > _MOST_DIGESTS:
                self._digests.popitem(last=False)
        known = self._digests.get(upload_id)
        if known is None or known.length != offset:
            self._digests.pop(upload_id, None)
            return
        known.sha256.update(data)
        known.length += len(data)

    def part(self, upload_id: str) -> Path:
        """Where an upload under way lies."""
        if re.fullmatch(r"[0-9a-f-]{36}", upload_id) is None:
            raise ValueError(upload_id)
        return self._uploads / f"{upload_id}.part"


def blob_name(sha256: str) -> str:
    """Below the place of all complete clips."""
    if re.fullmatch(r"[0-9a-f]{64}", sha256) is None:
        raise ValueError(sha256)
    return f"{sha256[:2]}/{sha256}"


def _digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with _disk_faults(), path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def _disk_faults() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_fault(error) from error
