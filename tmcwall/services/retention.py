"""Clips go by age, if the settings say so and no case needs them: with a row of custody each, and words in the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QObject, QTimer, Slot

from tmcwall.db import custody, retention
from tmcwall.db.retention import ExpiredClip
from tmcwall.db.store import Session
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import SYSTEM, CustodyAction, ExpiryFacts
from tmcwall.domain.station_zone import StationZone
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol

log = get_logger(__name__)

T = TypeVar("T")

_PORTION: Final = 100
_LEAP_S: Final = 60.0
"""A clock that went on by so much more than time did was set."""


class Retention(QObject):
    """Looks once an hour. What was tagged to a case is held and stays, whatever its age."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        clock: Clock,
        clips: Path,
        keep_days: int,
        uploaded_only: bool,
        zone: StationZone,
        every_s: float = 3600.0,
        parent: QObject | None = None,
    ) -> None:
        """`keep_days` 0: no clip goes. `uploaded_only`: none goes whose bytes the server does not have."""
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._clips = clips
        self._keep_days = keep_days
        self._uploaded_only = uploaded_only
        self._zone = zone
        self._futures = FutureDispatcher()
        self._looked: tuple[datetime, int] | None = None
        self._timer = QTimer(self, interval=round(every_s * 1000))
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        if self._keep_days:
            self._looked = self._clock.utc(), self._clock.monotonic_ns()
            self._timer.start()
            # What an earlier run has said is gone and could not delete any more.
            self._write(lambda session: _delete(session, retention.let_go(session), clips=self._clips), lambda _: None)

    def stop(self) -> None:
        self._timer.stop()
        self._futures.close()

    @Slot()
    def look(self) -> None:
        """Let go what is old enough, a portion at a time. Not after the clock was set: until the next look."""
        now, now_ns = self._clock.utc(), self._clock.monotonic_ns()
        before, self._looked = self._looked, (now, now_ns)
        if before is not None:
            leap_s = (now - before[0]).total_seconds() - (now_ns - before[1]) / 1e9
            if abs(leap_s) > _LEAP_S:
                log.warning("retention_waits", leap_s=round(leap_s))
                return
        self._write(partial(self._announce, at=now), self._delete)

    def _announce(self, session: Session, *, at: datetime) -> Sequence[ExpiredClip]:
        """In the store's thread. Custody is written first: a clip that is gone without a word would be worse."""
        oldest = at - timedelta(days=self._keep_days)
        found = retention.expired(session, before=oldest, uploaded_only=self._uploaded_only, limit=_PORTION)
        custody.append_all(
            session,
            [
                custody.Entry(
                    actor=SYSTEM,
                    action=CustodyAction.CLIP_EXPIRED,
                    about=f"clip/{clip.id}",
                    at=at,
                    facts=ExpiryFacts(self._keep_days, clip.camera_id, clip.sha256, clip.size_bytes),
                )
                for clip in found
            ],
        )
        return found

    def _delete(self, found: Sequence[ExpiredClip]) -> None:
        if found:
            gone = [(clip.id, clip.path) for clip in found]
            unit = partial(_delete, clips_and_paths=gone, clips=self._clips)
            self._write(unit, partial(self._tell, found))

    def _tell(self, found: Sequence[ExpiredClip], deleted: frozenset[str]) -> None:
        """A line a camera and day, and on to the next portion."""
        by_day: defaultdict[tuple[str, date], list[int]] = defaultdict(list)
        for clip in found:
            if clip.id in deleted:
                by_day[clip.camera_id, self._zone.date_of(clip.recorded_at)].append(clip.size_bytes)
        for (camera_id, day), sizes in sorted(by_day.items()):
            log.info("clips_expired", camera=camera_id, day=day.isoformat(), clips=len(sizes), bytes=sum(sizes))
        if len(found) == _PORTION:
            self.look()

    def _write(self, unit: Callable[[Session], T], then: Callable[[T], None]) -> None:
        self._futures.expect(self._store.write(unit), then, self._refuse)

    def _refuse(self, refusal: Refusal) -> None:
        log.warning("retention_refused", cause=refusal.code)


def _delete(session: Session, clips_and_paths: Sequence[tuple[str, str]], *, clips: Path) -> frozenset[str]:
    """In the store's thread, so that nobody tags meanwhile; those that were deleted. One that is in use stays."""
    free = retention.may_go(session, [clip for clip, _ in clips_and_paths])
    deleted = set()
    for clip, path in clips_and_paths:
        if clip in free and path:
            try:
                (clips / path).unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                log.warning("clip_not_deleted", clip=clip, cause=error.strerror)
                continue
            deleted.add(clip)
    return frozenset(deleted)
