"""What a camera says of its own clock, as it is kept beside what was received."""

from __future__ import annotations

import msgspec


class CameraClock(msgspec.Struct, frozen=True):
    """A sender report as it was received: the camera's clock stood at `ntp` (64 bits) when its RTP time was `rtp`."""

    ntp: int
    rtp: int
    """32 bits."""
    run: int
    """The run it belongs to; its RTP time says nothing of another."""
