"""What a package of a case would hold, before anybody asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tmcwall.db import baskets
from tmcwall.db import bookmarks as bookmark_rows
from tmcwall.db import cameras as camera_rows
from tmcwall.db.store import Session
from tmcwall.domain.officer import Officer
from tmcwall.services.case_evidence import PRIVATE_OWNERS, case_of, reason_left_out
from tmcwall.services.clip_copies import released_copies


@dataclass(frozen=True, slots=True)
class PreviewedClip:
    """A bookmark of the case. `left_out` is why its footage is not in the package; empty: it is."""

    camera: str
    is_private: bool
    """It is a private owner's or a bank's: its footage leaves the station with a legal basis or a consent only."""
    starts_at: datetime
    ends_at: datetime
    size_bytes: int
    gaps: int
    released: int
    """Stills and redacted copies that go with it."""
    left_out: str = ""
    chosen: bool = False
    """It is in the basket of the case."""


@dataclass(frozen=True, slots=True)
class PackagePreview:
    lp: str
    """As it was written."""
    clips: tuple[PreviewedClip, ...]

    @property
    def taken(self) -> tuple[PreviewedClip, ...]:
        return tuple(clip for clip in self.clips if not clip.left_out)

    @property
    def size_bytes(self) -> int:
        """Of the originals."""
        return sum(clip.size_bytes for clip in self.taken)

    @property
    def private_cameras(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(clip.camera for clip in self.taken if clip.is_private))


def package_preview(session: Session, *, lp: str, viewer: Officer, clips: Path, copies: Path) -> PackagePreview:
    """`clips` and `copies` as for a package. Raises DomainError(CASE_UNKNOWN)."""
    case = case_of(session, lp, viewer=viewer)
    chosen = {item.bookmark_id for item in baskets.of_case(session, case.id)}
    found = (
        _previewed(session, entry, clips, copies, chosen=entry.bookmark.id in chosen)
        for entry in bookmark_rows.of_case(session, case.id)
    )
    return PackagePreview(case.lp, tuple(found))


def _previewed(
    session: Session, entry: bookmark_rows.Entry, clips: Path, copies: Path, *, chosen: bool
) -> PreviewedClip:  # fmt: skip
    bookmark, clip = entry.bookmark, entry.clip
    left_out = reason_left_out(entry, clips)
    camera = camera_rows.get(session, bookmark.camera_id)
    here = clip if not left_out else None
    return PreviewedClip(
        camera=bookmark.camera_name,
        is_private=camera is not None and camera.owner in PRIVATE_OWNERS,
        starts_at=bookmark.starts_at,
        ends_at=bookmark.ends_at,
        size_bytes=(clips / here.path).stat().st_size if here is not None else 0,
        gaps=len(here.gaps) if here is not None else 0,
        released=len(released_copies(copies / here.id)) if here is not None else 0,
        left_out=left_out,
        chosen=chosen,
    )
