"""Clips in a bucket of any store that speaks S3; uploads under way stay on the disk until they are whole.

Endpoint and credentials are the environment's (`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, ...), never an argument.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from uuid import uuid4

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.server.blobs import BlobStore, blob_name

if TYPE_CHECKING:
    from obstore import PutMode  # there for type checkers only

_READ_BYTES: Final = 1 << 20
_PART_BYTES: Final = 8 << 20
_PARTS_AT_ONCE: Final = 2
_WHOLE_BYTES: Final = 16 << 20
"""Up to this size an object goes in one request, which the store refuses if there is one of that name."""
_KNOWN_S: Final = 60.0
"""An object that was there is taken to be there still: a page of bookmarks asks for each of its clips."""
_MOST_KNOWN: Final = 10_000


class ObjectStore(BlobStore):
    """A `BlobStore` whose complete clips lie under `clips/` in a bucket. Raises Fault(BLOBS_UNREACHABLE)."""

    def __init__(self, url: str, *, parts: Path) -> None:
        """`s3://BUCKET/PREFIX`; `parts` is a folder of this machine. Raises DomainError(BLOBS_URL)."""
        address = urlsplit(url)
        if address.scheme != "s3" or re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,62}", address.netloc) is None:
            raise DomainError(DomainCode.BLOBS_URL, "s3://BUCKET/PREFIX")
        super().__init__(parts)
        self._bucket = address.netloc
        self._store = S3Store(
            address.netloc,
            prefix=address.path.strip("/") or None,
            disable_bulk_delete=True,  # which not every store has
            client_options={
                "timeout": timedelta(seconds=60),
                "connect_timeout": timedelta(seconds=5),
                # Read from the environment only where no options are given.
                "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() in {"1", "true"},
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
        )
        self._known: OrderedDict[tuple[str, int], float] = OrderedDict()
        self._lock = threading.Lock()

    def complete(self, upload_id: str, sha256: str) -> None:
        self.keep(upload_id)
        part = self.part(upload_id)
        length = part.stat().st_size
        if not self.has(sha256, length):
            self._send(part, sha256, length)
        self.discard(upload_id)

    def has(self, sha256: str, length: int) -> bool:
        with self._lock:
            if self._known.get((sha256, length), 0) > time.monotonic():
                return True
        with self._faults():
            try:
                there = self._store.head(_key(sha256))["size"] == length
            except FileNotFoundError:
                there = False
        if there:
            with self._lock:
                self._known[sha256, length] = time.monotonic() + _KNOWN_S
                if len(self._known) > _MOST_KNOWN:
                    self._known.popitem(last=False)
        return there

    def is_whole(self, sha256: str) -> bool:
        digest = hashlib.sha256()
        try:
            with self._faults():
                length: int = self._store.head(_key(sha256))["size"]
            for block in self.read(sha256, 0, length):
                digest.update(block)
        except FileNotFoundError:
            self._forget(sha256)
            return False
        return digest.hexdigest() == sha256

    def set_aside(self, sha256: str) -> None:
        self._forget(sha256)
        with self._faults():
            self._store.copy(_key(sha256), f"damaged/{sha256}.{uuid4()}")
            self._store.delete(_key(sha256))

    def local(self, sha256: str) -> Path | None:
        del sha256
        return None

    def read(self, sha256: str, first: int, end: int) -> Iterator[bytes]:
        for start in range(first, end, _PART_BYTES):
            with self._faults():
                try:
                    block = self._store.get_range(_key(sha256), start=start, end=min(start + _PART_BYTES, end))
                except FileNotFoundError:
                    self._forget(sha256)
                    raise
            yield bytes(block)

    def _send(self, part: Path, sha256: str, length: int) -> None:
        digest = hashlib.sha256()

        def blocks() -> Iterator[bytes]:
            with part.open("rb") as file:
                while block := file.read(_READ_BYTES):
                    digest.update(block)
                    yield block

        mode: PutMode = "create" if length <= _WHOLE_BYTES else "overwrite"
        with self._faults():
            try:
                self._store.put(
                    _key(sha256), blocks(), mode=mode, chunk_size=_PART_BYTES, max_concurrency=_PARTS_AT_ONCE
                )
            except AlreadyExistsError:
                # Another process was quicker with the same bytes; or what lies there has another length.
                if not self.has(sha256, length):
                    self.set_aside(sha256)
                    raise
            else:
                if digest.hexdigest() != sha256:
                    self._store.delete(_key(sha256))
                    raise Fault(FaultCode.DISK_FAILED, str(part))
        if not self.has(sha256, length):
            raise Fault(FaultCode.BLOBS_UNREACHABLE, self._bucket)

    def _forget(self, sha256: str) -> None:
        with self._lock:
            for key in [key for key in self._known if key[0] == sha256]:
                del self._known[key]

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except (BaseError, OSError) as error:
            raise Fault(FaultCode.BLOBS_UNREACHABLE, f"{self._bucket}: {type(error).__name__}") from error


def _key(sha256: str) -> str:
    return f"clips/{blob_name(sha256)}"
