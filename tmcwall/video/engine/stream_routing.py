"""Which stream goes to which decoder for which tile: opened, switched without a gap, and ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Final, Protocol

from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import DecodePlan
from tmcwall.rtsp.codecs import H264
from tmcwall.video.engine.budget.decodings import Place
from tmcwall.video.engine.budget.plan import Demand, StreamPlan
from tmcwall.video.ipc.access_units import AccessUnit, pack_access_unit
from tmcwall.video.ipc.messages import (
    CloseStream,
    DecodedReport,
    DecoderCommand,
    ExpectView,
    OpenStream,
    Output,
    Playback,
    SetOutputs,
    SetPlan,
    SetPlayback,
    ShowTile,
    StreamFault,
    ViewLearnt,
)
from tmcwall.video.ipc.timeline import TimedUnit
from tmcwall.video.sessions.access_unit_source import AccessUnitSource, StreamKey

LONGEST_REPLAY: Final = 200
"""Access units of a GOP that a decoder is given at once; it takes 250."""

TileKey = tuple[int, int]
"""(decoder, tile)"""


class DecoderPort(Protocol):
    """What routing needs of a decoder."""

    ready: bool
    streams: int

    @property
    def behind(self) -> bool: ...

    def send(self, command: DecoderCommand) -> None: ...

    def write(self, buffers: list[bytes]) -> None: ...


@dataclass(slots=True)
class Tile:
    """One tile: what was asked, which stream it should have, and which one it is painted from now."""

    shown: ShowTile
    wanted: StreamKey
    current: StreamKey | None = None

    @property
    def output(self) -> Output:
        shown = self.shown
        return Output(
            tile=shown.tile,
            generation=shown.generation,
            offset=shown.offset,
            width=shown.width,
            height=shown.height,
        )


@dataclass(slots=True)
class Channel:
    """One stream on one decoder. `number` is its name on the pipe, new with each opening."""

    key: StreamKey
    decoder: int
    path: bytes = b""
    number: int = 0
    codec: str = ""
    """What it was opened for."""
    is_open: bool = False
    outputs: dict[int, Output] = field(default_factory=dict)
    waiting_for_key: bool = True
    waits_for_key_ns: int = 0
    """When the first picture came that it cannot begin with, though nothing was left out; 0: none."""
    left_out: bool = False
    is_built_up: bool = False
    """Its key frames show nothing by themselves: each is whole some pictures later."""
    learns_anew: bool = False
    """Its view was accepted while it was not open."""
    stream_plan: StreamPlan = field(default_factory=StreamPlan)
    report: DecodedReport | None = None
    fault: FaultCode | None = None
    detail: str = ""


class Routing:
    """Tiles to streams to decoders. Knows no network and no process: both come through the constructor.

    `stream` gives the running stream of a key, or None for a file, whose path `file_of` gives. `switched` is called
    when a tile has changed over to another stream, so that the old one may end. A `held` stream is not opened.
    `opened` is called for each stream that a decoder begins with, `view_checked` is whether the view of one has a
    reference.
    """

    def __init__(
        self,
        decoders: Mapping[int, DecoderPort],
        *,
        stream: Callable[[StreamKey], AccessUnitSource | None],
        file_of: Callable[[StreamKey], bytes],
        switched: Callable[[], None],
        held: Callable[[StreamKey], bool] = lambda key: False,  # noqa: ARG005 - named as it is called
        opened: Callable[[StreamKey], None] = lambda key: None,  # noqa: ARG005 - named as it is called
        view_checked: Callable[[StreamKey], bool] = lambda key: True,  # noqa: ARG005 - named as it is called
    ) -> None:
        self._decoders = decoders
        self._stream = stream
        self._file_of = file_of
        self._switched = switched
        self._held = held
        self._opened = opened
        self._view_checked = view_checked
        self._numbers = count(1)
        self._channels: dict[Place, Channel] = {}
        self._by_number: dict[tuple[int, int], Channel] = {}
        self._playbacks: dict[str, Playback] = {}
        """As last asked for, of each file."""
        self._sinks: dict[Place, Callable[[TimedUnit], None]] = {}
        self.tiles: dict[TileKey, Tile] = {}

    def show(self, shown: ShowTile, wanted: StreamKey) -> None:
        """Paint a camera into a tile; what was there ends at once if it is another camera."""
        key = (shown.decoder, shown.tile)
        tile = self.tiles.get(key)
        if tile is None or tile.wanted.camera != wanted.camera:
            self.hide(key)
            tile = self.tiles[key] = Tile(shown, wanted)
        resized = tile.shown is not shown and tile.current is not None
        tile.shown = shown
        tile.wanted = wanted
        if resized and tile.current is not None:
            self._paint(tile, tile.current)
        self._attach(tile)

    def hide(self, key: TileKey) -> None:
        tile = self.tiles.pop(key, None)
        if tile is not None:
            self._tidy(key[0])

    def retarget(self, key: TileKey, wanted: StreamKey) -> None:
        """Give a tile its camera's other stream; the old one plays until the new one's first key frame."""
        tile = self.tiles[key]
        if tile.wanted != wanted:
            tile.wanted = wanted
            self._attach(tile)
            self._tidy(key[0])

    def wanted_streams(self) -> set[StreamKey]:
        """Every stream that a tile is painted from or waits for."""
        wanted = {tile.wanted for tile in self.tiles.values()}
        return wanted | {tile.current for tile in self.tiles.values() if tile.current is not None}

    def stream_replaced(self, key: StreamKey) -> None:
        """The stream of that key is another object now (its URL changed), or ended."""
        for channel in [channel for channel in self._channels.values() if channel.key == key]:
            self._close(channel)
        for tile in self.tiles.values():
            if tile.current == key:
                tile.current = None
            if tile.wanted == key:
                self._attach(tile)

    def decoder_lost(self, decoder: int) -> None:
        for channel in self._on(decoder):
            self._forget_number(channel)
            channel.is_open = False
            channel.report = None

    def decoder_ready(self, decoder: int) -> None:
        """Open on the new process everything the old one had."""
        for channel in self._on(decoder):
            self._open(channel)

    def open_again(self, key: StreamKey) -> None:
        """The stream is no longer held."""
        for channel in self.channels_of(key):
            self._open(channel)

    def inside_codec(self, decoder: int, since_ns: Callable[[int], int]) -> dict[StreamKey, int]:
        """The streams of a decoder that are inside a codec, with since when; `since_ns` gives that of a tile."""
        marks = {
            channel.key: max(map(since_ns, channel.outputs), default=0)
            for channel in self._on(decoder)
            if channel.is_open
        }
        return {key: mark for key, mark in marks.items() if mark}

    def playback(self, asked: Playback) -> None:
        """How a file is played, also by a decoder that opens it later: its tile may not have one yet."""
        self._playbacks[asked.camera] = asked
        for channel in self._channels.values():
            if channel.key.camera == asked.camera and channel.path and channel.is_open:
                self._send_playback(channel, asked)

    def forget_playbacks(self, cameras: Iterable[str]) -> None:
        """These are files no more."""
        for camera in cameras:
            self._playbacks.pop(camera, None)

    def expect_view(self, key: StreamKey, view: bytes) -> None:
        """What the stream is to show; empty: what it shows now."""
        for channel in self.channels_of(key):
            if channel.is_open:
                self._decoders[channel.decoder].send(ExpectView(stream=channel.number, view=view))
            elif not view:
                channel.learns_anew = True

    def reported(self, decoder: int, report: DecodedReport | ViewLearnt | StreamFault) -> Channel | None:
        """Keep a decoder's report on one of its own streams; None for a stream it does not have."""
        channel = self._by_number.get((decoder, report.stream))
        if channel is None:
            return None
        if isinstance(report, StreamFault):
            channel.fault, channel.detail = report.fault, report.detail[:200]
        elif isinstance(report, DecodedReport):
            channel.report = report
        return channel

    def demands(self) -> dict[Place, Demand]:
        """What the tiles ask of every stream on its decoder, ranked as the tiles were opened; not of files."""
        found: dict[Place, Demand] = {}
        for tile in self.tiles.values():
            shown = tile.shown
            for key in dict.fromkeys((tile.current or tile.wanted, tile.wanted)):
                place = (key, shown.decoder)
                channel = self._channels.get(place)
                if channel is None or channel.path:
                    continue
                rank = (shown.tile, shown.decoder)
                before = found.get(place, Demand(visible=False, rank=rank))
                found[place] = Demand(
                    visible=before.visible or shown.visible,
                    priority=before.priority or (shown.priority and shown.visible),
                    pixels=max(before.pixels, shown.width * shown.height if shown.visible else 0),
                    rank=min(before.rank, rank),
                )
        return found

    def allot(self, plans: Mapping[Place, StreamPlan]) -> None:
        """Give every stream its plan from now on. One that somebody begins to look at moves at once; one that is
        given back what it had to yield waits for its key frame, for many are at a time.
        """
        for place, stream_plan in plans.items():
            channel = self._channels.get(place)
            if channel is None or channel.stream_plan == stream_plan:
                continue
            before, channel.stream_plan = channel.stream_plan, stream_plan
            if channel.is_open and before.plan is not stream_plan.plan:
                self._decoders[channel.decoder].send(SetPlan(stream=channel.number, plan=stream_plan.plan))
                at_once = stream_plan.plan is DecodePlan.FULL or channel.is_built_up
                if before.plan is DecodePlan.PAUSED or (before.plan is DecodePlan.KEY_FRAMES and at_once):
                    self._replay(channel)

    def lags_s(self) -> list[float]:
        """How late the pictures of every stream are that is decoded now, by its decoder's last report."""
        return [
            channel.report.lag_s
            for channel in self._channels.values()
            if channel.report is not None and not channel.path and channel.stream_plan.plan is not DecodePlan.PAUSED
        ]

    def channels(self) -> Iterable[Channel]:
        return self._channels.values()

    def channels_of(self, key: StreamKey) -> Iterable[Channel]:
        return (channel for channel in self._channels.values() if channel.key == key)

    def _on(self, decoder: int) -> list[Channel]:
        return [channel for channel in self._channels.values() if channel.decoder == decoder]

    def _attach(self, tile: Tile) -> None:
        """Let the wanted stream come to the tile's decoder, and paint the tile from it once a key frame is there."""
        decoder = tile.shown.decoder
        place = (tile.wanted, decoder)
        if tile.current == tile.wanted and place in self._channels:
            return
        stream = self._stream(tile.wanted)
        path = self._file_of(tile.wanted) if stream is None else b""
        channel = self._channels.get(place)
        if channel is None:
            channel = self._channels[place] = Channel(tile.wanted, decoder, path)
            if stream is not None:
                sink = self._sinks[place] = partial(self._send, channel)
                stream.add_sink(sink)
        if path or tile.current is None or (stream is not None and stream.gop):
            self._switch(tile, channel)

    def _switch(self, tile: Tile, channel: Channel) -> None:
        """From here on the tile is painted from this channel."""
        before, tile.current = tile.current, channel.key
        if before is not None and before != channel.key:
            self._unpaint(tile, before)
            self._switched()
        self._paint(tile, channel.key)
        self._tidy(channel.decoder)

    def _paint(self, tile: Tile, key: StreamKey) -> None:
        channel = self._channels[key, tile.shown.decoder]
        channel.outputs[tile.shown.tile] = tile.output
        if channel.is_open:
            self._send_outputs(channel)
        else:
            self._open(channel)

    def _unpaint(self, tile: Tile, key: StreamKey) -> None:
        channel = self._channels.get((key, tile.shown.decoder))
        if channel is not None and channel.outputs.pop(tile.shown.tile, None) is not None and channel.outputs:
            self._send_outputs(channel)

    def _send_outputs(self, channel: Channel) -> None:
        if channel.is_open:
            outputs = list(channel.outputs.values())
            self._decoders[channel.decoder].send(SetOutputs(stream=channel.number, outputs=outputs))

    def _send_playback(self, channel: Channel, asked: Playback) -> None:
        self._decoders[channel.decoder].send(
            SetPlayback(
                stream=channel.number, speed=asked.speed, seek_s=asked.seek_s, from_s=asked.from_s, at_ns=asked.at_ns
            )
        )

    def _open(self, channel: Channel) -> None:
        """Open the stream on its decoder and send the GOP, so that the first picture is there at once."""
        decoder = self._decoders[channel.decoder]
        if not decoder.ready or channel.is_open or not channel.outputs:
            return
        if self._held(channel.key):
            channel.fault, channel.detail = FaultCode.DECODER_CRASHED, ""
            return
        channel.number = next(self._numbers)
        channel.is_open = True
        channel.waiting_for_key = True
        channel.left_out = False
        channel.report = None
        channel.fault, channel.detail = None, ""
        self._by_number[channel.decoder, channel.number] = channel
        decoder.streams += 1
        stream = self._stream(channel.key)
        channel.codec = "" if channel.path else (stream.state.codec if stream is not None else "") or H264
        outputs = list(channel.outputs.values())
        decoder.send(
            OpenStream(
                stream=channel.number,
                codec=channel.codec,
                outputs=outputs,
                path=channel.path,
                view_checked=not channel.path and self._view_checked(channel.key),
            )
        )
        asked = self._playbacks.get(channel.key.camera)
        if asked is not None and channel.path:
            self._send_playback(channel, asked)
        if channel.stream_plan.plan is not DecodePlan.FULL:
            decoder.send(SetPlan(stream=channel.number, plan=channel.stream_plan.plan))
        if channel.learns_anew:
            channel.learns_anew = False
            decoder.send(ExpectView(stream=channel.number, view=b""))
        if not channel.path:
            self._opened(channel.key)
        self._replay(channel)

    def _replay(self, channel: Channel) -> None:
        """Send the newest GOP, so that there is a picture at once."""
        stream = self._stream(channel.key)
        channel.waiting_for_key = True
        if stream is not None and len(stream.gop) <= LONGEST_REPLAY:
            for unit in stream.gop:
                self._send(channel, unit)

    def _close(self, channel: Channel) -> None:
        place = (channel.key, channel.decoder)
        self._channels.pop(place, None)
        sink = self._sinks.pop(place, None)
        stream = self._stream(channel.key)
        if stream is not None and sink is not None:
            stream.remove_sink(sink)
        if channel.is_open:
            self._decoders[channel.decoder].send(CloseStream(stream=channel.number))
            self._forget_number(channel)
        channel.is_open = False

    def _forget_number(self, channel: Channel) -> None:
        if self._by_number.pop((channel.decoder, channel.number), None) is not None:
            self._decoders[channel.decoder].streams -= 1

    def _tidy(self, decoder: int) -> None:
        """Close what no tile of that decoder is painted from or waits for any more."""
        tiles = [tile for key, tile in self.tiles.items() if key[0] == decoder]
        needed = {tile.wanted for tile in tiles} | {tile.current for tile in tiles}
        for channel in self._on(decoder):
            if channel.key not in needed:
                self._close(channel)
                continue
            painted = {tile.shown.tile for tile in tiles if tile.current == channel.key}
            gone = channel.outputs.keys() - painted
            for number in gone:
                del channel.outputs[number]
            if gone and channel.outputs:
                self._send_outputs(channel)

    def _send(self, channel: Channel, unit: TimedUnit) -> None:
        """One access unit to one decoder. Never waits: what it cannot take is left out up to the next key frame."""
        if not channel.is_open:
            if unit.key and not channel.outputs:
                self._arrived(channel)
            return
        if unit.continues:
            channel.left_out = True
            self._replay(channel)  # anew, with the picture whole now that was handed over in part
            return
        plan = channel.stream_plan.plan
        if unit.key:
            channel.is_built_up = unit.until_whole > 0
        key_frames_only = plan is DecodePlan.KEY_FRAMES and not channel.is_built_up
        if plan is DecodePlan.PAUSED or (key_frames_only and not unit.key):
            channel.waiting_for_key = True
            return
        decoder = self._decoders[channel.decoder]
        if unit.key:
            if self._recoded(channel):
                return
            channel.waits_for_key_ns = 0
        elif channel.waiting_for_key:
            if not channel.waits_for_key_ns and not channel.left_out:
                channel.waits_for_key_ns = unit.arrival_ns
            return
        if decoder.behind:
            channel.waiting_for_key = channel.left_out = True
            return
        channel.waiting_for_key = False
        decoder.write(
            pack_access_unit(
                AccessUnit(
                    channel.number,
                    unit.key,
                    unit.damaged or channel.left_out,
                    unit.schedule_ns,
                    unit.arrival_ns,
                    unit.payload,
                    unit.until_whole,
                    unit.end_unproven,
                )
            )
        )
        channel.left_out = False

    def _recoded(self, channel: Channel) -> bool:
        """Open the channel anew if the camera sends another codec than it was opened for; that sends its GOP."""
        stream = self._stream(channel.key)
        if stream is None or stream.state.codec in {channel.codec, ""}:
            return False
        self._decoders[channel.decoder].send(CloseStream(stream=channel.number))
        self._forget_number(channel)
        channel.is_open = False
        self._open(channel)
        return True

    def _arrived(self, channel: Channel) -> None:
        """The first key frame of a stream that tiles wait for: now they change over to it."""
        for tile in list(self.tiles.values()):
            if tile.shown.decoder == channel.decoder and tile.wanted == channel.key and tile.current != channel.key:
                self._switch(tile, channel)
