"""The decoder in reserve: it takes nothing from those that are needed while they start."""

import asyncio

from tmcwall.domain.clock import SystemClock
from tmcwall.video.engine.decoder_pool import DecoderLimits, DecoderPool, Streams
from tmcwall.video.ipc.processes import decoder_command
from tmcwall.video.ipc.shared_frames import Memory
from tmcwall.video.sessions.reconnect import Timing

NOBODY = Streams(
    stream=lambda key: None,
    file_of=lambda key: b"",
    switched=lambda: None,
    failed=lambda key: None,
    opened=lambda key: None,
    view_learnt=lambda key, view: None,
    view_checked=lambda key: True,
)


async def ready_when_each_was_started(tile_memory):
    """How many decoders were ready whenever one was started, up to the one in reserve."""
    ready = []
    reserved = asyncio.Event()

    def command_of(fd_channel, hardware):
        ready.append(sum(decoders._processes[number].ready for number in range(len(tile_memory))))
        if len(ready) > len(tile_memory):
            reserved.set()
        return decoder_command(fd_channel=fd_channel, hardware=hardware)

    decoders = DecoderPool(
        [memory.fd for memory in tile_memory],
        streams=NOBODY,
        limits=DecoderLimits(command_of=command_of),
        clock=SystemClock(),
        timing=Timing(),
        restarted=lambda report: None,
    )
    watches = decoders.start()
    await asyncio.wait_for(reserved.wait(), 90)
    await decoders.close(timeout_s=2.0)
    await asyncio.wait(watches)
    return ready


def test_it_is_started_when_all_that_are_needed_are_ready():
    tile_memory = [Memory.create(), Memory.create()]
    try:
        assert asyncio.run(ready_when_each_was_started(tile_memory)) == [0, 0, 2]
    finally:
        for memory in tile_memory:
            memory.close()
