"""A copy of a clip as an MP4 file with its record beside it: both are there, or neither is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tmcwall.containers.annex_b import nal_units
from tmcwall.containers.decoder_configuration import parameter_sets_of
from tmcwall.containers.mp4 import Mp4Writer, VideoFormat
from tmcwall.domain.derived_copy import CodedPicture, CopiedPictures, CopyJob, PictureCopier
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.durable import disk_fault, sync_and_forget, sync_folder
from tmcwall.evidence.derived_record import DerivedRecord, record_path, write_record
from tmcwall.evidence.original_clip import OriginalClip
from tmcwall.private_files import open_private
from tmcwall.rtsp.sps import parse_sps

_TIMESCALE: Final = 90_000
_HASHED_AT_ONCE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Making:
    """How a copy is made: by what, and what is told of it."""

    copier: PictureCopier
    cancelled: Callable[[], bool] = lambda: False
    progress: Callable[[float], None] = lambda part: None  # noqa: ARG005 - named as it is called
    """Called from the thread that makes the copy, with what is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class CopyFile:
    """What was written, not under its own name yet."""

    sha256: str
    size_bytes: int
    made: CopiedPictures


def check_target(target: Path) -> None:
    """That a file can come to be there. Raises DomainError(OUTPUT_REFUSED, OUTPUT_EXISTS)."""
    if not target.absolute().parent.is_dir():
        raise DomainError(DomainCode.OUTPUT_REFUSED, str(target))
    if target.exists() or record_path(target).exists():
        raise DomainError(DomainCode.OUTPUT_EXISTS, str(target))


def write_copy(
    clip: OriginalClip,
    target: Path,
    *,
    job: CopyJob,
    making: Making,
    record: Callable[[CopyFile], DerivedRecord],
) -> DerivedRecord:
    """Make the copy, then its record. Nothing is left of one that fails or is cancelled.

    Raises Fault(COPY_FAILED, DISK_*) and what the clip raises, DomainError as `check_target`.
    """
    check_target(target)
    part = target.with_name(f".{target.name}.part")
    try:
        try:
            with open_private(part, "w+b") as file:
                made = _write_pictures(clip, file, job=job, making=making)
                written = CopyFile(*_hash_of(file), made)
                sync_and_forget(file)
            return put_in_place(part, target, record(written))
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=target.parent) from error


def put_in_place(part: Path, target: Path, record: DerivedRecord) -> DerivedRecord:
    """The record first: a record without its file says nothing wrong, a copy without its record would."""
    try:
        write_record(target, record)
        part.replace(target)
        sync_folder(target.parent)
    except BaseException:
        record_path(target).unlink(missing_ok=True)
        raise
    return record


def _write_pictures(clip: OriginalClip, file: BinaryIO, *, job: CopyJob, making: Making) -> CopiedPictures:
    ends_at_s = max(clip.ends_at_s(), 1e-3)
    writer: Mp4Writer | None = None
    made: CopiedPictures | None = None
    with closing(making.copier(job, clip.pictures, cancelled=making.cancelled)) as copied:
        for item in copied:
            if isinstance(item, CopiedPictures):
                made = item
                continue
            if writer is None:
                writer = Mp4Writer(file, _format(item))
            writer.write(item.payload, pts=round(item.at_s * _TIMESCALE), key=item.key)
            making.progress(min(1.0, item.at_s / ends_at_s))
    if writer is None or made is None:
        raise Fault(FaultCode.COPY_FAILED, "no picture could be decoded", retryable=False)
    writer.finish()
    return made


def _format(first: CodedPicture) -> VideoFormat:
    """Of a copy, from the parameter sets in front of its first picture. Raises Fault(STREAM_BROKEN)."""
    sets = tuple(parameter_sets_of(first.codec, nal_units(first.payload)))
    if not sets:
        raise Fault(FaultCode.STREAM_BROKEN, "a copy without parameter sets", retryable=False)
    size = parse_sps(sets[0])
    return VideoFormat(first.codec, size.width, size.height, _TIMESCALE, sets)


def _hash_of(file: BinaryIO) -> tuple[str, int]:
    digest = hashlib.sha256()
    file.seek(0)
    while data := file.read(_HASHED_AT_ONCE):
        digest.update(data)
    return digest.hexdigest(), file.tell()
