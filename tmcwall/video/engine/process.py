"""The engine as a process of its own: commands on standard input, reports on standard output; it ends with its input.

Started by the desktop program (`tmcwall.video.ipc.processes`).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from tmcwall.domain.address import AddressRule
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import Fault
from tmcwall.heap import TIDY_S, Heap
from tmcwall.logbook import LogBook
from tmcwall.stop_signals import on_stop_signal
from tmcwall.video.engine.decoder_pool import DecoderLimits
from tmcwall.video.engine.engine import Engine, EngineOptions
from tmcwall.video.engine.event_batching import BatchingSelector
from tmcwall.video.ipc.messages import COMMANDS, CONTROL, Report, Shutdown, StreamReport, pack
from tmcwall.video.ipc.pipes import FrameReader, FrameWriter
from tmcwall.video.ipc.processes import die_with_parent
from tmcwall.video.recording.recorder import Keeping

_REPORT_BYTES: Final = 4 * 1024 * 1024

log = logging.getLogger(__name__)


async def serve(options: EngineOptions, *, commands: int, reports: int, clock: Clock) -> None:
    """Run an engine between two pipes until the one ends or a signal asks for the end."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    writer = FrameWriter(reports, limit=_REPORT_BYTES, lost=stop.set)

    def report(message: Report) -> None:
        """A desktop program that does not read loses the reports that come again every second, and no others."""
        if not (writer.full and isinstance(message, StreamReport)):
            writer.write([pack(message)])

    engine = Engine(options, clock=clock, report=report)

    heap = Heap()

    def tidy() -> None:
        """A connection that has ended is garbage in circles, some 50 objects; a round over all takes milliseconds."""
        gc.collect()
        heap.give_back()
        loop.call_later(TIDY_S, tidy)

    loop.call_later(TIDY_S, tidy)

    def received(kind: int, body: bytes) -> None:
        if kind != CONTROL:
            log.error("the desktop program sent frames of kind %d", kind)
            stop.set()
            return
        try:
            command = COMMANDS.decode(body)
        except msgspec.MsgspecError:
            # Without the text: it may quote a URL.
            log.error("the desktop program sent a malformed command")  # noqa: TRY400 - as above
            stop.set()
            return
        if isinstance(command, Shutdown):
            stop.set()
        else:
            engine.handle(command)

    def ended(fault: Fault | None) -> None:
        if fault is not None:
            log.error("commands ended: %s", fault)
        stop.set()

    reader = FrameReader(commands, received=received, ended=ended)
    on_stop_signal(stop.set)
    try:
        await engine.run(stop)
    finally:
        reader.close()
        writer.flush()
        writer.close()


def parse_arguments(arguments: Sequence[str] | None) -> EngineOptions:
    """See `processes.engine_command`."""
    parser = argparse.ArgumentParser(prog="tmcwall engine-process")
    parser.add_argument("--memory", required=True)
    parser.add_argument("--recordings", type=Path, required=True)
    parser.add_argument("--keep-seconds", type=float, required=True)
    parser.add_argument("--keep-bytes", type=int, required=True)
    parser.add_argument("--reserve-bytes", type=int, default=Keeping().reserve_bytes)
    parser.add_argument("--logs", type=Path)
    parser.add_argument("--networks", default="")
    parser.add_argument("--loopback", action="store_true")
    parser.add_argument("--ca-file", type=Path)
    parser.add_argument("--hardware", action="store_true")
    options = parser.parse_args(arguments)
    return EngineOptions(
        tile_memory=tuple(int(part) for part in options.memory.split(",") if part),
        recordings=options.recordings,
        keeping=Keeping(
            keep_s=options.keep_seconds, keep_bytes=options.keep_bytes, reserve_bytes=options.reserve_bytes
        ),
        logs=options.logs,
        rule=AddressRule.of(filter(None, options.networks.split(",")), loopback=options.loopback),
        ca_file=options.ca_file,
        decoding=DecoderLimits(hardware=options.hardware),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m tmcwall.video.engine.process ...`: does not return, for a name look-up may still hang in a thread."""
    options = parse_arguments(arguments)
    # In order: what was recorded is written out, and the sessions of the cameras are ended.
    die_with_parent(in_order=True)
    _open_log(options.logs)
    # Nothing that prints by mistake may stand between the reports.
    reports = os.dup(1)
    os.dup2(2, 1)
    # Thousands of short-lived tuples a second are no garbage in circles: `serve` has that looked for once a minute.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    code = 0
    try:
        # Not `asyncio.run`: at the end that waits for name look-ups, which have no limit.
        loop = asyncio.SelectorEventLoop(BatchingSelector())
        loop.run_until_complete(serve(options, commands=0, reports=reports, clock=SystemClock()))
    except OSError as error:
        log.error("engine cannot run: %s", error.strerror)  # noqa: TRY400 - a fault of the world
        code = 3
    except Fault as fault:
        log.error("engine cannot run: %s", fault)  # noqa: TRY400 - a fault of the world
        code = 3
    except Exception:
        # The top of this process: loud in the log; the desktop program starts a new engine.
        log.exception("bug in the engine")
        code = 1
    sys.stderr.flush()
    os._exit(code)


def _open_log(folder: Path | None) -> None:
    """To the folder; where there is none, or it cannot be written, warnings to standard error. Open until the end."""
    if folder is not None:
        try:
            LogBook(folder, process="engine")
        except OSError:
            folder = None
    if folder is None:
        logging.basicConfig(level=logging.WARNING, format="engine %(levelname)s %(message)s", stream=sys.stderr)


if __name__ == "__main__":
    main()
