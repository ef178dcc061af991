"""A file on this machine, demuxed and decoded in real time by the decoder itself: clips, and `view` of files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import BinaryIO, Final

import av
from av.codec.context import Flags
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import DecodePlan
from tmcwall.video.decode.stream_decoder import Counts, TilePainter
from tmcwall.video.decode.wholeness import Wholeness
from tmcwall.video.ipc.access_units import AccessUnit
from tmcwall.video.ipc.messages import LARGEST_HEIGHT, LARGEST_WIDTH, Output, SetPlayback

_AHEAD_NS: Final = 40_000_000
"""Pictures are handed over this long before they are due, so that the wall can keep their rhythm."""

_RUN_ON_S: Final = 1.0
"""So far forth it is nearer from where it is than from the key picture before."""

_NOT_SHOWN: Final = -(1 << 60)
"""The time of a picture that was only decoded so that others can rest on it."""


class PlayedFile:
    """Plays a file once, then reports Fault(STREAM_ENDED); it can be sought back from there. A face as LiveStream's."""

    def __init__(self, *, file: BinaryIO, painter: TilePainter, clock: Clock, failed: Callable[[Fault], None]) -> None:
        """`file` is closed at the end of `run`. It alone is read: nothing that it names is opened."""
        self.counts = Counts()
        self.position_s = 0.0
        self.duration_s = 0.0
        self._file = file
        self._painter = painter
        self._clock = clock
        self._failed = failed
        self._queue: SimpleQueue[SetPlayback | tuple[Output, ...] | None] = SimpleQueue()
        self._speed = 1.0
        self._from_s = 0.0
        self._at_ns: int | None = None
        self._seek_s: float | None = None
        self._closed = False
        self._building_since_ns = 0
        """Since when no whole picture has come."""

    def offer(self, unit: AccessUnit) -> None:
        """Access units never come for a file."""

    def set_outputs(self, outputs: Sequence[Output]) -> None:
        self._queue.put(tuple(outputs))

    def set_plan(self, plan: DecodePlan) -> None:
        """A file under review is always decoded in full."""

    def set_playback(self, playback: SetPlayback) -> None:
        self._queue.put(playback)

    def close(self) -> None:
        self._queue.put(None)

    def run(self) -> None:
        """Play until `close`. What the world causes is not raised: it goes to `failed`."""
        try:
            with self._file, av.open(self._file, mode="r") as container:
                self._play(container)
        except Fault as fault:
            self._failed(fault)
        except (av.error.FFmpegError, OSError) as error:
            self._failed(Fault(FaultCode.FILE_UNREADABLE, type(error).__name__, retryable=False))
        finally:
            self._painter.close()

    def _play(self, container: InputContainer) -> None:
        if not container.streams.video:
            raise Fault(FaultCode.NO_VIDEO, retryable=False)
        streams = container.streams.video
        for stream in streams:
            stream.codec_context.thread_count = 1
            stream.codec_context.thread_type = "NONE"
            # Where nothing says that decoding can start, FFmpeg gives out nothing unless it is asked for all there is.
            stream.codec_context.flags |= Flags.output_corrupt
        start_s = _begins_s(streams[0])
        self.duration_s = (container.duration or 0) / av.time_base
        while not self._closed:
            self._play_from(container, streams, start_s)
            if not self._interrupted():
                self._failed(Fault(FaultCode.STREAM_ENDED, retryable=False))
                while not self._interrupted():
                    self._handle_one(timeout_s=None)

    def _play_from(self, container: InputContainer, streams: Sequence[VideoStream], start_s: float) -> None:
        """Play from where `_seek_s` asks, or from the start, until the end or until another place is asked for."""
        self._handle_waiting()
        target_s, self._seek_s = self._seek_s or 0.0, None
        due_ns = self._clock.monotonic_ns() + _AHEAD_NS
        last_s: float | None = None
        self._building_since_ns = 0
        for frame, whole in self._frames_of_all(container, streams, start_s + target_s):
            position_s = (frame.time or 0.0) - start_s
            if position_s < target_s - 1e-3:
                continue
            if last_s is not None:
                due_ns = self._due(due_ns, position_s - last_s, position_s)
                if self._interrupted():
                    ahead_s = self._runs_on_to(position_s)
                    if ahead_s is None:
                        return
                    target_s, last_s, due_ns = ahead_s, None, self._clock.monotonic_ns() + _AHEAD_NS
                    if position_s < target_s - 1e-3:
                        continue
            last_s = self.position_s = position_s
            self._mark_building(not whole)
            self._painter.paint(frame, schedule_ns=due_ns, place_ns=round(position_s * 1e9))
            self.counts.decoded += 1
            for writer in self._painter.writers:
                writer.packet_arrived(self._clock.monotonic_ns())

    def _runs_on_to(self, position_s: float) -> float | None:
        """Where it was sent to, if that lies shortly behind the picture at hand, which is not shown yet."""
        self._handle_waiting()
        asked_s = self._seek_s
        if self._closed or asked_s is None or not 0.0 <= asked_s - position_s + 1e-3 <= _RUN_ON_S:
            return None
        self._seek_s = None
        return asked_s

    def _frames_of_all(
        self, container: InputContainer, streams: Sequence[VideoStream], from_s: float
    ) -> Iterator[tuple[VideoFrame, bool]]:
        """Of all tracks, one after the other: a clip has a track for each codec that its camera sent. With each picture
        whether it is whole: where no key picture is in front, it is built up bit by bit.
        """
        running = max((number for number, stream in enumerate(streams) if _begins_s(stream) <= from_s), default=0)
        for stream in streams[running:]:
            assert stream.time_base is not None
            begin_s = max(from_s, _begins_s(stream))
            container.seek(int(begin_s / stream.time_base), stream=stream, backward=True, any_frame=False)
            yield from self._frames(container, stream)

    def _frames(self, container: InputContainer, stream: VideoStream) -> Iterator[tuple[VideoFrame, bool]]:
        wholeness = Wholeness(stream)
        begins = True
        for packet in container.demux(stream):
            wholeness.take(packet)
            before, begins = wholeness.picture_before(packet) if begins else b"", False
            self._painter.enter_codec()
            try:
                if before:
                    _decode_before(stream, before)
                frames = packet.decode()
            except av.error.InvalidDataError:
                self.counts.errors += 1
                continue
            finally:
                self._painter.leave_codec()
            for frame in frames:
                if frame.pts == _NOT_SHOWN:
                    continue
                if frame.width > LARGEST_WIDTH or frame.height > LARGEST_HEIGHT:
                    raise Fault(FaultCode.PICTURE_TOO_LARGE, f"{frame.width}x{frame.height}", retryable=False)
                self.counts.width = frame.width
                self.counts.height = frame.height
                yield frame, wholeness.holds(frame.pts) or not frame.is_corrupt

    def _mark_building(self, building: bool) -> None:  # noqa: FBT001 - what it says is its one fact
        if building and not self._building_since_ns:
            self._building_since_ns = self._clock.monotonic_ns()
        elif not building:
            self._building_since_ns = 0
        self._painter.mark_building(self._building_since_ns)

    def _due(self, last_due_ns: int, step_s: float, position_s: float) -> int:
        """Wait until the next picture may be handed over; when it is due. Commands are obeyed meanwhile."""
        left_s = max(0.0, step_s)
        due_ns = last_due_ns
        while not self._interrupted():
            if self._speed == 0:
                self._handle_one(timeout_s=None)
                due_ns = self._clock.monotonic_ns() + _AHEAD_NS
                continue
            speed, ahead_ns = self._speed, float(_AHEAD_NS)
            if self._at_ns is None:
                due_ns += int(left_s / speed * 1e9)
                left_s = 0.0
            else:
                # One of several in step: whoever gave them their clock sees to it that all can keep up.
                due_ns = self._at_ns + int((position_s - self._from_s) / speed * 1e9)
                ahead_ns /= max(1.0, speed)
            wait_s = (due_ns - ahead_ns - self._clock.monotonic_ns()) / 1e9
            if wait_s < -1 and self._at_ns is None:
                due_ns = self._clock.monotonic_ns() + _AHEAD_NS  # the machine was asleep or too slow: no hurry after it
                break
            if not self._handle_one(timeout_s=max(0.0, wait_s)):
                break
        return due_ns

    def _interrupted(self) -> bool:
        return self._closed or self._seek_s is not None

    def _handle_waiting(self) -> None:
        while self._handle_one(timeout_s=0.0):
            pass

    def _handle_one(self, *, timeout_s: float | None) -> bool:
        try:
            item = self._queue.get(timeout=timeout_s)
        except Empty:
            return False
        if item is None:
            self._closed = True
        elif isinstance(item, SetPlayback):
            self._speed = max(0.0, item.speed)
            self._from_s, self._at_ns = item.from_s, item.at_ns
            if item.seek_s is not None:
                self._seek_s = max(0.0, item.seek_s)
        else:
            self._painter.set_outputs(item)
        return True


def _decode_before(stream: VideoStream, before: bytes) -> None:
    packet = Packet(before)
    packet.pts = _NOT_SHOWN
    with suppress(av.error.InvalidDataError):
        stream.codec_context.decode(packet)


def _begins_s(stream: VideoStream) -> float:
    """When a track begins, in seconds of its file."""
    return float((stream.start_time or 0) * stream.time_base) if stream.time_base else 0.0
