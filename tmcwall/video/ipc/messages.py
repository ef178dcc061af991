"""What the desktop program, the engine and the decoders say to each other over their pipes.

Each message on a pipe is a frame: four bytes of length (big-endian, body only), one byte of kind, the body.
Kind 0 is a control message (`msgspec` JSON of one of the structs below, validated on arrival); kind 1 is an access unit
(see `ipc.access_units`). No pickle, no length above `LARGEST_BODY`.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import Annotated, Final

import msgspec

from tmcwall.domain.bookmark import Gap, SetsFrom
from tmcwall.domain.camera import Profile, RecordPolicy
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import DecodePlan, PlanReason
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import SessionKind, TransportPreference, Way, redact

LARGEST_BODY: Final = 8 * 1024 * 1024
"""Bytes. An access unit of a 4K intra frame at a high rate is about 2 MB."""

LARGEST_WIDTH: Final = 8192
LARGEST_HEIGHT: Final = 4320
"""Pixels of a picture; a stream of larger ones is refused before FFmpeg sees it."""

LARGEST_VIEW: Final = 64 * 1024
"""Bytes of a view's reference."""

FRAME: Final = struct.Struct("!IB")
CONTROL: Final = 0
ACCESS_UNIT: Final = 1

SOFTWARE: Final = "software"
"""The device of a decoder that has none."""


class Message(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """One control message."""


# --- desktop program -> engine -----------------------------------------------------------------------------------


class RelayUrl(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a relay has a stream and how to log in there. Travels as `StreamUrl` does."""

    url: str
    username: str = ""
    password: str = ""
    fingerprint: str = ""
    """As that of a `StreamUrl`."""

    def __repr__(self) -> str:
        return f"RelayUrl({redact(self.url)!r})"


class StreamUrl(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a stream is and how to log in. Travels on the pipe only; never printed: see `__repr__`."""

    url: str
    username: str = ""
    password: str = ""
    transport: TransportPreference = TransportPreference.AUTO
    fingerprint: str = ""
    """SHA-256 of the only certificate that is accepted over TLS, hexadecimal; empty: one that is vouched for."""
    relay: RelayUrl | None = None
    """Who is asked for the stream first; the camera itself is, where that does not deliver."""

    def __repr__(self) -> str:
        return f"StreamUrl({redact(self.url)!r})"


class Live(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """A camera as the engine needs it. `sub` is None where the camera has one stream."""

    camera: str
    main: StreamUrl
    sub: StreamUrl | None = None
    record: RecordPolicy = RecordPolicy.OFF
    turns: bool = False
    """Operators or patrols turn it: its view is compared with no reference."""


class File(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """A file of this machine, played by a decoder."""

    camera: str
    path: bytes
    """As `os.fsencode` gives it: the name of a file need not be text."""


class Replay(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """What was recorded of a camera, from a moment on."""

    camera: str
    """What tiles ask for; a name of its own."""
    of: str
    """The camera that was recorded."""
    from_utc: float
    """Seconds since the epoch."""


Source = Live | File | Replay
"""What a tile can show, under the name `camera`."""


class PutCameras(Message, frozen=True):
    """Sources that may be asked for from now on, in place of those of the same name. Changed ones are opened anew."""

    cameras: list[Source]


class DropCameras(Message, frozen=True):
    """Names that stand for nothing any more; what is open of them is closed."""

    cameras: list[str]


class ShowTile(Message, frozen=True):
    """Decode a camera into one tile of shared memory. Repeated for a tile, it replaces what was asked."""

    tile: int
    """Index of the tile's header in the decoder's memory."""
    decoder: int
    camera: str
    generation: int
    """Goes up with every ShowTile of this tile; the decoder writes it into the header first."""
    offset: int
    """Bytes from the start of the memory file to the tile's first slot."""
    width: int
    height: int
    """Pixels of the tile; a slot is `shared_frames.Planes.of(width, height).size` bytes, SLOTS of them in a row."""
    profile: Profile | None = None
    """None: the engine chooses, by the size of the tile and the load of the machine."""
    priority: bool = False
    visible: bool = True
    """A tile that cannot be seen keeps its memory and its last picture, but nothing is decoded for it."""


class HideTile(Message, frozen=True):
    """Stop decoding into a tile. Whether its camera is recorded does not depend on it."""

    tile: int
    decoder: int


class Record(Message, frozen=True):
    """The cameras whose rolling recording runs, whether a tile shows them or not."""

    cameras: list[str]


class Hold(Message, frozen=True):
    """Keep the segments of a camera that touch a range, until released."""

    hold: str
    camera: str
    start_utc: float
    end_utc: float


class ReleaseHold(Message, frozen=True):
    hold: str


class CutClip(Message, frozen=True):
    """Cut a clip by remuxing, once its end has passed. Seconds since the epoch, UTC."""

    request: str
    camera: str
    start_utc: float
    end_utc: float
    path: str


class ServerClock(Message, frozen=True):
    """How far the server's clock is ahead of ours; None where no server is known. Written into the recording."""

    offset_ms: int | None


class AcceptView(Message, frozen=True):
    """What a camera shows now is what it is to show: its reference is learnt anew. ViewForgotten answers."""

    camera: str


class Playback(Message, frozen=True):
    """How a `File` or a `Replay` is played."""

    camera: str
    speed: float = 1.0
    """0 pauses."""
    seek_s: float | None = None
    """Where to go, in seconds from the start of the file, or since the epoch; None stays."""
    from_s: float = 0.0
    at_ns: int | None = None
    """Of a file: what is at `from_s` is due then by the monotonic clock, and the rest by its speed, so that several
    files keep in step. None: each picture so long after the one before as its file says."""


class Shutdown(Message, frozen=True):
    """End within the deadline. End-of-file on the pipe means the same."""


# --- engine -> desktop program -----------------------------------------------------------------------------------


class EngineStarted(Message, frozen=True):
    pid: int
    decoder_pids: list[int]


class DecoderRestarted(Message, frozen=True):
    decoder: int
    pid: int


class OddityCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often a camera has done one thing that no specification allows."""

    oddity: Oddity
    count: int


class StreamReport(Message, frozen=True):
    """Once a second per open stream, and at once when `fault` changes."""

    camera: str
    profile: Profile
    connected: bool
    fault: FaultCode | None = None
    detail: str = ""
    retry_in_s: float | None = None
    """Seconds to the next attempt; None while connected or when held."""
    codec: str = ""
    width: int = 0
    height: int = 0
    frames_received: int = 0
    """Access units since the engine started, over all connections."""
    reconnects: int = 0
    packets_lost: int = 0
    frame_interval_s: float = 0.04
    behind_s: float = 0.0
    """How much later than the source's newest picture pictures are let go: HLS comes by the segment."""
    waits_for_key_since_s: float | None = None
    """Since when pictures come without the key picture that the first needs: UTC, in seconds since the epoch."""
    key_interval_s: float | None = None
    """How far apart key pictures are usually."""
    recording: bool = False
    plan: DecodePlan = DecodePlan.FULL
    plan_reason: PlanReason = PlanReason.SEEN
    overloaded: bool = False
    """Its pictures come late or are left out, for its decoder is busy."""
    clock_offset_ms: int | None = None
    """Camera clock minus ours, from sender reports."""
    position_s: float | None = None
    """Of a file that is played: where in it the picture is, as DecodedReport gives it. Of a recording that is replayed:
    when the picture was recorded, in seconds since the epoch."""
    duration_s: float | None = None
    device: str = SOFTWARE
    """What decodes it, as DecodedReport gives it; so is `fell_back`."""
    fell_back: bool = False
    view_checked: bool = True
    """False for a camera that is turned."""
    session: SessionKind = SessionKind.OWN
    session_cause: FaultCode | None = None
    """Where FFmpeg's RTSP is tried or reads the camera without being marked, or was tried in vain: why."""
    way: Way = Way.DIRECT
    relay_fault: FaultCode | None = None
    """Why a stream that is to come from the relay does not."""
    oddities: Annotated[tuple[OddityCount, ...], msgspec.Meta(max_length=len(Oddity))] = ()
    """Over all connections since the engine started, the most frequent first."""


class ClipCut(Message, frozen=True):
    request: str
    path: str
    sha256: str
    stream_sha256: str
    size_bytes: int
    first_utc: float
    last_utc: float
    packets: int
    packets_lost: int
    gaps: tuple[Gap, ...] = ()
    camera_clock_ms: int | None = None
    """The camera's clock minus ours; None where it told none."""
    server_clock_ms: int | None = None
    """The server's clock minus ours; None where no server was known."""
    sets_from: tuple[SetsFrom, ...] = ()
    """Where parameter sets are from that key frames of the clip needed and did not bring."""
    times_by_arrival: bool = False
    players_start_late: bool = False
    """Whether stock players show the first of the pictures that were asked for wrong."""


class ClipFailed(Message, frozen=True):
    request: str
    fault: FaultCode
    detail: str = ""


class ViewForgotten(Message, frozen=True):
    """Nothing is left of the reference of a camera whose view was accepted."""

    camera: str


class RecordingStopped(Message, frozen=True):
    """Recording has stopped as a whole (disk full or failed); tagging goes on."""

    fault: FaultCode
    detail: str = ""


class RecordingResumed(Message, frozen=True):
    pass


# --- engine -> decoder -------------------------------------------------------------------------------------------


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One tile that a stream is painted into; see ShowTile."""

    tile: int
    generation: int
    offset: int
    width: int
    height: int


class OpenStream(Message, frozen=True):
    """A stream that access units will come for; or, where `path` is set, a file that the decoder takes apart itself."""

    stream: int
    codec: str
    """`h264` or `hevc`; empty with `path`."""
    outputs: list[Output]
    path: bytes = b""
    """As `os.fsencode` gives it."""
    view_checked: bool = True
    """Whether its view is learnt and compared; not that of a camera that is turned, nor of what is played."""


class SetOutputs(Message, frozen=True):
    stream: int
    outputs: list[Output]


class SetPlan(Message, frozen=True):
    stream: int
    plan: DecodePlan


class SetPlayback(Message, frozen=True):
    """For a stream that was opened with `path`; see Playback."""

    stream: int
    speed: float = 1.0
    seek_s: float | None = None
    from_s: float = 0.0
    at_ns: int | None = None


class ExpectView(Message, frozen=True):
    """What a stream is to show, as ViewLearnt gave it; empty: what it shows now is right, and is learnt anew."""

    stream: int
    view: bytes


class CloseStream(Message, frozen=True):
    stream: int


# --- decoder -> engine -------------------------------------------------------------------------------------------


class DecoderReady(Message, frozen=True):
    pid: int
    locks: list[str] = []
    """What it has locked itself in with (sandbox.Lock)."""
    device: Annotated[str, msgspec.Meta(max_length=32)] = SOFTWARE
    """What it has open to decode with; its locks leave room for that."""


Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=1 << 16)]
Seconds = Annotated[float, msgspec.Meta(ge=-1e13, le=1e13)]
"""What FFmpeg can say: a decoder that says anything else is not FFmpeg any more."""


class DecodedReport(Message, frozen=True):
    """Once a second per open stream."""

    stream: Count
    frames_decoded: Count
    errors: Count
    width: Pixels
    height: Pixels
    device: Annotated[str, msgspec.Meta(max_length=32)] = SOFTWARE
    fell_back: bool = False
    """Software decodes, for the device there is could not."""
    skipped: Count = 0
    """Access units that were left out because newer ones waited."""
    lag_s: Seconds = 0.0
    """From arrival to picture, the mean of the last second; 0 where there was none."""
    picture_us: Count = 0
    """Processor time of a picture, the mean of the last second; 0 where that is not known."""
    position_s: Seconds | None = None
    duration_s: Seconds | None = None


class ViewLearnt(Message, frozen=True):
    """A stream's reference, to be kept and given back when it is opened again."""

    stream: Count
    view: Annotated[bytes, msgspec.Meta(max_length=LARGEST_VIEW)]


class StreamFault(Message, frozen=True):
    """The decoder cannot go on with a stream (codec refused, picture too large, file unreadable)."""

    stream: Count
    fault: FaultCode
    detail: str = ""


# --- engine <-> demultiplexer of a camera that is marked `#compat` -------------------------------------------------


class OpenCompat(Message, frozen=True):
    """The only message to it: what to open, which is a relay of the engine's on this machine."""

    port: int
    path: str
    """Behind the port; begins with a slash."""
    open_s: float
    silent_s: float
    """After so long without a packet it gives up."""


class CompatFormat(Message, frozen=True):
    """Comes before the first access unit. Of those `schedule_ns` holds the presentation time, in ticks at 90 kHz."""

    codec: Annotated[str, msgspec.Meta(max_length=16)]
    parameter_sets: Annotated[str, msgspec.Meta(max_length=65_536)]
    """Annex B, hexadecimal."""
    locks: list[str] = []


class CompatFault(Message, frozen=True):
    fault: FaultCode
    detail: Annotated[str, msgspec.Meta(max_length=200)] = ""


Command = (
    PutCameras
    | DropCameras
    | ShowTile
    | HideTile
    | Record
    | Hold
    | ReleaseHold
    | CutClip
    | ServerClock
    | AcceptView
    | Playback
    | Shutdown
)
Report = (
    EngineStarted
    | DecoderRestarted
    | StreamReport
    | ClipCut
    | ClipFailed
    | ViewForgotten
    | RecordingStopped
    | RecordingResumed
)
DecoderCommand = OpenStream | SetOutputs | SetPlan | SetPlayback | ExpectView | CloseStream | Shutdown
DecoderReport = DecoderReady | DecodedReport | ViewLearnt | StreamFault

COMMANDS: Final = msgspec.json.Decoder(Command)
REPORTS: Final = msgspec.json.Decoder(Report)
DECODER_COMMANDS: Final = msgspec.json.Decoder(DecoderCommand)
DECODER_REPORTS: Final = msgspec.json.Decoder(DecoderReport)
COMPAT_COMMANDS: Final = msgspec.json.Decoder(OpenCompat)
COMPAT_REPORTS: Final = msgspec.json.Decoder(CompatFormat | CompatFault)

_ENCODER = msgspec.json.Encoder()


def pack(message: Message) -> bytes:
    """A control message as it stands on a pipe.

    Raises Fault(PROTOCOL_BROKEN) for what its reader would refuse, or read as something else: JSON has no infinity.
    """
    try:
        body = _ENCODER.encode(message)
        if _reader_of(type(message)).decode(body) != message:
            raise ValueError("a value that JSON does not have")
    except (ValueError, msgspec.MsgspecError) as error:  # a text with half a character, a number out of its range
        raise Fault(FaultCode.PROTOCOL_BROKEN, f"{type(message).__name__}: {error}", retryable=False) from error
    if len(body) > LARGEST_BODY:
        raise Fault(FaultCode.PROTOCOL_BROKEN, f"{type(message).__name__} of {len(body)} bytes", retryable=False)
    return FRAME.pack(len(body), CONTROL) + body


@cache
def _reader_of(kind: type[Message]) -> msgspec.json.Decoder[Message]:
    return msgspec.json.Decoder(kind)
