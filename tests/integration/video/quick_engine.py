"""The engine with short deadlines and a decoder that does what its cameras tell it to: run as a program, for tests."""

import asyncio
import gc
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from tests.integration.video.deadlines import PATIENT, QUICK
from tmcwall.domain.clock import SystemClock
from tmcwall.video.engine.budget.load_shedder import Machine
from tmcwall.video.engine.budget.load_shedding import Patience
from tmcwall.video.engine.decoder_pool import DecoderLimits
from tmcwall.video.engine.event_batching import BatchingSelector
from tmcwall.video.engine.process import parse_arguments, serve

DECODER = Path(__file__).with_name("obedient_decoder.py")


def decoder(fd_channel, hardware):
    return [sys.executable, str(DECODER), "--fd-channel", str(fd_channel), *(["--hardware"] if hardware else [])]


def boot_clock_ns():
    """The machine has slept for as many seconds as a file says."""
    slept = Path(os.environ["SLEPT_FILE"]).read_text() if "SLEPT_FILE" in os.environ else ""
    return time.monotonic_ns() + int(float(slept or 0) * 1e9)


options = replace(
    parse_arguments(None),
    timing=PATIENT if "PATIENT" in os.environ else QUICK,
    boot_clock_ns=boot_clock_ns,
    patience=Patience(
        late_s=0.5, rise_after_s=1.0, calm_s=0.3, settle_s=3.0, fall_after_s=1.0, longest_fall_after_s=2.0
    ),
    machine=Machine(cores=float(os.environ.get("CORES", "8")), idle=lambda: 1.0),
    decoding=DecoderLimits(
        command_of=decoder,
        hardware="HARDWARE" in os.environ,
        most_bytes=600 << 20,
        crash_window_s=float(os.environ.get("CRASH_WINDOW_S", "600")),
    ),
)
gc.freeze()
loop = asyncio.SelectorEventLoop(BatchingSelector())
loop.run_until_complete(serve(options, commands=0, reports=1, clock=SystemClock()))
os._exit(0)
