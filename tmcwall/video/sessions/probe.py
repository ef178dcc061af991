"""One look at one stream: whether it delivers, and what."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.ipc.timeline import NS, TimedUnit
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.open_session import session_of
from tmcwall.video.sessions.stream_format import StreamFormat


@dataclass(frozen=True, slots=True)
class Seen:
    """What a stream delivered while it was watched. `first_picture_s` counts from the first connection attempt."""

    codec: str
    first_picture_s: float
    pictures_a_second: float
    packets_lost: int
    key_missed_s: float | None = None
    """For how long no key picture came, where none came at all."""


async def probe(stream: StreamUrl, context: SessionContext, *, watch_s: float = 3.0) -> Seen:
    """Open a stream, watch it for `watch_s` and close it. Raises Fault with the reason if no picture comes."""
    formats: list[StreamFormat] = []
    units: list[TimedUnit] = []
    session = session_of(stream, context, opened=formats.append, received=units.append)
    started_ns = context.clock.monotonic_ns()
    try:
        await session.open()
        async with asyncio.timeout(watch_s):
            await session.run()
    except TimeoutError:
        pass
    except Fault:
        if not units:
            raise
    finally:
        await session.close()
    if not units:
        raise Fault(FaultCode.NO_MEDIA, "no picture while watching")
    lasted_s = (units[-1].arrival_ns - units[0].arrival_ns) / NS
    return Seen(
        codec=formats[0].codec,
        first_picture_s=(units[0].arrival_ns - started_ns) / NS,
        pictures_a_second=(len(units) - 1) / lasted_s if lasted_s > 0 else 0.0,
        packets_lost=sum(unit.lost for unit in units),
        key_missed_s=None if any(unit.key for unit in units) else lasted_s,
    )
