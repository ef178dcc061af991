"""All cameras of the workstation and how each is doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from tmcwall.cameras.logins import CameraLogins, KnownLogins
from tmcwall.db import cameras as camera_rows
from tmcwall.db import planned_outages
from tmcwall.db.store import Session
from tmcwall.domain.camera import Camera, Position
from tmcwall.domain.camera_index import CameraIndex
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.geo import Coverage
from tmcwall.domain.health import Limits, TileObservation, TileState, TileStatus, judge
from tmcwall.domain.kinds import Topic, entities_of
from tmcwall.domain.lifecycle import IN_USE, Lifecycle
from tmcwall.domain.officer import Action, Officer, can
from tmcwall.domain.outage import PlannedOutage, next_change, with_outages
from tmcwall.domain.region import Regions
from tmcwall.domain.source import TransportPreference
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol, in_thread
from tmcwall.services.sources import relay_of, source_of
from tmcwall.video.ipc.messages import Live, StreamReport

REPORT_LIMITS = Limits(stale_s=3.5)
"""Reports come once a second, so an age out of them is up to a second and a half older than it looks."""

OFF = TileStatus(TileState.OFF)
_WORKING = frozenset({TileState.LIVE, TileState.REDUCED})
_UNKNOWN = frozenset({TileState.OFF, TileState.PAUSED, TileState.CONNECTING, TileState.BUILDING})


class Streams(Protocol):
    """The part of `video.feed.video_feed.VideoFeed` that the book uses."""

    @property
    def stream_reported(self) -> SignalInstance: ...

    def set_cameras(self, cameras: Sequence[Live]) -> None: ...


@dataclass(frozen=True, slots=True)
class _Stream:
    """The last report of one stream. Times in nanoseconds of the monotonic clock."""

    report: StreamReport
    reported_ns: int
    received_ns: int | None
    """When the number of received access units last changed."""


@dataclass(slots=True)
class _Watch:
    """What is known of a camera that is or was open."""

    streams: dict[str, _Stream] = field(default_factory=dict)
    """By profile."""
    tile: TileStatus | None = None
    judged_ns: int = 0


class CameraBook(QObject):
    """Cameras in memory, found by id, number or text; a verdict for each from reports and open tiles."""

    cameras_changed = Signal()
    statuses_changed = Signal(object)
    """frozenset[str] of camera ids."""
    refused = Signal(object)
    """Fault: the cameras could not be read, or their passwords are out of reach (they are opened without)."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        streams: Streams,
        logins: KnownLogins | None,
        clock: Clock,
        changes: Changes | None = None,
        regions: Regions | None = None,
        transport: TransportPreference = TransportPreference.AUTO,
        relay: str = "",
        limits: Limits = REPORT_LIMITS,
        silent_s: float = 5.0,
        remembered_s: float = 300.0,
        parent: QObject | None = None,
    ) -> None:
        """`changes`: cameras may come from other workstations; None: they change when `reload` says so.

        `transport` carries the packets of cameras that name none. `relay` is the address of who is asked for streams
        before the cameras; empty: nobody is.

        A camera without report for `silent_s` is not open any more; how it failed counts for `remembered_s`.
        """
        super().__init__(parent)
        self._store = store
        self._streams = streams
        self._logins = logins
        self._clock = clock
        self._regions = regions
        self._transport = transport
        self._relay = relay
        self._limits = limits
        self._silent_ns = int(silent_s * 1e9)
        self._remembered_ns = int(remembered_s * 1e9)
        self._shelf = _Shelf.of((), {}, regions)
        self._viewer: Officer | None = None
        self._watches: dict[str, _Watch] = {}
        self._verdicts: dict[str, TileStatus] = {}
        self._failed_ns: dict[str, int] = {}
        self._futures = FutureDispatcher()
        self._reading = self._outdated = False
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._judge_all)
        streams.stream_reported.connect(self._take_report)
        if changes is not None:
            changes.committed.connect(self._take_notice)

    def start(self) -> None:
        """Read the cameras; `cameras_changed` follows."""
        self.reload()
        self._second.start()

    @Slot()
    def reload(self) -> None:
        """Read the cameras again, after an import or a decision about one; `cameras_changed` follows.

        One reading at a time: what changes during it is read by the next.
        """
        regions, viewer, now = self._regions, self._viewer, self._clock.utc()

        def read(session: Session) -> _Shelf:
            """In the store's thread: putting ten thousand cameras in order would hold up the screen."""
            outages = planned_outages.not_over(session, now=now)
            lifecycles = with_outages(camera_rows.lifecycles(session), outages, now=now)
            shelf = _Shelf.of(camera_rows.all_cameras(session), lifecycles, regions, viewer=viewer)
            return replace(shelf, outages=outages, changes_at=next_change(outages, now=now))

        if self._reading:
            self._outdated = True
            return
        self._reading = True
        self._futures.expect(self._store.read(read), self._take_read, self._take_refusal)

    def show_to(self, officer: Officer) -> None:
        """Who watches from now on: cameras of units that are not that officer's are shown no more.

        Before anybody has come, none of a unit are; when an officer goes, the walls go on. Recording asks for nobody.
        """
        before, self._viewer = self._viewer, officer
        if before is None or (before.role, before.units) != (officer.role, officer.units):
            self.reload()

    def unit_of(self, camera_id: str) -> str:
        """The unit whose the camera is, also one that is not shown; empty: everybody's, or not known."""
        camera = self._shelf.by_id.get(camera_id) or self._shelf.hidden.get(camera_id)
        return "" if camera is None else camera.unit

    def stop(self) -> None:
        self._second.stop()
        self._futures.close()

    def all(self) -> Sequence[Camera]:
        """Every camera that may be seen, by number and then by id."""
        return self._shelf.cameras

    def get(self, camera_id: str) -> Camera | None:
        return self._shelf.by_id.get(camera_id)

    def by_number(self, number: int) -> Camera | None:
        return self._shelf.by_number.get(number)

    def search(self, text: str) -> Sequence[Camera]:
        """Cameras in whose id, name, number, owner or region every word of the text occurs.

        First the one of that number, then names that begin with the text, then the rest by number.
        """
        words = text.casefold().split()
        found = self._shelf.words
        for word in words:
            found = [entry for entry in found if word in entry[1]]
        if not words or not found:
            return tuple(camera for _name, _words_of, camera in found)
        whole = " ".join(words)
        dialled = self._shelf.by_number.get(int(whole)) if whole.isdecimal() else None
        begins = [camera for name, _words_of, camera in found if name.startswith(whole)]
        rest = [camera for name, _words_of, camera in found if not name.startswith(whole)]
        if dialled is None:
            return (*begins, *rest)
        return (dialled, *(camera for camera in (*begins, *rest) if camera is not dialled))

    def lifecycle(self, camera_id: str) -> Lifecycle:
        """How far a camera is in use, and who has decided so."""
        return self._shelf.lifecycles.get(camera_id, IN_USE)

    def outages(self) -> Sequence[PlannedOutage]:
        """The planned ones that are under way or to come, the next first."""
        return self._shelf.outages

    def status(self, camera_id: str) -> TileStatus:
        """OFF for a camera that nothing is known of because nobody looks at it, or that is not in use."""
        return self._shelf.withheld.get(camera_id) or self._verdicts.get(camera_id, OFF)

    def counts(self) -> Mapping[TileState, int]:
        """How many cameras are in each state; states that no camera is in are left out."""
        verdicts = {**self._verdicts, **self._shelf.withheld}
        known = Counter(verdict.state for camera_id, verdict in verdicts.items() if camera_id in self._shelf.by_id)
        off = len(self._shelf.cameras) - known.total() + known[TileState.OFF]
        return {**{state: number for state, number in known.items() if number}, **({TileState.OFF: off} if off else {})}

    def judge_tiles(self, verdicts: Mapping[str, TileStatus]) -> None:
        """What the open tiles show now, by camera id; the walls say it once a second. It outranks the reports."""
        now = self._clock.monotonic_ns()
        for camera_id, verdict in verdicts.items():
            watch = self._watches.setdefault(camera_id, _Watch())
            watch.tile, watch.judged_ns = verdict, now
        self._settle(verdicts, now)

    def is_working(self, camera: Camera) -> bool:
        """Whether an officer who opens it may expect a picture.

        A camera that nobody looks at counts as working unless it failed within the last minutes: most of a city's
        cameras are on no tile at any moment, and the nearest one is worth a try.
        """
        if camera.id in self._shelf.withheld:
            return False
        state = self.status(camera.id).state
        if state in _WORKING:
            return True
        failed_ns = self._failed_ns.get(camera.id)
        recently = failed_ns is not None and self._clock.monotonic_ns() - failed_ns < self._remembered_ns
        return state in _UNKNOWN and not recently

    def that_see(self, position: Position) -> Sequence[Camera]:
        """The cameras in whose view a place lies."""
        return self._shelf.index.that_see(position)

    def nearest(self, position: Position, *, count: int = 4) -> Coverage:
        """The best working cameras around a place, and the dark ones among them."""
        return self._shelf.index.nearest(
            position,
            is_working=self.is_working,
            is_hidden=lambda camera: self.lifecycle(camera.id).hidden,
            count=count,
        )

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        if notice.touches(entities_of(Topic.CAMERAS)):
            self.reload()

    def _take_read(self, shelf: _Shelf) -> None:
        """Each reading is shown, also while more is coming: a quarantine among it waits for nothing."""
        self._take_cameras(shelf)
        self._read_again()

    def _take_refusal(self, refusal: Refusal) -> None:
        self.refused.emit(refusal)
        self._read_again()

    def _read_again(self) -> None:
        self._reading = False
        if self._outdated:
            self._outdated = False
            self.reload()

    def _take_cameras(self, shelf: _Shelf) -> None:
        before, self._shelf = self._shelf, shelf
        for known in (self._verdicts, self._watches, self._failed_ns):
            for camera_id in [key for key in known if key not in shelf.by_id or key in shelf.withheld]:
                del known[camera_id]
        # A keyring may ask over D-Bus, and a vault hashes its passphrase.
        sources = in_thread(partial(self._sources, self._to_open(), self._logins), name="camera-logins")
        self._futures.expect(sources, self._streams.set_cameras, self._open_without_logins)
        self.cameras_changed.emit()
        changed = {key for key, _verdict in before.withheld.items() ^ shelf.withheld.items()}
        if changed:
            self.statuses_changed.emit(frozenset(changed))

    def _to_open(self) -> Sequence[Camera]:
        """A camera that is withheld is not opened by anybody."""
        known = (*self._shelf.cameras, *self._shelf.hidden.values())
        return [camera for camera in known if camera.id not in self._shelf.withheld]

    def _open_without_logins(self, refusal: Refusal) -> None:
        """The vault is out of reach: cameras without password still work, the others say that they want one."""
        self.refused.emit(refusal)
        self._streams.set_cameras(self._sources(self._to_open(), None))

    def _sources(self, cameras: Sequence[Camera], logins: KnownLogins | None) -> list[Live]:
        """In any thread."""
        known = logins.all() if logins else {}
        relay = relay_of(self._relay, known)
        return [
            source_of(camera, known.get(camera.id, CameraLogins()), transport=self._transport, relay=relay)
            for camera in cameras
        ]

    @Slot(object)
    def _take_report(self, report: StreamReport) -> None:
        if report.camera not in self._shelf.by_id:
            return  # a file that is being played
        now = self._clock.monotonic_ns()
        streams = self._watches.setdefault(report.camera, _Watch()).streams
        before = streams.get(report.profile)
        received = before.report.frames_received if before else 0
        received_ns = before.received_ns if before else None
        if report.frames_received not in {0, received}:  # a new engine counts from nothing again
            received_ns = now
        streams[report.profile] = _Stream(report, now, received_ns)
        self._settle((report.camera,), now)

    @Slot()
    def _judge_all(self) -> None:
        if self._shelf.changes_at is not None and self._clock.utc() >= self._shelf.changes_at:
            self.reload()
        now = self._clock.monotonic_ns()
        self._failed_ns = {key: at for key, at in self._failed_ns.items() if now - at < self._remembered_ns}
        self._settle(tuple(self._watches), now)

    def _settle(self, camera_ids: Iterable[str], now: int) -> None:
        changed = set()
        for camera_id in camera_ids:
            if camera_id in self._shelf.withheld:
                continue
            verdict = self._judge(camera_id, now)
            before = self._verdicts.get(camera_id, OFF)
            if verdict is OFF:
                self._verdicts.pop(camera_id, None)
                self._watches.pop(camera_id, None)
            else:
                self._verdicts[camera_id] = verdict
            if verdict.state not in _WORKING and verdict.state not in _UNKNOWN:
                self._failed_ns[camera_id] = now
            elif verdict.state in _WORKING:
                self._failed_ns.pop(camera_id, None)
            if (before.state, before.cause) != (verdict.state, verdict.cause):
                changed.add(camera_id)
        if changed:
            self.statuses_changed.emit(frozenset(changed))

    def _judge(self, camera_id: str, now: int) -> TileStatus:
        watch = self._watches[camera_id]
        if watch.tile is not None and now - watch.judged_ns < self._silent_ns:
            return watch.tile
        open_streams = [stream for stream in watch.streams.values() if now - stream.reported_ns < self._silent_ns]
        verdicts = [self._judge_stream(stream, now) for stream in open_streams]
        return min(verdicts, key=lambda verdict: verdict.state not in _WORKING, default=OFF)

    def _judge_stream(self, stream: _Stream, now: int) -> TileStatus:
        age_s = None if stream.received_ns is None else (now - stream.received_ns) / 1e9
        waits_for_key = not stream.report.connected and stream.report.waits_for_key_since_s is not None
        observation = TileObservation(
            age_packet_s=age_s,
            age_frame_s=None if waits_for_key else age_s,
            waits_for_key=waits_for_key,
            frame_interval_s=stream.report.frame_interval_s,
            fault=stream.report.fault,
        )
        return judge(observation, self._limits)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The cameras in every order they are asked in."""

    cameras: tuple[Camera, ...]
    lifecycles: Mapping[str, Lifecycle]
    """Of the cameras that somebody has decided about."""
    withheld: Mapping[str, TileStatus]
    """Of the cameras that are not to be opened."""
    by_id: Mapping[str, Camera]
    by_number: Mapping[int, Camera]
    index: CameraIndex
    words: Sequence[tuple[str, str, Camera]]
    """Name and all words of each camera, in small letters."""
    hidden: Mapping[str, Camera]
    """Of units that are not the viewer's: opened for recording, and found by nobody."""
    outages: Sequence[PlannedOutage] = ()
    """Those under way, which are in `lifecycles`, and those to come."""
    changes_at: datetime | None = None
    """When the next of them begins or ends."""

    @classmethod
    def of(
        cls,
        every: tuple[Camera, ...],
        lifecycles: Mapping[str, Lifecycle],
        regions: Regions | None,
        *,
        viewer: Officer | None = None,
    ) -> _Shelf:
        cameras = tuple(camera for camera in every if _may_see(viewer, camera))
        return cls(
            cameras=cameras,
            lifecycles=lifecycles,
            withheld={key: TileStatus(one.withheld) for key, one in lifecycles.items() if one.withheld is not None},
            by_id={camera.id: camera for camera in cameras},
            by_number={camera.number: camera for camera in cameras if camera.number is not None},
            index=CameraIndex(cameras),
            words=[(camera.name.casefold(), search_words(camera, regions), camera) for camera in cameras],
            hidden={camera.id: camera for camera in every if not _may_see(viewer, camera)},
        )


def _may_see(viewer: Officer | None, camera: Camera) -> bool:
    return not camera.unit or (viewer is not None and can(viewer, Action.VIEW, unit=camera.unit))


def search_words(camera: Camera, regions: Regions | None) -> str:
    """All by which a camera is found, in small letters: also `rt 003`, `rw 005` and the name of its kelurahan."""
    region = regions.by_code(camera.adm4) if regions and camera.adm4 else None
    parts = (
        camera.id,
        camera.name,
        str(camera.number or ""),
        camera.owner or "",
        camera.adm4 or "",
        camera.unit,
        f"{region.name} {region.kecamatan} {region.town}" if region else "",
        f"rt {camera.rt} rt{camera.rt}" if camera.rt else "",
        f"rw {camera.rw} rw{camera.rw}" if camera.rw else "",
    )
    return "\n".join(parts).casefold()
