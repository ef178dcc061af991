"""One stream's way from access units to the pixels of its tiles; runs in a thread of its own in a decoder process."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final

import av
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import DecodePlan
from tmcwall.rtsp.codecs import H264
from tmcwall.rtsp.h264 import picture_before, with_recovery_point
from tmcwall.video.decode.hardware import Hardware
from tmcwall.video.decode.picture_monitor import PictureMonitor
from tmcwall.video.decode.scaling import Scaler, plane_rows
from tmcwall.video.decode.scene_reference import SceneReference
from tmcwall.video.ipc.access_units import AccessUnit
from tmcwall.video.ipc.messages import LARGEST_HEIGHT, LARGEST_WIDTH, Output
from tmcwall.video.ipc.shared_frames import SLOTS, Memory, TileWriter

CODECS: Final = frozenset({"h264", "hevc", "mjpeg"})
_BEHIND: Final = 25
"""Access units waiting: a second of an ordinary camera. Then everything before the newest key frame is skipped. Without
one, as when the engine hands over the pictures since the last key frame at once, all are decoded but few converted: the
first, for a picture that is a second old is better than none, and the newest."""
_FULL: Final = 250
"""Access units waiting when no more are taken: the thread hangs in the codec."""
_SHOWN_EVERY_NS: Final = 200_000_000
"""However many wait, one picture in that time is converted: who is a little behind all the time would show none."""
_HOPELESS_KEY_FRAMES: Final = 5
_REST_COMES_WITHIN_S: Final = 0.5
"""The rest of a picture comes right behind its beginning; what is followed by nothing is whole."""


class TilePainter:
    """The tiles a stream is painted into, and the watch over what it shows. For the stream's thread."""

    def __init__(
        self,
        memory: Memory,
        clock: Clock,
        *,
        watch: PictureMonitor | None = None,
        learnt: Callable[[SceneReference], None] = lambda reference: None,  # noqa: ARG005 - named as it is called
    ) -> None:
        """`learnt` is told of each reference that should be kept."""
        self._memory = memory
        self._learnt = learnt
        self._clock = clock
        self.watch = watch or PictureMonitor()
        self._tiles: dict[Output, tuple[TileWriter, Scaler]] = {}
        self.writers: tuple[TileWriter, ...] = ()
        """Replaced as a whole, so that another thread may read it."""

    def set_outputs(self, outputs: Sequence[Output]) -> None:
        """Paint into these tiles from now on. Raises Fault(PROTOCOL_BROKEN) for a tile outside the memory."""
        for gone in self._tiles.keys() - set(outputs):
            writer, old = self._tiles.pop(gone)
            writer.close()
            old.close()
        for new in outputs:
            if new not in self._tiles:
                writer = TileWriter(
                    self._memory,
                    tile=new.tile,
                    generation=new.generation,
                    offset=new.offset,
                    width=new.width,
                    height=new.height,
                )
                self._tiles[new] = (writer, Scaler(new.width, new.height))
                self._pass_on(writer)
        self.writers = tuple(writer for writer, _ in self._tiles.values())

    def paint(
        self,
        frame: VideoFrame,
        *,
        schedule_ns: int,
        seen_ns: int | None = None,
        place_ns: int = 0,
        skip: bool = False,
    ) -> None:
        """Convert a picture into every tile and publish it (`TileWriter.publish`); `skip` only notes that it came."""
        now_ns = self._clock.monotonic_ns()
        if self.watch.due(now_ns):
            self._look(frame, now_ns)
        for writer, convert in self._tiles.values():
            if not writer.writes:
                continue
            if skip:
                writer.picture_skipped()
                continue
            colours = convert.convert(frame, writer.begin())
            writer.publish(
                schedule_ns=schedule_ns,
                now_ns=self._clock.monotonic_ns(),
                colours=colours,
                seen_ns=seen_ns,
                place_ns=place_ns,
            )

    def enter_codec(self) -> None:
        """FFmpeg gets a stranger's bytes: whoever finds this mark left behind knows of whose bytes a decoder died."""
        now_ns = self._clock.monotonic_ns()
        for writer in self.writers:
            writer.mark_codec(now_ns)

    def leave_codec(self) -> None:
        for writer in self.writers:
            writer.mark_codec(0)

    def mark_building(self, since_ns: int) -> None:
        """See `TileWriter.mark_building`."""
        for writer in self.writers:
            writer.mark_building(since_ns)

    def damage_found(self) -> None:
        for writer in self.writers:
            writer.damage_found()

    def close(self) -> None:
        self.set_outputs(())

    def _pass_on(self, writer: TileWriter) -> None:
        """What is known holds in a new tile, too, and what is known of a tile holds under a new watch."""
        if self.watch.has_looked:
            self._observe(writer)
        elif (findings := writer.findings) is not None:
            self.watch.resume(findings)

    def _observe(self, writer: TileWriter) -> None:
        watch = self.watch
        writer.observe(
            last_change_ns=watch.last_change_ns,
            black_since_ns=watch.black_since_ns,
            moved_since_ns=watch.moved_since_ns,
        )

    def _look(self, frame: VideoFrame, now_ns: int) -> None:
        luma = plane_rows(frame.planes[0], frame.height)
        watch = self.watch
        watch.look(luma[:, : frame.width], now_ns)
        for writer in self.writers:
            self._observe(writer)
        learnt = watch.take_learnt()
        if learnt is not None:
            self._learnt(learnt)


@dataclass(frozen=True, slots=True)
class _Expected:
    """What the stream is to show; None: what it shows now, to be learnt."""

    reference: SceneReference | None


_Item = AccessUnit | tuple[Output, ...] | DecodePlan | _Expected | None


@dataclass(slots=True)
class Counts:
    """What a stream has done so far. Written by its thread, read by the one that reports."""

    decoded: int = 0
    errors: int = 0
    skipped: int = 0
    width: int = 0
    height: int = 0
    lag_ns: int = 0
    """From arrival to picture, of all pictures since the reader of the counts last asked; `timed` is how many."""
    timed: int = 0


class LiveStream:
    """Access units in, pictures into tiles. Garbage after a loss is hidden until the next key frame."""

    def __init__(
        self,
        *,
        codec: str,
        painter: TilePainter,
        clock: Clock,
        failed: Callable[[Fault], None],
        hardware: Hardware | None = None,
    ) -> None:
        """Without `hardware` software decodes. Raises Fault(CODEC_UNSUPPORTED)."""
        if codec not in CODECS:
            raise Fault(FaultCode.CODEC_UNSUPPORTED, codec, retryable=False)
        self.counts = Counts()
        self.device = (hardware or Hardware(None, clock=clock)).for_stream(codec)
        self._codec = codec
        self._painter = painter
        self._clock = clock
        self._failed = failed
        self._queue: SimpleQueue[_Item] = SimpleQueue()
        self._backlog: deque[_Item] = deque()
        self._context: VideoCodecContext | None = None
        self._plan = DecodePlan.FULL
        self._waiting_for_key_frame = True
        self._refused_key_frames = 0
        self._overflown = False
        self._ended = False
        self._reopen = False
        self._is_built_up = False
        """Its key frames show nothing by themselves, so that all is decoded under every plan but PAUSED."""
        self._until_whole = 0
        """So many pictures more are decoded that are not whole yet."""
        self._not_whole: set[int] = set()
        """When those are due: they are not shown."""
        self._building_since_ns = 0
        self._withheld: tuple[VideoFrame, AccessUnit] | None = None
        """A picture that may be a part of one, until what comes next tells."""
        self._shown_ns: int | None = None
        """When a picture was last converted into these tiles."""
        self._handed_over_ns = clock.monotonic_ns()
        """What arrived before was handed over with its whole GOP, and is late for no lack of power."""

    # For the thread that reads the pipe.

    def offer(self, unit: AccessUnit) -> None:
        """Take an access unit; never waits."""
        now_ns = self._clock.monotonic_ns()
        for writer in self._painter.writers:
            writer.packet_arrived(now_ns)
        if self._ended:
            return
        if self._overflown:
            if not unit.key or self._queue.qsize() > _BEHIND:
                return
            self._overflown = False
        if self._queue.qsize() > _FULL:
            self._overflown = True
            return
        self._queue.put(unit)

    def set_outputs(self, outputs: Sequence[Output]) -> None:
        self._queue.put(tuple(outputs))

    def set_plan(self, plan: DecodePlan) -> None:
        self._queue.put(plan)

    def expect_view(self, reference: SceneReference | None) -> None:
        """Compare what is shown with that from now on; with None learn it anew."""
        self._queue.put(_Expected(reference))

    def close(self) -> None:
        """Have `run` end after what it does now."""
        self._queue.put(None)

    # For the stream's own thread.

    def run(self) -> None:
        """Decode until `close`. What the world causes is not raised: it goes to `failed`."""
        try:
            while (item := self._next()) is not None:
                if isinstance(item, AccessUnit):
                    self._decode(item)
                elif isinstance(item, DecodePlan):
                    self._follow(item)
                elif isinstance(item, _Expected):
                    self._painter.watch.expect(item.reference)
                else:
                    self._painter.set_outputs(item)
                    self._shown_ns = None
        except Fault as fault:
            self._failed(fault)
        finally:
            self._painter.close()
            # Whoever still knows of this stream keeps neither a codec with its pictures alive, nor what came too late.
            self._ended = True
            self._context = None
            self._withheld = None
            self._backlog.clear()
            self._queue = SimpleQueue()

    def _next(self) -> _Item:
        if not self._backlog:
            if self._queue.qsize() <= _BEHIND:
                return self._wait()
            self._skip_to_newest_key_frame()
        return self._backlog.popleft()

    def _wait(self) -> _Item:
        """For what comes next; a picture that is withheld is shown where nothing does soon."""
        if self._withheld is not None:
            try:
                return self._queue.get(timeout=_REST_COMES_WITHIN_S)
            except Empty:
                self._let_withheld_go(show=True)
        return self._queue.get()

    def _let_withheld_go(self, *, show: bool) -> None:
        if self._withheld is not None:
            (frame, unit), self._withheld = self._withheld, None
            if show:
                self._show(frame, unit)

    def _skip_to_newest_key_frame(self) -> None:
        waiting = [self._queue.get() for _ in range(self._queue.qsize())]
        keys = [index for index, item in enumerate(waiting) if isinstance(item, AccessUnit) and _is_whole_key(item)]
        if not keys:
            self._backlog.extend(waiting)
            return
        self._waiting_for_key_frame = True
        for index, item in enumerate(waiting):
            if isinstance(item, AccessUnit) and index < keys[-1]:
                self.counts.skipped += 1
            else:
                self._backlog.append(item)

    def _follow(self, plan: DecodePlan) -> None:
        if plan is self._plan:
            return
        # The loop filter can only be chosen when the codec is opened: done at the next key frame, so that none is lost.
        self._reopen |= DecodePlan.NO_DEBLOCK in {plan, self._plan}
        if self._plan in {DecodePlan.PAUSED, DecodePlan.KEY_FRAMES}:
            self._waiting_for_key_frame = True
            self._handed_over_ns = self._clock.monotonic_ns()
        self._plan = plan

    @property
    def _key_frames_only(self) -> bool:
        return self._plan is DecodePlan.KEY_FRAMES and not self._is_built_up

    def _leaves_out(self, unit: AccessUnit) -> bool:
        """Whether the plan does without a unit."""
        if unit.key:
            self._is_built_up = unit.until_whole > 0
        return self._plan is DecodePlan.PAUSED or (self._key_frames_only and not unit.key)

    def _decode(self, unit: AccessUnit) -> None:
        if self._leaves_out(unit):
            return
        if unit.damaged:
            self._painter.damage_found()
            self._waiting_for_key_frame = True
        if _is_whole_key(unit) and (self._reopen or self.device.worth_another_try):
            self._reopen = False
            self._context = None
        self._let_withheld_go(show=not unit.damaged)
        begins = self._waiting_for_key_frame or self._context is None
        if self._waiting_for_key_frame:
            if not unit.key:
                return
            if self._context is not None:
                self._context.flush_buffers()
            self._waiting_for_key_frame = False
        if self._context is None:
            self._context = self.device.open() or open_codec(
                self._codec, loop_filter=self._plan is not DecodePlan.NO_DEBLOCK
            )
        packet = av.Packet(self._begin(unit) if begins else unit.payload)
        packet.pts = packet.dts = unit.schedule_ns
        if self._until_whole > 0:
            self._until_whole -= 1
            self._not_whole.add(unit.schedule_ns)
        self._painter.enter_codec()
        try:
            self._show_pictures(self._context, packet, unit, begins=begins)
        except av.error.FFmpegError as error:
            if self.device.accelerated:
                self._fall_back(unit)
            else:
                self._note_refused(unit, error)
        finally:
            self._painter.leave_codec()
            if self._building_since_ns:
                self._painter.mark_building(self._building_since_ns)

    def _show_pictures(
        self, context: VideoCodecContext, packet: av.Packet[Stream], unit: AccessUnit, *, begins: bool
    ) -> None:
        """Those that a unit brings."""
        if begins and unit.until_whole and self._codec == H264:
            _decode_before(context, unit)
        frames = context.decode(packet)
        if self._key_frames_only and not frames:
            # It waits for later pictures to bring them into order, and none will come.
            frames = context.decode(None)
            context.flush_buffers()
        for frame in frames:
            if frame.pts in self._not_whole:
                continue
            if unit.end_unproven:
                self._withheld = (frame, unit)
            else:
                self._show(frame, unit)

    def _begin(self, unit: AccessUnit) -> bytes:
        """Decoding starts with that unit; the answer is what the codec gets."""
        self._until_whole = unit.until_whole
        self._not_whole.clear()
        self._building_since_ns = self._clock.monotonic_ns() if unit.until_whole else 0
        return with_recovery_point(unit.payload) if self._codec == H264 else unit.payload

    def _fall_back(self, unit: AccessUnit) -> None:
        """Whether the device or the picture is at fault, software says: at once for a key frame."""
        self.device.give_up()
        self._context = None
        self._waiting_for_key_frame = True
        if unit.key:
            self._decode(unit)

    def _show(self, frame: VideoFrame, unit: AccessUnit) -> None:
        if frame.is_corrupt:
            self.counts.errors += 1
            self._painter.damage_found()
            self._waiting_for_key_frame = True
            return
        if self._building_since_ns:
            self._building_since_ns = 0
            self._painter.mark_building(0)
        counts = self.counts
        counts.decoded += 1
        counts.width = frame.width
        counts.height = frame.height
        self._refused_key_frames = 0
        schedule_ns = unit.schedule_ns if frame.pts is None else frame.pts
        now_ns = self._clock.monotonic_ns()
        if unit.arrival_ns >= self._handed_over_ns:
            counts.lag_ns += now_ns - unit.arrival_ns
            counts.timed += 1
        newer_waiting = len(self._backlog) + self._queue.qsize()
        skip = newer_waiting >= SLOTS and self._shown_ns is not None and now_ns - self._shown_ns < _SHOWN_EVERY_NS
        if not skip:
            self._shown_ns = now_ns
        # A decoder that is behind shows old pictures: their age is that of what they show, not of their decoding.
        seen_ns = min(now_ns, max(unit.arrival_ns, schedule_ns))
        self._painter.paint(frame, schedule_ns=schedule_ns, seen_ns=seen_ns, skip=skip)

    def _note_refused(self, unit: AccessUnit, error: av.error.FFmpegError) -> None:
        self.counts.errors += 1
        self._painter.damage_found()
        self._waiting_for_key_frame = True
        self._context = None
        if unit.key:
            self._refused_key_frames += 1
            if self._refused_key_frames >= _HOPELESS_KEY_FRAMES:
                raise Fault(FaultCode.STREAM_BROKEN, type(error).__name__)


def _is_whole_key(unit: AccessUnit) -> bool:
    """Whether a picture is whole at once where decoding starts with it."""
    return unit.key and unit.until_whole == 0


def _decode_before(context: VideoCodecContext, unit: AccessUnit) -> None:
    """So that the decoder has something that the unit can rest on."""
    before = picture_before(unit.payload)
    if before:
        with suppress(av.error.InvalidDataError):
            context.decode(av.Packet(before))


def open_codec(codec: str, *, loop_filter: bool = True) -> VideoCodecContext:
    """A decoder of one thread that allocates no picture above the largest size."""
    context = av.CodecContext.create(codec, "r")
    assert isinstance(context, VideoCodecContext)
    context.thread_count = 1
    context.thread_type = "NONE"
    context.options = {"max_pixels": str(LARGEST_WIDTH * LARGEST_HEIGHT)}
    if not loop_filter:
        context.options["skip_loop_filter"] = "all"
    return context
