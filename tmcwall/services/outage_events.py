"""Which cameras have died together, and of what: worked out beside the screen from their states as they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import Clock
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.history import DOWN, UP, camera_state
from tmcwall.domain.mass_outage import (
    OURS,
    Attachment,
    Death,
    EventRule,
    GroupingRule,
    OutageEvent,
    OutageRegister,
    attachment_of,
)
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, in_thread

log = get_logger(__name__)

_LONGEST_AGE_S: Final = 600.0
"""A last picture that is older says nothing of when the camera died: nobody looked meanwhile."""


class Statuses(Protocol):
    """The part of `CameraBook` that this is worked out from."""

    @property
    def cameras_changed(self) -> SignalInstance: ...
    @property
    def statuses_changed(self) -> SignalInstance: ...

    def all(self) -> Sequence[Camera]: ...
    def status(self, camera_id: str) -> TileStatus: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How much at once, and how often. A test shortens these by constructor argument."""

    portion: int = 250
    """Cameras whose state is looked at in one turn of the screen's thread."""
    gather_s: float = 3.0
    """So long deaths are gathered before they are judged."""
    again_s: float = 10.0
    """So often it is looked at which cameras have come back for good."""


@dataclass(slots=True)
class _News:
    """What has changed since it was judged last."""

    deaths: dict[str, datetime]
    returned: set[str]
    forgotten: set[str]

    def __bool__(self) -> bool:
        return bool(self.deaths or self.returned or self.forgotten)


class OutageEvents(QObject):
    """The outages that go on, the largest first. Only states are looked at in the thread of the screen."""

    changed = Signal()

    def __init__(
        self,
        cameras: Statuses,
        *,
        clock: Clock,
        pace: Pace | None = None,
        grouping: GroupingRule | None = None,
        rule: EventRule | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._cameras = cameras
        self._clock = clock
        self._pace = pace or Pace()
        self._register = OutageRegister(grouping=grouping, rule=rule)
        """Of the thread that judges: one at a time."""
        self._events: Sequence[OutageEvent] = ()
        self._attachments: Mapping[str, Attachment] | None = None
        self._up: dict[str, bool] = {}
        """Of the cameras that are looked at, whether a picture comes."""
        self._waiting: dict[str, None] = {}
        self._news = _News({}, set(), set())
        self._judging = False
        self._futures = FutureDispatcher()
        self._look = QTimer(self, interval=0)
        self._look.timeout.connect(self._look_at_portion)
        self._gather = QTimer(self, interval=round(self._pace.gather_s * 1000))
        self._gather.setSingleShot(True)
        self._gather.timeout.connect(self._judge)
        self._again = QTimer(self, interval=round(self._pace.again_s * 1000))
        self._again.timeout.connect(self._judge)
        cameras.statuses_changed.connect(self._take_statuses)
        cameras.cameras_changed.connect(self._take_cameras)

    def start(self) -> None:
        self._again.start()

    def stop(self) -> None:
        for timer in (self._look, self._gather, self._again):
            timer.stop()
        self._futures.close()

    def events(self) -> Sequence[OutageEvent]:
        return self._events

    @Slot()
    def _take_cameras(self) -> None:
        """Their addresses may be others; those that are gone are looked at by nobody."""
        self._attachments = None
        self._take_statuses(tuple(self._up))

    @Slot(object)
    def _take_statuses(self, camera_ids: Iterable[str]) -> None:
        self._waiting.update(dict.fromkeys(camera_ids))
        if self._waiting:
            self._look.start()

    @Slot()
    def _look_at_portion(self) -> None:
        now = self._clock.utc()
        portion = [camera_id for camera_id, _ in zip(self._waiting, range(self._pace.portion), strict=False)]
        for camera_id in portion:
            del self._waiting[camera_id]
            self._look_at(camera_id, self._cameras.status(camera_id), now)
        if not self._waiting:
            self._look.stop()
        if self._news and not self._gather.isActive():
            self._gather.start()

    def _look_at(self, camera_id: str, status: TileStatus, now: datetime) -> None:
        state = camera_state(status.state)
        news, before = self._news, self._up.get(camera_id)
        if status.state is TileState.STALE:
            return  # it may come at once, or is lost in a moment
        if state in UP:
            self._up[camera_id] = True
            if before is False:
                news.deaths.pop(camera_id, None)
                news.returned.add(camera_id)
        elif state in DOWN and status.cause not in OURS:
            self._up[camera_id] = False
            if before is not False:
                age_s = status.age_s if status.age_s is not None and status.age_s <= _LONGEST_AGE_S else 0.0
                news.returned.discard(camera_id)
                news.deaths[camera_id] = now - timedelta(seconds=age_s)
        elif self._up.pop(camera_id, None) is False:
            news.deaths.pop(camera_id, None)
            news.returned.discard(camera_id)
            news.forgotten.add(camera_id)

    @Slot()
    def _judge(self) -> None:
        if self._judging or not (self._news or self._events):
            return
        news, self._news = self._news, _News({}, set(), set())
        self._judging = True
        work = partial(
            _judged,
            self._register,
            news,
            tuple(self._up),
            self._attachments,
            self._cameras.all() if self._attachments is None else (),
            self._clock.utc(),
        )
        self._futures.expect(in_thread(work, name="outage-events"), self._take_events, self._ignore)

    def _take_events(self, judged: tuple[Sequence[OutageEvent], Mapping[str, Attachment], bool]) -> None:
        events, attachments, fresh = judged
        self._judging = False
        if fresh:
            self._attachments = attachments
        before, self._events = self._events, events
        if self._news and not self._gather.isActive():
            self._gather.start()
        if events != before:
            known = {one.id for one in before}
            for one in events:
                if one.id not in known and len(one.camera_ids) > 1:
                    log.info("cameras died together", cause=one.cause, subject=one.subject, cameras=len(one.camera_ids))
            self.changed.emit()

    def _ignore(self, refusal: Refusal) -> None:
        """Nothing of it is refused: it waits for no disk and no network."""
        raise AssertionError from refusal


def _judged(
    register: OutageRegister,
    news: _News,
    watched: Sequence[str],
    known: Mapping[str, Attachment] | None,
    cameras: Sequence[Camera],
    now: datetime,
) -> tuple[Sequence[OutageEvent], Mapping[str, Attachment], bool]:
    """In a thread of its own: the events, and by what cameras are attached, with whether that was read anew."""
    attachments = known if known is not None else {camera.id: attachment_of(camera) for camera in cameras}
    nowhere = Attachment()
    events = register.take(
        [Death(camera_id, at) for camera_id, at in news.deaths.items()],
        returned=news.returned,
        forgotten=news.forgotten,
        watched={camera_id: attachments.get(camera_id, nowhere) for camera_id in watched},
        now=now,
    )
    return events, attachments, known is None
