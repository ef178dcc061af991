"""What is known of a stream once it is described."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """What the session description says of the stream, or the head of its container."""

    codec: str
    """`h264`, `hevc` or `mjpeg`."""
    clock_rate: int
    parameter_sets: tuple[bytes, ...]
    paced: bool = False
    """Pictures come in bursts and are let go at the pace of their own clock."""
