"""Clips: from a saved bookmark to a file with its hash, over restarts of the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from tmcwall.db import bookmarks as bookmark_rows
from tmcwall.db import health, operations
from tmcwall.db.store import Session
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import ClipFacts, CodecAt, CustodyAction, StateAt
from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.domain.station_zone import StationZone
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol
from tmcwall.video.ipc.messages import ClipCut, ClipFailed, CutClip, Hold

log = get_logger(__name__)

_MOST_CHANGES: Final = 20
"""Of a camera's history, in the custody row of a clip: the newest ones."""
_RELEASED_AGAIN: Final = 20
"""Bookmarks; each costs the engine one small write at the start."""


class Cutter(Protocol):
    """The part of `VideoFeed` that cuts. It asks a new engine again for all that the lost one was asked."""

    @property
    def clip_cut(self) -> SignalInstance: ...
    @property
    def clip_failed(self) -> SignalInstance: ...

    def hold(self, hold: Hold) -> None: ...
    def release_hold(self, hold_id: str) -> None: ...
    def cut_clip(self, request: CutClip) -> None: ...


@dataclass(slots=True)
class _Job:
    """A clip on its way. `asked_ns` is when the engine was asked to cut it; None while its end has not passed."""

    bookmark: Bookmark
    clip: Clip
    asked_ns: int | None = None


class Cutting(QObject):
    """Holds the footage of each bookmark, has it cut when its end has passed, and writes down what came of it.

    What the store does not know as ready or failed is taken up again at the next start. The footage stays held until
    the clip is ready, so that a failed cut can be tried again.
    """

    clip_changed = Signal(object)
    """Clip."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        cutter: Cutter,
        clock: Clock,
        clips: Path,
        zone: StationZone,
        answer_s: float = 300.0,
        parent: QObject | None = None,
    ) -> None:
        """`clips` is the clips folder; the engine is given `answer_s` for one clip."""
        super().__init__(parent)
        self._store = store
        self._cutter = cutter
        self._clock = clock
        self._clips = clips
        self._zone = zone
        self._answer_ns = int(answer_s * 1e9)
        self._futures = FutureDispatcher()
        self._jobs: dict[str, _Job] = {}
        """By the clip's id."""
        self._ticks = QTimer(self, interval=200)
        self._ticks.timeout.connect(self._ask_due)
        cutter.clip_cut.connect(self._take_cut)
        cutter.clip_failed.connect(self._take_failure)

    def start(self) -> None:
        """Take up every clip of this workstation that is neither ready nor failed, and let go of what is ready."""
        self._futures.expect(self._store.read(_unfinished_and_ready), self._resume, self.refused.emit)

    def stop(self) -> None:
        self._ticks.stop()
        self._futures.close()

    def take(self, bookmark: Bookmark, clip: Clip) -> None:
        """Hold the footage of a bookmark that was committed, and cut its clip when the end has passed."""
        self._jobs[clip.id] = _Job(bookmark, clip)
        self._hold(bookmark)
        if not self._ticks.isActive():  # begun anew with each of many tags, it would not come to its end
            self._ticks.start()

    def retry(self, bookmark: Bookmark, clip: Clip, *, actor: str) -> None:
        """Cut a failed clip again. Refused with TRANSITION_REFUSED if it has not failed."""
        if clip.state is not ClipState.FAILED or clip.id in self._jobs:
            self.refused.emit(DomainError(DomainCode.TRANSITION_REFUSED, f"retry {clip.state}"))
            return
        waiting = replace(clip, state=ClipState.WAITING, failure="")
        self._write(bookmark, waiting, actor=actor, action=CustodyAction.CHANGED)

    def clip(self, clip_id: str) -> Clip | None:
        """A clip on its way, as it stands."""
        job = self._jobs.get(clip_id)
        return job.clip if job else None

    def _resume(self, read: tuple[Sequence[bookmark_rows.Entry], Sequence[str]]) -> None:
        unfinished, ready = read
        for bookmark_id in ready:
            self._cutter.release_hold(bookmark_id)
        for entry in unfinished:
            if entry.clip is not None and entry.clip.id not in self._jobs:
                self.take(entry.bookmark, entry.clip)
        if unfinished:
            log.info("clips_resumed", clips=len(unfinished))

    def _hold(self, bookmark: Bookmark) -> None:
        self._cutter.hold(
            Hold(bookmark.id, bookmark.camera_id, bookmark.starts_at.timestamp(), bookmark.ends_at.timestamp())
        )

    @Slot()
    def _ask_due(self) -> None:
        now, now_ns = self._clock.utc(), self._clock.monotonic_ns()
        for job in list(self._jobs.values()):
            if job.asked_ns is None:
                if job.bookmark.ends_at <= now:
                    self._ask(job)
            elif now_ns - job.asked_ns > self._answer_ns:
                self._fail(job, FaultCode.CLIP_FAILED, "no answer")
        if not self._jobs:
            self._ticks.stop()

    def _ask(self, job: _Job) -> None:
        job.asked_ns = self._clock.monotonic_ns()
        job.clip = replace(
            job.clip, state=ClipState.CUTTING, path=job.clip.path or path_of(job.bookmark, job.clip, zone=self._zone)
        )
        self._cutter.cut_clip(
            CutClip(
                request=job.clip.id,
                camera=job.bookmark.camera_id,
                start_utc=job.bookmark.starts_at.timestamp(),
                end_utc=job.bookmark.ends_at.timestamp(),
                path=str(self._clips / job.clip.path),
            )
        )
        self.clip_changed.emit(job.clip)

    @Slot(object)
    def _take_cut(self, cut: ClipCut) -> None:
        job = self._jobs.pop(cut.request, None)
        if job is None:
            return
        ready = replace(
            job.clip,
            state=ClipState.READY,
            sha256=cut.sha256,
            stream_sha256=cut.stream_sha256,
            size_bytes=cut.size_bytes,
            first_packet_at=datetime.fromtimestamp(cut.first_utc, UTC),
            last_packet_at=datetime.fromtimestamp(cut.last_utc, UTC),
            packets=cut.packets,
            packets_lost=cut.packets_lost,
            asked_from=job.bookmark.starts_at,
            asked_until=job.bookmark.ends_at,
            gaps=cut.gaps,
            failure="",
        )
        self._write(
            job.bookmark,
            ready,
            actor=job.bookmark.officer,
            action=CustodyAction.CLIP_CUT,
            facts=ClipFacts(
                cut.camera_clock_ms,
                cut.server_clock_ms,
                cut.sets_from,
                times_by_arrival=cut.times_by_arrival,
                players_start_late=cut.players_start_late,
            ),
        )

    @Slot(object)
    def _take_failure(self, failed: ClipFailed) -> None:
        job = self._jobs.get(failed.request)
        if job is not None:
            self._fail(job, failed.fault, failed.detail)

    def _fail(self, job: _Job, fault: FaultCode, detail: str) -> None:
        del self._jobs[job.clip.id]
        log.warning("clip_failed", clip=job.clip.id, camera=job.bookmark.camera_id, fault=fault, detail=detail)
        failed = replace(job.clip, state=ClipState.FAILED, failure=fault.value)
        self._write(job.bookmark, failed, actor=job.bookmark.officer, action=CustodyAction.CLIP_FAILED)

    def _write(
        self, bookmark: Bookmark, clip: Clip, *, actor: str, action: CustodyAction, facts: ClipFacts | None = None
    ) -> None:
        unit = partial(
            _put_clip,
            clip=clip,
            camera_id=bookmark.camera_id,
            facts=facts,
            actor=actor,
            action=action,
            at=self._clock.utc(),
        )
        self._futures.expect(self._store.write(unit), partial(self._committed, bookmark), self.refused.emit)

    def _committed(self, bookmark: Bookmark, clip: Clip) -> None:
        if clip.state is ClipState.READY:
            self._cutter.release_hold(bookmark.id)
        elif clip.state is ClipState.WAITING:
            self.take(bookmark, clip)
        self.clip_changed.emit(clip)


def path_of(bookmark: Bookmark, clip: Clip, *, zone: StationZone) -> str:
    """Relative to the clips folder: year, month and time of the station, and the clip's own id."""
    local = zone.local(bookmark.starts_at)
    return str(PurePosixPath(f"{local:%Y}", f"{local:%m}", f"{local:%Y%m%d-%H%M%S}_{clip.id}.mp4"))


def _unfinished_and_ready(session: Session) -> tuple[Sequence[bookmark_rows.Entry], Sequence[str]]:
    """And the newest bookmarks that are ready: the last run may have ended between their commit and their release."""
    newest = bookmark_rows.recent(session, limit=_RELEASED_AGAIN)
    ready = [entry.bookmark.id for entry in newest if entry.clip and entry.clip.state is ClipState.READY]
    return bookmark_rows.unfinished(session), ready


def _put_clip(
    session: Session,
    *,
    clip: Clip,
    camera_id: str,
    facts: ClipFacts | None,
    actor: str,
    action: CustodyAction,
    at: datetime,
) -> Clip:
    known = None if facts is None else _with_history(session, facts, clip, camera_id)
    operations.change(session, clip, actor=actor, at=at, action=action, facts=known)
    return clip


def _with_history(session: Session, facts: ClipFacts, clip: Clip, camera_id: str) -> ClipFacts:
    """And how the camera did within the clip, as its history knows it."""
    if clip.first_packet_at is None or clip.last_packet_at is None:
        return facts
    found = health.history(session, camera_id, since=clip.first_packet_at, until=clip.last_packet_at)
    states = [StateAt(change.state, change.at) for change in found.changes]
    codecs = [CodecAt(change.before, change.codec, change.at) for change in found.codecs if change.before]
    return replace(facts, camera_states=tuple(states[-_MOST_CHANGES:]), codecs=tuple(codecs[-_MOST_CHANGES:]))
