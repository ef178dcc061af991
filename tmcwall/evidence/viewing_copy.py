"""What is made of an original clip for people to look at: a viewing copy, marked as a copy, and stills.

They are no evidence: the original is. Each has its record beside it, with the original's hash.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tmcwall.domain.derived_copy import Box, CodedPicture, CopiedPictures, CopyJob, Drawing, Stamp
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault, sync_and_forget
from tmcwall.evidence.copy_file import CopyFile, Making, check_target, put_in_place, write_copy
from tmcwall.evidence.derived_record import DerivedKind, DerivedRecord
from tmcwall.evidence.original_clip import OriginalClip
from tmcwall.private_files import open_private

COPY_WORD: Final = "SALINAN"
_LARGEST_STILL: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What is known of an original beside its bytes."""

    camera: str
    lp: str
    """The report's number; empty where there is none."""
    begins_at: datetime
    """When the file's first second was."""
    zone: StationZone = StationZone.WIB
    masks: tuple[Box, ...] = ()
    """The camera's privacy masks: they cover whatever is made of it."""
    drawings: tuple[Drawing, ...] = ()
    """Annotations that are to be burnt into a viewing copy."""

    def stamp(self, word: str = COPY_WORD) -> Stamp:
        words = "  ".join(part for part in (word, self.lp, self.camera) if part)
        return Stamp(words, self.begins_at.timestamp(), self.zone)

    def moment(self, at_s: float) -> datetime:
        return self.begins_at.astimezone(UTC) + timedelta(seconds=at_s)


def make_viewing_copy(
    original: Path, target: Path, *, facts: ClipFacts, officer: str, now: datetime, making: Making
) -> DerivedRecord:  # fmt: skip
    """H.264 in MP4, with a strip above the picture: SALINAN, report number, camera, and the time of each picture.

    Annotations are in it only where the facts have drawings. Raises as `write_copy`.
    """
    job = CopyJob(stamp=facts.stamp(), masks=facts.masks, drawings=facts.drawings)
    return make_copy(
        original, target, kind=DerivedKind.VIEWING_COPY, job=job, facts=facts, officer=officer, now=now, making=making
    )


def make_copy(
    original: Path,
    target: Path,
    *,
    kind: DerivedKind,
    job: CopyJob,
    facts: ClipFacts,
    officer: str,
    now: datetime,
    making: Making,
) -> DerivedRecord:
    """H.264 in MP4 of all pictures of a clip, with what the job puts over them. Raises as `write_copy`."""
    with OriginalClip(original) as clip:
        parent = clip.sha256()

        def record(copy: CopyFile) -> DerivedRecord:
            return DerivedRecord(
                kind=kind,
                camera=facts.camera,
                file=target.name,
                sha256=copy.sha256,
                size_bytes=copy.size_bytes,
                parent_sha256=parent,
                made_by=officer,
                made_at=now,
                width=copy.made.width,
                height=copy.made.height,
                pictures=copy.made.pictures,
                undecodable=copy.made.undecodable,
                words=job.stamp.words if job.stamp is not None else "",
                regions=job.regions,
                masks=job.masks,
                drawings=job.drawings,
            )

        return write_copy(clip, target, job=job, making=making, record=record)


def make_still(
    original: Path, target: Path, *, at_s: float, facts: ClipFacts, officer: str, now: datetime, making: Making
) -> DerivedRecord:  # fmt: skip
    """The picture that is shown at a moment, every pixel as it was decoded, but for those that are masked, as PNG.

    Raises Fault(COPY_FAILED, DISK_*) and what the clip raises, DomainError as `check_target`.
    """
    check_target(target)
    with OriginalClip(original) as clip:
        needed = clip.pictures_to(at_s)
        parent = clip.sha256()
    job = CopyJob(still_at_s=at_s, masks=facts.masks)
    pieces: list[CodedPicture] = []
    made: CopiedPictures | None = None
    with closing(making.copier(job, lambda: [picture for picture, _ in needed], cancelled=making.cancelled)) as copied:
        for item in copied:
            if isinstance(item, CopiedPictures):
                made = item
            elif sum(len(piece.payload) for piece in pieces) < _LARGEST_STILL:
                pieces.append(item)
    if made is None or not pieces:
        raise Fault(FaultCode.COPY_FAILED, "no picture could be decoded", retryable=False)
    png = b"".join(piece.payload for piece in pieces)
    shown_s = pieces[0].at_s
    unit = min(needed, key=lambda one: abs(one[0].at_s - shown_s))[1]
    record = DerivedRecord(
        kind=DerivedKind.STILL,
        camera=facts.camera,
        file=target.name,
        sha256=hashlib.sha256(png).hexdigest(),
        size_bytes=len(png),
        parent_sha256=parent,
        made_by=officer,
        made_at=now,
        width=made.width,
        height=made.height,
        pictures=1,
        at_s=shown_s,
        masks=job.masks,
        shown_at=facts.moment(shown_s),
        unit_sha256=unit,
    )
    part = target.with_name(f".{target.name}.part")
    try:
        try:
            with open_private(part, "wb") as file:
                file.write(png)
                sync_and_forget(file)
            return put_in_place(part, target, record)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=target.parent) from error
