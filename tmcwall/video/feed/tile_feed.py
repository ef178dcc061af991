"""One tile as the desktop program sees it: its memory, its picture, its truth."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import DecodePlan, Limits, TileObservation, TileState, TileStatus, judge
from tmcwall.video.feed.pacing import Board, DuePicture, indices
from tmcwall.video.feed.tile_allocator import Extent
from tmcwall.video.ipc.colour_conversion import ColourConverter
from tmcwall.video.ipc.messages import Playback, StreamReport
from tmcwall.video.ipc.shared_frames import TILE

_WORD = 8
_NEAR_END_S = 0.5
_SECONDS = 6
_LONELY = 2
"""Pictures in a second that stands between seconds without any, where a stream is slow and not just beginning."""
_ANSWERED_NS = 150_000_000
"""From asking for another place to trusting what is reported: a report may have been under way."""
_LONGEST_GUESS_S = 3.0
"""Reports come once a second; where they stop, time stands still."""
_FIELDS = {name: offset // _WORD for name, (_, offset, *_) in (TILE.fields or {}).items()}
_TILE_WORDS = TILE.itemsize // _WORD


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be painted now. It stays in shared memory and in the decoder's hands until then.

    Ask `TileFeed.whole` after painting: if it says no, what was painted was torn and must be painted again.
    """

    width: int
    height: int
    slot: int
    sequence: int
    schedule_ns: int
    colours: int
    address: int
    colouring: ColourConverter
    place_ns: int = 0
    """Where it lies in its file, if it was asked for by its place."""

    @property
    def fills_its_rows(self) -> bool:
        """Whether painting writes nothing beside it, see `ColourConverter.paint`."""
        return self.width % self.colouring.block == 0

    def paint(self, target: int, stride: int) -> None:
        """Write it to an address as BGRA, `height` rows, `stride` bytes apart; see `ColourConverter.paint`."""
        self.colouring.paint(self.address, (self.width, self.height), self.colours, target=target, stride=stride)


@dataclass(frozen=True, slots=True)
class Ages:
    """Monotonic times in nanoseconds, 0 = never; pictures decoded since the tile was opened."""

    packet_ns: int = 0
    frame_ns: int = 0
    change_ns: int = 0
    black_since_ns: int = 0
    moved_since_ns: int = 0
    decoded: int = 0
    building_since_ns: int = 0


class TileOwner(Protocol):
    """What a tile asks of the feed that gave it out."""

    def resize_tile(self, tile: TileFeed, width: int, height: int) -> None: ...
    def close_tile(self, tile: TileFeed) -> None: ...
    def prioritise_tile(self, tile: TileFeed, *, priority: bool) -> None: ...
    def set_tile_visible(self, tile: TileFeed, *, visible: bool) -> None: ...
    def play(self, message: Playback) -> None: ...
    def report_of(self, tile: TileFeed) -> StreamReport | None: ...
    def received_ns(self, report: StreamReport) -> int: ...
    def reported_ns(self, report: StreamReport) -> int: ...
    def engine_silent(self, now_ns: int) -> bool: ...
    def slept_since_ns(self, since_ns: int) -> int: ...


class TileFeed:
    """One tile's picture and truth, read from shared memory by the GUI thread."""

    def __init__(
        self,
        owner: TileOwner,
        board: Board,
        *,
        camera_id: str,
        decoder: int,
        tile: int,
        profile: Profile | None,
        priority: bool,
        limits: Limits,
    ) -> None:
        """Given out by `VideoFeed.open_tile`."""
        self.camera_id = camera_id
        self.decoder = decoder
        self.tile = tile
        self.profile = profile
        self.priority = priority
        self.visible = True
        self.generation = 0
        self.width = 0
        self.height = 0
        self.extent = Extent(0, 0)
        self.slot_bytes = 0
        self.decoded_fps: float | None = None
        """Pictures a second; None before it is known."""
        self._owner = owner
        self.board = board
        self._limits = limits
        self._index = indices([tile])
        self._carried = Ages()
        self._closed = False
        self._last_decoded: int | None = None
        self._per_second: deque[int] = deque(maxlen=_SECONDS)

    # Pictures.

    def newest_due(self, now_ns: int) -> Picture | None:
        """The picture to be shown now, once; None if nothing new is due."""
        due = self.board.due(self._index, now_ns)
        return self.picture(due[0]) if due else None

    def newest_whole(self) -> Picture | None:
        """The newest picture there is, for painting everything anew; None before the first."""
        due = self.board.newest_whole(self.tile)
        return self.picture(due) if due else None

    def picture(self, due: DuePicture) -> Picture:
        """A due picture of this tile."""
        board = self.board
        address = board.memory.address + self.extent.offset + due.slot * self.slot_bytes
        return Picture(
            self.width,
            self.height,
            due.slot,
            due.sequence,
            due.schedule_ns,
            due.colours,
            address,
            board.colouring,
            due.place_ns,
        )  # fmt: skip

    def whole(self, picture: Picture) -> bool:
        """Whether a picture was still whole after it was painted."""
        return self.board.whole(self.tile, picture.slot, picture.sequence)

    # Truth.

    def ages(self) -> Ages:
        """What the decoder wrote, going on from before a change of size."""
        words, base = self.board.memory.words, self.tile * _TILE_WORDS
        if words[base + _FIELDS["generation"]] != self.generation:
            return self._carried
        own = Ages(
            packet_ns=words[base + _FIELDS["last_packet_ns"]],
            frame_ns=words[base + _FIELDS["last_frame_ns"]],
            change_ns=words[base + _FIELDS["last_change_ns"]],
            black_since_ns=words[base + _FIELDS["black_since_ns"]],
            moved_since_ns=words[base + _FIELDS["moved_since_ns"]],
            decoded=words[base + _FIELDS["decoded"]] + self._carried.decoded,
            building_since_ns=words[base + _FIELDS["building_since_ns"]],
        )
        if own.frame_ns:
            return own
        packet_ns = max(own.packet_ns, self._carried.packet_ns)
        return replace(self._carried, packet_ns=packet_ns, building_since_ns=own.building_since_ns)

    def report(self) -> StreamReport | None:
        """The engine's last word on the stream this tile shows."""
        return self._owner.report_of(self)

    def verdict(self, now_ns: int) -> TileStatus:
        """The state of this tile now; see `domain.health.judge`."""
        return judge(self.observation(now_ns), self._limits)

    def observation(self, now_ns: int) -> TileObservation:
        """What is known of this tile's stream now."""
        ages = self.ages()
        report = self.report()
        fault = report.fault if report else None
        if fault is None and self._owner.engine_silent(now_ns):
            fault = FaultCode.ENGINE_LOST
        return TileObservation(
            age_packet_s=self._real_age_s(
                max(ages.packet_ns, self._owner.received_ns(report) if report else 0), now_ns
            ),
            age_frame_s=self._real_age_s(ages.frame_ns, now_ns),
            age_change_s=_age_s(ages.change_ns, now_ns),
            frame_interval_s=report.frame_interval_s if report else 0.04,
            decoded_fps=self.decoded_fps,
            plan=report.plan if report else DecodePlan.FULL,
            fault=fault,
            waits_for_key=report is not None and report.waits_for_key_since_s is not None,
            black_s=_age_s(ages.black_since_ns, now_ns) or 0.0,
            moved_s=_age_s(ages.moved_since_ns, now_ns) or 0.0,
            building_s=_age_s(ages.building_since_ns, now_ns),
            overloaded=report.overloaded if report else False,
            wanted=not self._closed,
        )

    def _real_age_s(self, since_ns: int, now_ns: int) -> float | None:
        """With the time that the machine has slept meanwhile, which its monotonic clock does not count."""
        return _age_s(since_ns, now_ns + self._owner.slept_since_ns(since_ns))

    def count_second(self) -> None:
        """Once a second: how many pictures were decoded. A second in which the stream began or ended says nothing."""
        decoded = self.ages().decoded
        if self._last_decoded is not None:
            self._per_second.append(max(0, decoded - self._last_decoded))
            self._measure(list(self._per_second))
        self._last_decoded = decoded

    def _measure(self, seconds: list[int]) -> None:
        if len(seconds) >= 2 and seconds[-1] and seconds[-2]:
            self.decoded_fps = float(max(seconds[-2:]))
        elif len(seconds) == _SECONDS:
            lonely = max(seconds) <= _LONELY and not any(one and other for one, other in pairwise(seconds))
            if lonely and sum(map(bool, seconds)) >= 2:
                self.decoded_fps = sum(seconds) / _SECONDS

    # What the wall asks for.

    def resize(self, width: int, height: int) -> None:
        """Have pictures of another size, in pixels; the last one stays valid until the next comes.

        Raises Fault(PICTURE_MEMORY_FULL); the size stays as it is then.
        """
        if (width, height) != (self.width, self.height) and not self._closed:
            self._owner.resize_tile(self, width, height)

    def prioritise(self, *, priority: bool) -> None:
        """Keep this tile's rate when the machine is overloaded."""
        if priority != self.priority and not self._closed:
            self._owner.prioritise_tile(self, priority=priority)

    def set_visible(self, *, visible: bool) -> None:
        """Whether anybody can see this tile; if not, nothing is decoded for it, and its last picture stays."""
        if visible != self.visible and not self._closed:
            self._owner.set_tile_visible(self, visible=visible)

    def close(self) -> None:
        """Show this tile no more. Pictures taken from it must have been let go."""
        if not self._closed:
            self._closed = True
            self._owner.close_tile(self)

    def carry(self, ages: Ages) -> None:
        """Keep what was known before a new generation until the decoder has taken that up."""
        self._carried = ages


class FileFeed(TileFeed):
    """A file under review in a tile. It plays at once; `verdict` says paused, live or ended."""

    _playing = True
    _speed = 1.0

    def play(self, *, speed: float = 1.0) -> None:
        """`speed` 1 is that of the recording."""
        self._playing, self._speed = True, speed
        self._owner.play(Playback(camera=self.camera_id, speed=speed))

    def pause(self) -> None:
        self._playing = False
        self._owner.play(Playback(camera=self.camera_id, speed=0.0))

    def seek(self, position_s: float) -> None:
        """Go to a place, in seconds from the start; the picture there is shown even while paused."""
        speed = self._speed if self._playing else 0.0
        self._owner.play(Playback(camera=self.camera_id, speed=speed, seek_s=position_s))

    def play_in_step(self, from_s: float, at_ns: int, *, speed: float, seek: bool) -> None:
        """Have what is at `from_s` due then by the monotonic clock, and the rest by `speed`, as others have.

        `seek` goes there; else it goes on from where it is, which should be near. Pictures are taken by `picture_near`.
        """
        self._playing, self._speed = True, speed
        seek_s = max(0.0, from_s) if seek else None
        self._owner.play(Playback(camera=self.camera_id, speed=speed, seek_s=seek_s, from_s=from_s, at_ns=at_ns))

    def picture_near(self, place_s: float) -> Picture | None:
        """The picture that is nearest to that place in the file, of those that are there; ask how near it is."""
        found = self.board.nearest(self.tile, round(place_s * 1e9))
        return self.picture(found) if found is not None else None

    @property
    def playing(self) -> bool:
        """Whether it runs: neither paused nor at its end."""
        return self._playing and not self.ended

    @property
    def ended(self) -> bool:
        report = self.report()
        if report is None or report.fault is not FaultCode.STREAM_ENDED:
            return False
        return self.duration_s - self.position_s < _NEAR_END_S  # the fault stays after it was sought back

    @property
    def position_s(self) -> float:
        """Where the picture is, as of the last report (once a second)."""
        report = self.report()
        return (report.position_s if report else None) or 0.0

    @property
    def duration_s(self) -> float:
        """Length of the file, 0 until it is known."""
        report = self.report()
        return (report.duration_s if report else None) or 0.0

    def verdict(self, now_ns: int) -> TileStatus:
        if not self._playing:
            return TileStatus(TileState.PAUSED)
        if self.ended:
            return TileStatus(TileState.PAUSED, None, FaultCode.STREAM_ENDED)
        status = super().verdict(now_ns)
        is_unfinished = status.state in {TileState.LIVE, TileState.REDUCED} and self.building
        return TileStatus(TileState.BUILDING, status.age_s) if is_unfinished else status

    @property
    def building(self) -> bool:
        """Whether the picture is built up still: nothing says that it is whole."""
        return self.ages().building_since_ns != 0


class ReplayFeed(TileFeed):
    """The recording of a camera in a tile, from `replay_from` on. It plays at once."""

    _playing = True
    _asked_s = 0.0
    _asked_ns = 0

    def replay_from(self, moment_s: float, now_ns: int) -> None:
        """Go to a moment, in seconds since the epoch, or as near to it as there is a recording."""
        self._ask(moment_s, now_ns)
        self._owner.play(Playback(camera=self.camera_id, speed=float(self._playing), seek_s=moment_s))

    def play(self, now_ns: int) -> None:
        self._ask(self.shown_s(now_ns), now_ns)
        self._playing = True
        self._owner.play(Playback(camera=self.camera_id, speed=1.0))

    def pause(self, now_ns: int) -> None:
        self._ask(self.shown_s(now_ns), now_ns)
        self._playing = False
        self._owner.play(Playback(camera=self.camera_id, speed=0.0))

    @property
    def playing(self) -> bool:
        return self._playing

    def shown_s(self, now_ns: int) -> float:
        """When what is shown now was recorded, in seconds since the epoch."""
        report = self._answer()
        position_s = report.position_s if report is not None else None
        if report is None or position_s is None:
            position_s, since_ns = self._asked_s, self._asked_ns
        else:
            since_ns = self._owner.reported_ns(report)
        return position_s + (min((now_ns - since_ns) / 1e9, _LONGEST_GUESS_S) if self._playing else 0.0)

    @property
    def ended_by(self) -> FaultCode | None:
        """Why there is no more: STREAM_ENDED at the end of the recording, FOOTAGE_MISSING where there is none."""
        report = self._answer()
        return report.fault if report is not None else None

    def _ask(self, moment_s: float, now_ns: int) -> None:
        self._asked_s, self._asked_ns = moment_s, now_ns

    def _answer(self) -> StreamReport | None:
        """What the engine said after it was last asked for something."""
        report = self.report()
        return (
            report if report is not None and self._owner.reported_ns(report) > self._asked_ns + _ANSWERED_NS else None
        )


def _age_s(since_ns: int, now_ns: int) -> float | None:
    return max(0.0, (now_ns - since_ns) / 1e9) if since_ns else None
