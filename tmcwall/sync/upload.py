"""A clip's bytes on their way up: tus 1.0.0 (creation, checksum), resumed where the server says it stands."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.sync.connection import Connection, Refused, check_reply
from tmcwall.sync.protocol import API, RefusalCode
from tmcwall.sync.replica import ClipFile

TUS = {"Tus-Resumable": "1.0.0"}


class ClipUpload:
    """One clip. The server keeps an unfinished upload per clip, so nothing about it is remembered here."""

    def __init__(self, connection: Connection, clip: ClipFile, *, token: str, chunk_bytes: int) -> None:
        self._connection = connection
        self._clip = clip
        self._token = token
        self._chunk_bytes = chunk_bytes

    async def chunks(self) -> AsyncIterator[int]:
        """Send chunk by chunk; yields the offset after each. At the end the server has checked the whole clip's hash.

        Raises OSError if the file cannot be read or has another size than the clip says, Refused, and Fault.
        """
        if self._clip.path.stat().st_size != self._clip.size_bytes:
            raise OSError("size differs")
        location = await self._create()
        offset = await self._offset(location)
        with self._clip.path.open("rb") as file:
            while offset < self._clip.size_bytes:
                file.seek(offset)
                chunk = file.read(self._chunk_bytes)
                if not chunk:
                    raise OSError("file became shorter")
                offset = await self._send(location, chunk, offset)
                yield offset

    async def _create(self) -> str:
        metadata = ",".join(
            f"{key} {base64.b64encode(value.encode()).decode()}"
            for key, value in (("clip_id", self._clip.clip_id), ("sha256", self._clip.sha256))
        )
        response = await self._connection.request(
            "POST",
            "/clips",
            token=self._token,
            headers={**TUS, "Upload-Length": str(self._clip.size_bytes), "Upload-Metadata": metadata},
        )
        location = urlsplit(check_reply(response).headers.get("location", "")).path
        if not location.startswith(f"{API}/"):
            raise Fault(FaultCode.SERVER_INCOMPATIBLE, "no location of the upload")
        return location.removeprefix(API)

    async def _offset(self, location: str) -> int:
        response = await self._connection.request("HEAD", location, token=self._token, headers=TUS)
        return _offset_of(check_reply(response).headers.get("upload-offset", ""))

    async def _send(self, location: str, chunk: bytes, offset: int) -> int:
        """The new offset; after a chunk that was damaged or came twice, the server's offset."""
        digest = base64.b64encode(hashlib.sha256(chunk).digest()).decode()
        response = await self._connection.request(
            "PATCH",
            location,
            token=self._token,
            headers={
                **TUS,
                "Upload-Offset": str(offset),
                "Upload-Checksum": f"sha256 {digest}",
                "Content-Type": "application/offset+octet-stream",
            },
            content=chunk,
        )
        try:
            return _offset_of(check_reply(response).headers.get("upload-offset", ""))
        except Refused as refused:
            if refused.reason is not RefusalCode.OFFSET:
                raise
            actual = await self._offset(location)
            if actual == offset:
                raise
            return actual


def _offset_of(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Fault(FaultCode.SERVER_INCOMPATIBLE, "no upload offset") from None
