"""The timelines of cameras: clips, rolling recording, history, tags and incidents of a range, read for the review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from tmcwall.db import bookmarks as bookmark_rows
from tmcwall.db import health, incidents
from tmcwall.db.store import Session
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.footage_timeline import Footage, Span, Track, footage_of_clip, track_of
from tmcwall.domain.history import CameraHistory
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol, in_thread, settled

Recorded = Callable[[str, Span], Footage | None]
"""What the rolling recording has of a camera; it may wait for the disk."""


@dataclass(frozen=True, slots=True)
class CameraTrack:
    """`history` is of the range of the track, with what came before it."""

    name: str
    track: Track
    history: CameraHistory


class FootageTracks(QObject):
    """Reads in a thread of its own; what was asked before the newest question is not told."""

    tracks_read = Signal(object, object)
    """Span, and Sequence[CameraTrack] in the order that was asked."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(self, *, store: StoreProtocol, recorded: Recorded, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._recorded = recorded
        self._futures = FutureDispatcher()
        self._asked = 0

    def start(self) -> None:
        """Nothing is read before somebody asks."""

    def stop(self) -> None:
        self._futures.close()

    def ask_tracks(self, cameras: Sequence[tuple[str, str]], shown: Span) -> None:
        """Of those ids and names. `tracks_read` or `refused` follows, unless something else is asked meanwhile."""
        self._asked += 1
        work = partial(_read, self._store, self._recorded, tuple(cameras), shown)
        self._futures.expect(
            in_thread(work, name="footage-tracks"), partial(self._take, self._asked, shown), self.refused.emit
        )

    def _take(self, asked: int, shown: Span, tracks: Sequence[CameraTrack]) -> None:
        if asked == self._asked:
            self.tracks_read.emit(shown, tracks)


def _read(
    store: StoreProtocol, recorded: Recorded, cameras: Sequence[tuple[str, str]], shown: Span
) -> Sequence[CameraTrack]:
    found = []
    for camera_id, name in cameras:
        rolling = recorded(camera_id, shown)
        unit = partial(_track, camera_id=camera_id, shown=shown, rolling=rolling)
        history, track = settled(store.read(unit))
        found.append(CameraTrack(name, track, history))
    return found


def _track(
    session: Session, *, camera_id: str, shown: Span, rolling: Footage | None
) -> tuple[CameraHistory, Track]:  # fmt: skip
    history = health.history(session, camera_id, since=shown.starts_at, until=shown.ends_at)
    entries = bookmark_rows.of_camera_between(session, camera_id, since=shown.starts_at, until=shown.ends_at)
    clips = (footage_of_clip(entry.clip) for entry in entries if entry.clip is not None)
    footage = [one for one in (*clips, rolling) if one is not None]
    tags: list[Bookmark] = [entry.bookmark for entry in entries]
    known = {tag.incident_id for tag in tags if tag.incident_id is not None}
    called = [(one.called_at, one.id) for one in (incidents.get(session, name) for name in sorted(known)) if one]
    track = track_of(camera_id, shown, footage=footage, history=history, tags=tags, incidents=called)
    return history, track
