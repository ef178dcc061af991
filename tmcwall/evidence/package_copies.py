"""What a package holds beside its originals, for people to look at: viewing copies, stills, and what was released.

None of it is evidence, and none keeps the originals from leaving: the record says which copy could not be made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from tmcwall.domain.derived_copy import Box, Drawing, PictureCopier
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import sync_and_forget
from tmcwall.evidence import bag
from tmcwall.evidence.copy_file import Making
from tmcwall.evidence.derived_record import DerivedKind, DerivedRecord, read_record, record_path, write_record
from tmcwall.evidence.original import BLOCK
from tmcwall.evidence.record import CopyNotMadeRecord, CopyRecord, OriginalRecord
from tmcwall.evidence.redaction import check_released
from tmcwall.evidence.viewing_copy import COPY_WORD, ClipFacts, make_still, make_viewing_copy
from tmcwall.private_files import make_private_folder, open_private

_FOLDERS: Final = {
    DerivedKind.VIEWING_COPY: bag.COPIES,
    DerivedKind.STILL: bag.STILLS,
    DerivedKind.REDACTED_COPY: bag.REDACTED,
}
_UNDECODABLE: Final = frozenset(
    {
        FaultCode.COPY_FAILED,
        FaultCode.DECODER_LOST,
        FaultCode.STREAM_BROKEN,
        FaultCode.PROTOCOL_BROKEN,
        FaultCode.PICTURE_TOO_LARGE,
        FaultCode.CODEC_UNSUPPORTED,
        FaultCode.NO_VIDEO,
        FaultCode.FILE_UNREADABLE,
    }
)
"""What is wrong with a clip's pictures, not with the place where the package is made."""


class Steps(Protocol):
    """Counts bytes that are done. `advance` and `check` raise where the export was cancelled."""

    def advance(self, count: int) -> None: ...
    def check(self) -> None: ...
    def is_cancelled(self) -> bool: ...


@dataclass(slots=True, kw_only=True)
class PackageCopies:
    """Those of one package in the making. Without a copier only what was released goes in."""

    part: Path
    lp: str
    officer: str
    now: datetime
    zone: StationZone
    copier: PictureCopier | None
    steps: Steps
    made: list[CopyRecord] = field(default_factory=list)
    not_made: list[CopyNotMadeRecord] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    """Of every file that was made, records included, by its path in the bag."""
    size_bytes: int = 0

    def add(
        self,
        original: OriginalRecord,
        *,
        begins: datetime,
        released: Sequence[Path],
        stills_at: Sequence[datetime] = (),
        masks: tuple[Box, ...] = (),
        drawings: tuple[Drawing, ...] = (),
    ) -> None:
        """What belongs to an original that is in its place; `released` lie on the workstation.

        Raises DomainError(COPY_NOT_WATCHED, COPY_CHANGED), Fault, OSError, and what `steps` raise.
        """
        check_released(released)
        for number, path in enumerate(released, 1):
            self._take_over(original, path, number)
        if self.copier is None:
            return
        facts = ClipFacts(original.footage.camera.name, self.lp, begins, self.zone, masks, drawings)
        marked = datetime.fromisoformat(original.footage.marked_at.utc)
        stem, clip = Path(original.file).stem, self.part / original.file
        told = _Told(self.steps, original.size_bytes)
        making = Making(self.copier, self.steps.is_cancelled, told.progress)

        def still(target: Path, moment: datetime = marked) -> DerivedRecord:
            at_s = max(0.0, (moment - begins).total_seconds())
            return make_still(
                clip, target, at_s=at_s, facts=facts, officer=self.officer, now=self.now, making=making
            )  # fmt: skip

        def viewing_copy(target: Path) -> DerivedRecord:
            return make_viewing_copy(clip, target, facts=facts, officer=self.officer, now=self.now, making=making)

        self._make(original, DerivedKind.STILL, f"{stem}.png", still)
        for number, moment in enumerate(stills_at, 1):
            self._make(original, DerivedKind.STILL, f"{stem}_pilihan{number:02d}.png", partial(still, moment=moment))
        self._make(original, DerivedKind.VIEWING_COPY, f"{stem}_{COPY_WORD}.mp4", viewing_copy)
        told.progress(1.0)

    def _make(
        self, original: OriginalRecord, kind: DerivedKind, name: str, make: Callable[[Path], DerivedRecord]
    ) -> None:  # fmt: skip
        file = f"{_FOLDERS[kind]}/{name}"
        make_private_folder((self.part / file).parent)
        try:
            record = make(self.part / file)
        except Fault as fault:
            self.steps.check()
            if fault.code not in _UNDECODABLE:
                raise
            self.not_made.append(CopyNotMadeRecord(original.file, kind.value, fault.code.value))
            return
        self._note(original, file, record)

    def _take_over(self, original: OriginalRecord, path: Path, number: int) -> None:
        record = read_record(path)
        if record.parent_sha256 != original.sha256:
            raise DomainError(DomainCode.COPY_CHANGED, path.name)
        suffix = ".png" if record.kind is DerivedKind.STILL else ".mp4"
        name = f"{Path(original.file).stem}_{number:02d}{suffix}"
        file = f"{_FOLDERS[record.kind]}/{name}"
        make_private_folder((self.part / file).parent)
        with path.open("rb") as source, open_private(self.part / file, "xb") as target:
            digest = self._copy(source, target)
            sync_and_forget(target)
        if digest != record.sha256:
            raise DomainError(DomainCode.COPY_CHANGED, path.name)
        renamed = replace(record, file=name)
        write_record(self.part / file, renamed)
        self._note(original, file, renamed)

    def _copy(self, source: BinaryIO, target: BinaryIO) -> str:
        digest = hashlib.sha256()
        while data := source.read(BLOCK):
            target.write(data)
            digest.update(data)
            self.steps.advance(len(data))
        return digest.hexdigest()

    def _note(self, original: OriginalRecord, file: str, record: DerivedRecord) -> None:
        said = record_path(self.part / file)
        content = said.read_bytes()
        self.hashes[file] = record.sha256
        self.hashes[said.relative_to(self.part).as_posix()] = hashlib.sha256(content).hexdigest()
        self.size_bytes += record.size_bytes + len(content)
        self.made.append(CopyRecord(file, record.kind.value, original.file, record.sha256))


@dataclass(slots=True)
class _Told:
    """Turns the part of a copy that is done into bytes of its original."""

    steps: Steps
    size_bytes: int
    _done: int = 0

    def progress(self, part: float) -> None:
        now = int(part * self.size_bytes)
        if now > self._done:
            self.steps.advance(now - self._done)
            self._done = now
