"""Where clips' bytes lie: files named by us, complete ones by their hash."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.durable import disk_fault, sync_file, sync_folder
from tmcwall.private_files import make_private_file, make_private_folder

BLOB_NAMES = ("uploads", "clips")
"""What `BlobStore` makes in its folder."""

_READ_BYTES = 1 << 20


def blob_folder(text: str) -> Path:
    """The folder that a path or a `file:` URL names.

    Raises DomainError(BLOBS_URL) for a store that this version has no code for, such as `s3:`.
    """
    parts = urlsplit(text)
    if len(parts.scheme) <= 1:  # a plain path; one letter is a drive
        return Path(text)
    if parts.scheme != "file":
        raise DomainError(DomainCode.BLOBS_URL, parts.scheme)
    if parts.netloc not in {"", "localhost"}:
        raise DomainError(DomainCode.BLOBS_URL, "file URL with a host")
    return Path(url2pathname(parts.path))


class BlobStore:
    """Unfinished uploads under `uploads/`, complete clips under `clips/`. All methods block: not for the event loop."""

    def __init__(self, folder: Path) -> None:
        self._uploads = folder / BLOB_NAMES[0]
        self._clips = folder / BLOB_NAMES[1]
        try:
            make_private_folder(self._uploads)
            make_private_folder(self._clips)
        except OSError as error:
            raise disk_fault(error) from error

    def begin(self, upload_id: str) -> None:
        with _disk_faults():
            make_private_file(self._part(upload_id))

    def received(self, upload_id: str) -> int:
        """Bytes that are here and safe."""
        try:
            return self._part(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, upload_id: str, offset: int, data: bytes) -> None:
        """Raises Fault(DISK_FULL, DISK_FAILED); what was there before is unchanged then."""
        path = self._part(upload_id)
        with _disk_faults():
            try:
                make_private_file(path)
                with path.open("r+b") as file:
                    file.seek(offset)
                    file.write(data)
            except OSError:
                self.cut(upload_id, offset)
                raise

    def keep(self, upload_id: str) -> None:
        """What has been received survives a power cut."""
        with _disk_faults():
            sync_file(self._part(upload_id))

    def cut(self, upload_id: str, length: int) -> None:
        """Forget what was received beyond that length."""
        with _disk_faults():
            os.truncate(self._part(upload_id), length)

    def digest(self, upload_id: str) -> str:
        """Hex SHA-256 of an upload."""
        digest = hashlib.sha256()
        with _disk_faults(), self._part(upload_id).open("rb") as file:
            while block := file.read(_READ_BYTES):
                digest.update(block)
        return digest.hexdigest()

    def complete(self, upload_id: str, sha256: str) -> None:
        """The upload becomes a clip, or turns out to be one that is here already."""
        target = self.clip(sha256)
        with _disk_faults():
            make_private_folder(target.parent)
            self._part(upload_id).replace(target)
            sync_folder(target.parent)

    def discard(self, upload_id: str) -> None:
        self._part(upload_id).unlink(missing_ok=True)

    def clip(self, sha256: str) -> Path:
        """Where a complete clip lies; it need not exist."""
        if re.fullmatch(r"[0-9a-f]{64}", sha256) is None:
            raise ValueError(sha256)
        return self._clips / sha256[:2] / sha256

    def _part(self, upload_id: str) -> Path:
        if re.fullmatch(r"[0-9a-f-]{36}", upload_id) is None:
            raise ValueError(upload_id)
        return self._uploads / f"{upload_id}.part"


@contextmanager
def _disk_faults() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_fault(error) from error
