"""One RTSP session with a camera, from DESCRIBE to TEARDOWN: access units with their times, or a typed fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import Carrier
from tmcwall.rtsp.auth import Scheme
from tmcwall.video.ipc.camera_clock import CameraClock
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.ipc.timeline import TimedUnit
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.rtsp_connection import AsyncioIo
from tmcwall.video.sessions.rtsp_dialogue import RtspDialogue
from tmcwall.video.sessions.stream_format import StreamFormat


class RtspSession:
    """One connection to one stream. `opened` gets its format before the first access unit, `received` every unit."""

    def __init__(
        self,
        source: StreamUrl,
        context: SessionContext,
        *,
        opened: Callable[[StreamFormat], None],
        received: Callable[[TimedUnit], None],
        camera: str = "",
    ) -> None:
        """It is remembered of `camera` that nothing came over UDP. Raises Fault for an address that is none."""
        self._io = AsyncioIo(context, fingerprint=source.fingerprint)
        self._dialogue = RtspDialogue(source, context, io=self._io, described=opened, received=received, camera=camera)
        self._io.serve(self._dialogue)

    @property
    def frame_interval_s(self) -> float:
        return self._dialogue.media.frame_interval_s

    @property
    def behind_s(self) -> float:
        return 0.0

    @property
    def clock_offset_ms(self) -> int | None:
        return self._dialogue.media.clock_offset_ms

    @property
    def camera_clock(self) -> CameraClock | None:
        return self._dialogue.media.camera_clock

    @property
    def oddities(self) -> Mapping[Oddity, int]:
        """What the camera did that no specification allows, and how often."""
        return self._dialogue.media.oddities

    @property
    def carrier(self) -> Carrier:
        return Carrier.UDP if self._dialogue.media.over_udp else Carrier.TCP

    @property
    def login(self) -> Scheme | None:
        """How the camera asked for the login; None where it did not."""
        return self._dialogue.login

    async def open(self) -> None:
        """Connect and play. Raises Fault; the connection is closed then."""
        self._dialogue.open()
        await self._io.opening

    async def run(self) -> None:
        """Watch over the stream until it fails: always ends with a Fault, or by cancellation."""
        self._dialogue.watch()
        raise await self._io.ending

    async def close(self) -> None:
        """TEARDOWN, so that the camera frees the place at once; waits for the answer only briefly."""
        self._dialogue.close()
        try:
            await self._io.closing
        finally:
            self._io.disconnect()
