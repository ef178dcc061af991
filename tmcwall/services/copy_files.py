"""Where copies of clips lie on this workstation, what they are called, and their row in custody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tmcwall.db import annotations as annotation_rows
from tmcwall.db import custody, privacy_masks
from tmcwall.db.store import Session
from tmcwall.domain.custody import CopyFacts, CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault
from tmcwall.evidence.derived_record import DerivedRecord, record_path
from tmcwall.evidence.viewing_copy import ClipFacts
from tmcwall.private_files import make_private_folder
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.tagging import BookmarkRow


@dataclass(frozen=True, slots=True)
class CopyFiles:
    """A folder for each clip. Its methods wait: not in the GUI thread."""

    store: StoreProtocol
    clips: Path
    copies: Path
    zone: StationZone

    def clip_of(self, row: BookmarkRow) -> Path:
        """Raises DomainError(NOT_FOUND)."""
        if row.clip is None or not row.clip.path:
            raise DomainError(DomainCode.NOT_FOUND, row.bookmark.id)
        return self.clips / row.clip.path

    def facts_of(self, row: BookmarkRow, *, annotated: bool = False) -> ClipFacts:
        """`annotated`: with its annotations, to be burnt in. Raises Fault."""
        bookmark, clip = row.bookmark, row.clip
        begins = (clip.first_packet_at if clip is not None else None) or bookmark.starts_at
        masks = self.store.read(partial(privacy_masks.of_camera, camera_id=bookmark.camera_id)).result()
        drawn = self.store.read(partial(annotation_rows.of_bookmarks, bookmark_ids=[bookmark.id])).result()
        drawings = tuple(one.drawing(begins) for one in drawn) if annotated else ()
        return ClipFacts(bookmark.camera_name, row.case.lp if row.case else "", begins, self.zone, masks, drawings)

    def target_of(self, row: BookmarkRow, name: str) -> Path:
        """For a clip that is ready. Raises Fault(FILE_UNWRITABLE, DISK_*)."""
        assert row.clip is not None, "it was found ready"
        folder = self.copies / row.clip.id
        try:
            make_private_folder(folder)
        except OSError as error:
            raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=folder) from error
        return folder / name

    def keep(self, row: BookmarkRow, target: Path, record: DerivedRecord) -> Path:
        """A copy stays that is of the clip that custody knows, and is in custody itself. Raises Fault."""
        assert row.clip is not None, "it was found ready"
        try:
            if record.parent_sha256 != row.clip.sha256:
                raise Fault(FaultCode.CLIP_ALTERED, row.clip.path, retryable=False)
            self.note(row, target, record, action=CustodyAction.COPY_MADE)
        except Fault:
            target.unlink(missing_ok=True)
            record_path(target).unlink(missing_ok=True)
            raise
        return target

    def note(self, row: BookmarkRow, target: Path, record: DerivedRecord, *, action: CustodyAction) -> None:
        """COPY_MADE by who made it, COPY_RELEASED by who watched it. Raises Fault."""
        assert row.clip is not None, "it was found ready"
        watched = record.watched if action is CustodyAction.COPY_RELEASED else None
        actor, at = (watched.by, watched.at) if watched is not None else (record.made_by, record.made_at)
        at_ms = None if record.at_s is None else round(record.at_s * 1000)
        facts = CopyFacts(record.kind.value, target.name, record.sha256, record.parent_sha256, at_ms)
        about = f"clip/{row.clip.id}"

        def write(session: Session) -> None:
            custody.append(session, actor=actor, action=action, about=about, at=at, facts=facts)

        self.store.write(write).result()
