"""Decoding on a device of the machine: which there is, whether it works, and how it is given up for software.

FFmpeg's own way back to software is not a whole one: it may fail when the device is opened. So a device gets no way
back here; what it cannot do is an error, and the same picture goes to software at once. Pictures are downloaded as they
come, so that whoever paints them sees no difference.
See docs/adr/0010-hardware-decoding-is-asked-for.md.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import av
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.video.codeccontext import VideoCodecContext

from tmcwall.domain.clock import Clock
from tmcwall.video.ipc.circuit_breaker import CircuitBreaker
from tmcwall.video.ipc.messages import LARGEST_HEIGHT, LARGEST_WIDTH, SOFTWARE

UNABLE: Final = (av.error.FFmpegError, NotImplementedError)
"""What a device raises that is absent, busy, or does not know the codec."""

_GREY: Final = bytes.fromhex(
    "000000016742c00ada109a1000000300100000030328f1226a0000000168ce0fc8000000016588843a272727275d75d75d75d75d75d780"
)
"""A key frame of 64x64 in one grey, H.264 constrained baseline."""


@dataclass(frozen=True, slots=True)
class DeviceKind:
    """A kind of device by FFmpeg's name, and the patterns of the files its driver opens (Linux)."""

    name: str
    files: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    def present(self, root: Path = Path("/")) -> list[Path]:
        """Its files on this machine."""
        return sorted(path for pattern in self.files for path in root.glob(pattern))


KINDS: Final[Mapping[str, Sequence[DeviceKind]]] = {
    "linux": (
        # One context of the card for all streams, for each takes some hundred megabytes of its memory.
        DeviceKind("cuda", ("dev/nvidiactl", "dev/nvidia[0-9]*", "dev/nvidia-uvm*"), {"primary_ctx": "1"}),
        DeviceKind("vaapi", ("dev/dri/renderD*",)),
    ),
    "win32": (DeviceKind("d3d11va"),),
    "darwin": (DeviceKind("videotoolbox"),),
}
"""By system, the better first."""


def candidates(
    *, platform: str = sys.platform, built_with: Collection[str] | None = None, root: Path = Path("/")
) -> Iterator[DeviceKind]:
    """What this FFmpeg can use and this machine seems to have; whether it works is seen when it is tried."""
    known = hwdevices_available() if built_with is None else built_with
    for kind in KINDS.get(platform, ()):
        if kind.name in known and (not kind.files or kind.present(root)):
            yield kind


class Accelerator(Protocol):
    """Opens codecs on a device."""

    @property
    def name(self) -> str: ...

    def open(self, codec: str) -> VideoCodecContext:
        """Raises one of `UNABLE`; so does decoding with it."""
        ...


class FFmpegDevice:
    """A device that FFmpeg drives."""

    def __init__(self, kind: DeviceKind) -> None:
        self._kind = kind

    @property
    def name(self) -> str:
        return self._kind.name

    def open(self, codec: str) -> VideoCodecContext:
        wish = HWAccel(self._kind.name, allow_software_fallback=False, options=dict(self._kind.options))
        context = av.CodecContext.create(codec, "r", hwaccel=wish)
        assert isinstance(context, VideoCodecContext)
        if not context.is_hwaccel:
            raise NotImplementedError(codec)
        context.thread_count = 1
        context.thread_type = "NONE"
        context.options = {"max_pixels": str(LARGEST_WIDTH * LARGEST_HEIGHT)}
        return context


def works(accelerator: Accelerator) -> bool:
    """Whether a picture comes out of it."""
    try:
        context = accelerator.open("h264")
        return bool(context.decode(av.Packet(_GREY)) + context.decode(None))
    except UNABLE:
        return False


class Hardware:
    """The device of a decoder, if it has one, for all its streams."""

    def __init__(
        self, accelerator: Accelerator | None, *, clock: Clock, most_failures: int = 2, rest_s: float = 600.0
    ) -> None:
        """After so many failures within a while the device, or one stream on it, rests as long."""
        self._accelerator = accelerator
        self._clock = clock
        self._most = most_failures
        self._rest_s = rest_s
        self._openings = self._trials()

    def for_stream(self, codec: str) -> StreamDevice:
        return StreamDevice(self._accelerator, codec, openings=self._openings, decodings=self._trials())

    def _trials(self) -> CircuitBreaker:
        return CircuitBreaker(self._clock, most=self._most, rest_s=self._rest_s)


class StreamDevice:
    """What one stream is decoded on. For the stream's thread."""

    def __init__(
        self, accelerator: Accelerator | None, codec: str, *, openings: CircuitBreaker, decodings: CircuitBreaker
    ) -> None:
        """`openings` counts the device's failures for all streams, `decodings` those of this one."""
        self._accelerator = accelerator
        self._codec = codec
        self._openings = openings
        self._decodings = decodings
        self._given_up = False
        self.name = SOFTWARE
        """Of the codec that was opened last."""

    @property
    def accelerated(self) -> bool:
        return self.name != SOFTWARE

    @property
    def fell_back(self) -> bool:
        """Whether there is a device that this stream could not be decoded on."""
        return self._accelerator is not None and not self.accelerated

    @property
    def worth_another_try(self) -> bool:
        """Whether software decodes only because the device failed, and that is long ago."""
        return self.fell_back and self._openings.clean and self._decodings.clean

    def open(self) -> VideoCodecContext | None:
        """A codec on the device; None where software is to decode."""
        self.name = SOFTWARE
        given_up, self._given_up = self._given_up, False
        if self._accelerator is None or given_up or self._openings.resting or self._decodings.resting:
            return None
        try:
            context = self._accelerator.open(self._codec)
        except NotImplementedError:
            self._decodings.failed()  # this codec is beyond it, others are not
            return None
        except av.error.FFmpegError:
            self._openings.failed()
            return None
        self.name = self._accelerator.name
        return context

    def give_up(self) -> None:
        """It refused a picture: the next codec is software's."""
        self._decodings.failed()
        self._given_up = True
