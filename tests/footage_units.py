"""Access units of a tiny clip, for tests that stand in for the engine."""

from __future__ import annotations

from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext

from tmcwall.video.ipc.access_units import AccessUnit

FRAME_NS = 40_000_000


def access_units(clip: Path, *, stream: int = 1, first_ns: int = 1_000_000_000) -> list[AccessUnit]:
    """Annex B with parameter sets before key frames, 40 ms apart."""
    units = []
    with av.open(str(clip)) as container:
        video = container.streams.video[0]
        annex_b = BitStreamFilterContext("h264_mp4toannexb", video)
        packets = [done for packet in container.demux(video) for done in annex_b.filter(packet) if done.size]
        for number, packet in enumerate(packets):
            when = first_ns + number * FRAME_NS
            units.append(AccessUnit(stream, packet.is_keyframe, False, when, when, bytes(packet)))
    return units
