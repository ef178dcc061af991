"""Routes: clips' bytes, up by tus 1.0.0 (creation, checksum) and down.

No multipart form and no file name from outside: an upload is one streamed body to a file that we name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import chain
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from tmcwall.domain.operation import Entity
from tmcwall.log import get_logger
from tmcwall.server.audit import AuditAction
from tmcwall.server.blobs import BlobStore
from tmcwall.server.context import Context, ServerContext, Tagger, Viewer
from tmcwall.server.order import load_state
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import UploadRow
from tmcwall.server.uploads import Sender, is_complete, want_again
from tmcwall.sync.protocol import API, FieldError, RefusalCode

log = get_logger(__name__)

TUS_HEADERS = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}
# tus demands SHA-1 of every server; here it guards one transfer, the clip itself is held to its SHA-256.
_CHECKSUMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class _Checksum:
    algorithm: str
    digest: bytes

    @classmethod
    def parse(cls, header: str) -> _Checksum:
        """Raises RequestRefused(INVALID)."""
        algorithm, _, text = header.partition(" ")
        try:
            digest = base64.b64decode(text, validate=True)
        except binascii.Error:
            digest = b""
        if algorithm not in _CHECKSUMS or not digest:
            raise _invalid("Upload-Checksum", "sha256 or sha1, then base64")
        return cls(algorithm, digest)


def clips_router(*, clip_bytes: int) -> APIRouter:
    router = APIRouter(prefix="/clips")

    @router.options("", status_code=204)
    def abilities(asker: Tagger) -> Response:
        del asker  # a token is needed for everything
        headers = {
            **TUS_HEADERS,
            "Tus-Version": "1.0.0",
            "Tus-Extension": "creation,checksum",
            "Tus-Checksum-Algorithm": ",".join(_CHECKSUMS),
            "Tus-Max-Size": str(clip_bytes),
        }
        return Response(status_code=204, headers=headers)

    @router.post("", status_code=201)
    def create(
        context: Context,
        asker: Tagger,
        upload_length: Annotated[int, Header(ge=0, lt=2**63)],
        upload_metadata: Annotated[str, Header(max_length=2000)],
    ) -> Response:
        """The upload of the clip that the metadata name; one that exists already is given again, to be resumed."""
        if upload_length > clip_bytes:
            raise RequestRefused(RefusalCode.TOO_LARGE)
        clip_id = _metadata(upload_metadata).get("clip_id", "")
        upload_id = _begin(context, clip_id, upload_length, by=asker.officer.nrp)
        headers = {**TUS_HEADERS, "Location": f"{API}/clips/uploads/{upload_id}"}
        return Response(status_code=201, headers=headers)

    @router.head("/uploads/{upload_id}")
    async def offset(request: Request, context: Context, asker: Tagger, upload_id: str) -> Response:
        """All of it only once the clip is complete: its bytes on the disk under their name, and their hash checked."""
        upload = await run_in_threadpool(_load, context, upload_id)
        received = await _stand(context, request, upload, by=asker.officer.nrp)
        headers = {**TUS_HEADERS, "Upload-Offset": str(received), "Upload-Length": str(upload.length)}
        return Response(status_code=200, headers=headers)

    @router.patch("/uploads/{upload_id}", status_code=204, max_body_size=clip_bytes)
    async def append(
        request: Request,
        context: Context,
        asker: Tagger,
        upload_id: str,
        upload_offset: Annotated[int, Header(ge=0)],
        upload_checksum: Annotated[str, Header(max_length=200)] = "",
    ) -> Response:
        """Bytes from that offset on. With a checksum they count only if all of them came and are right."""
        if request.headers.get("content-type") != "application/offset+octet-stream":
            raise _invalid("Content-Type", "application/offset+octet-stream")
        checksum = _Checksum.parse(upload_checksum) if upload_checksum else None
        async with context.uploads.alone(upload_id) as sender:
            upload = await run_in_threadpool(_load, context, upload_id)
            received = await run_in_threadpool(_settle, context, request, upload, asker.officer.nrp)
            if received == upload.length or upload_offset != received:
                raise RequestRefused(RefusalCode.OFFSET)
            end = await _take(request, context, upload, sender, offset=received, checksum=checksum)
            if end == upload.length:
                await run_in_threadpool(_finish, context, request, upload, asker.officer.nrp)
        return Response(status_code=204, headers={**TUS_HEADERS, "Upload-Offset": str(end)})

    @router.get("/{clip_id}")
    def download(request: Request, context: Context, asker: Viewer, clip_id: str) -> Response:
        """The clip's bytes as they were cut, or a range of them."""
        with context.database.read() as session:
            upload = session.scalar(select(UploadRow).where(UploadRow.clip_id == clip_id))
            fields = load_state(session, Entity.CLIP, clip_id).fields
        if upload is None or not is_complete(upload, context.blobs):
            raise RequestRefused(RefusalCode.NOT_FOUND)
        context.note(AuditAction.CLIP_READ, request, actor=asker.officer.nrp, about=f"clip/{clip_id}")
        suffix = re.search(r"\.[a-z0-9]{1,4}$", str(fields.get("path", "")))
        name = f"{upload.id}{suffix[0] if suffix else ''}"
        file = context.blobs.local(upload.sha256)
        if file is not None:
            return FileResponse(file, media_type="application/octet-stream", filename=name)
        return _sent(request, upload, context.blobs, name=name)

    return router


def _sent(request: Request, upload: UploadRow, blobs: BlobStore, *, name: str) -> Response:
    """From a store that gives no file."""
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": f'attachment; filename="{name}"'}
    first, end, status = 0, upload.length, 200
    wanted = re.fullmatch(r"bytes=(\d{1,18})-(\d{0,18})", request.headers.get("range", ""))
    if wanted is not None:
        first, status = int(wanted[1]), 206
        end = min(int(wanted[2]) + 1, upload.length) if wanted[2] else upload.length
        if first >= end:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{upload.length}"})
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{upload.length}"
    headers["Content-Length"] = str(end - first)
    blocks = blobs.read(upload.sha256, first, end)
    try:
        # Before the reply begins, so that a missing one is said.
        begin = next(blocks, b"")
    except FileNotFoundError:
        raise RequestRefused(RefusalCode.NOT_FOUND) from None
    media_type = "application/octet-stream"
    return StreamingResponse(chain([begin], blocks), status_code=status, headers=headers, media_type=media_type)


def _invalid(field: str, message: str) -> RequestRefused:
    return RequestRefused(RefusalCode.INVALID, errors=(FieldError(field=field, message=message),))


def _metadata(header: str) -> dict[str, str]:
    """Raises RequestRefused(INVALID)."""
    try:
        pairs = [pair.strip().partition(" ") for pair in header.split(",") if pair.strip()]
        return {key: base64.b64decode(value, validate=True).decode() for key, _, value in pairs}
    except ValueError:
        raise _invalid("Upload-Metadata", "keys and base64 values") from None


def _begin(context: ServerContext, clip_id: str, length: int, *, by: str) -> str:
    with context.database.write() as session:
        fields = load_state(session, Entity.CLIP, clip_id).fields
        sha256 = fields.get("sha256")
        if not fields:
            raise RequestRefused(RefusalCode.NOT_FOUND)
        if not isinstance(sha256, str) or re.fullmatch(r"[0-9a-f]{64}", sha256) is None:
            raise _invalid("clip_id", "the clip has no hash yet")
        if fields.get("size_bytes") != length:
            raise _invalid("Upload-Length", "differs from the clip's size")
        upload = session.scalar(select(UploadRow).where(UploadRow.clip_id == clip_id))
        if upload is not None:
            return upload.id
        upload_id = str(uuid4())
        context.blobs.begin(upload_id)
        session.add(
            UploadRow(
                id=upload_id,
                clip_id=clip_id,
                length=length,
                sha256=sha256,
                created_at=context.clock.utc(),
                created_by=by,
            )
        )
        return upload_id


def _load(context: ServerContext, upload_id: str) -> UploadRow:
    with context.database.read() as session:
        upload = session.get(UploadRow, upload_id)
    if upload is None:
        raise RequestRefused(RefusalCode.NOT_FOUND)
    return upload


async def _stand(context: ServerContext, request: Request, upload: UploadRow, *, by: str) -> int:
    """How many bytes are here. Raises RequestRefused(LOCKED) while all are here and being checked."""
    if not context.uploads.is_under_way(upload.id):
        try:
            async with context.uploads.alone(upload.id):
                return await run_in_threadpool(_settle, context, request, upload, by)
        except RequestRefused as refused:
            if refused.refusal.code is not RefusalCode.LOCKED:
                raise
            # Another process is writing it.
    received = await run_in_threadpool(context.blobs.received, upload.id)
    if received >= upload.length:
        raise RequestRefused(RefusalCode.LOCKED)
    return received


async def _take(
    request: Request,
    context: ServerContext,
    upload: UploadRow,
    sender: Sender,
    *,
    offset: int,
    checksum: _Checksum | None,
) -> int:
    """Write the body as it comes; returns the new offset. Memory stays flat however long the body is."""
    end = offset
    digest = _CHECKSUMS[checksum.algorithm](usedforsecurity=False) if checksum else None
    try:
        async for block in _blocks(sender.parts(request.stream())):
            if end + len(block) > upload.length:
                raise RequestRefused(RefusalCode.TOO_LARGE)
            await run_in_threadpool(context.blobs.append, upload.id, end, block)
            end += len(block)
            if digest is not None:
                digest.update(block)
        if checksum is not None and digest is not None and digest.digest() != checksum.digest:
            raise RequestRefused(RefusalCode.CHECKSUM)
    except (RequestRefused, ClientDisconnect):
        if checksum is not None:
            await run_in_threadpool(context.blobs.cut, upload.id, offset)
        raise
    await run_in_threadpool(context.blobs.keep, upload.id)
    return end


async def _blocks(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The body in blocks of about 1 MiB, so that not every packet costs a trip to the disk."""
    block = bytearray()
    async for data in parts:
        block += data
        if len(block) >= _BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _settle(context: ServerContext, request: Request, upload: UploadRow, by: str) -> int:
    """How many bytes are here; a clip that a crash left between its last byte and its completion is completed first.

    Raises RequestRefused(HASH_DIFFERS) as `_finish` does.
    """
    blobs = context.blobs
    if is_complete(upload, blobs):
        return upload.length
    if upload.completed_at is not None:
        log.error("clip_lost", clip=upload.clip_id, sha256=upload.sha256)
        with context.database.write() as session:
            want_again(session, upload.id)
        blobs.begin(upload.id)
        return blobs.received(upload.id)
    received = blobs.received(upload.id)
    if received == upload.length:
        _finish(context, request, upload, by)
    elif received == 0 and blobs.has(upload.sha256, upload.length) and blobs.is_whole(upload.sha256):
        _note_complete(context, request, upload, by)
        return upload.length
    return received


def _finish(context: ServerContext, request: Request, upload: UploadRow, by: str) -> None:
    """Raises RequestRefused(HASH_DIFFERS): the bytes are not the clip, and the upload must start again."""
    if context.blobs.digest(upload.id) == upload.sha256:
        # First the bytes, then the word that they are here: whatever a crash leaves, `_settle` reads it rightly.
        context.blobs.complete(upload.id, upload.sha256)
        _note_complete(context, request, upload, by)
        return
    context.blobs.discard(upload.id)
    with context.database.write() as session:
        session.delete(session.get_one(UploadRow, upload.id))
    about = f"clip/{upload.clip_id}"
    context.note(AuditAction.CLIP_UPLOADED, request, actor=by, about=about, outcome="hash differs")
    raise RequestRefused(RefusalCode.HASH_DIFFERS)


def _note_complete(context: ServerContext, request: Request, upload: UploadRow, by: str) -> None:
    with context.database.write() as session:
        session.get_one(UploadRow, upload.id).completed_at = context.clock.utc()
    context.note(AuditAction.CLIP_UPLOADED, request, actor=by, about=f"clip/{upload.clip_id}")
