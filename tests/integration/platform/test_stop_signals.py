"""A program that is asked to end, once or again, ends in order and says nothing of it."""

import subprocess
import sys

import pytest

from tmcwall.stop_signals import STOP_SIGNALS

PROGRAM = """
import asyncio, signal, sys
from tmcwall.stop_signals import on_stop_signal

async def serve():
    stop = asyncio.Event()
    on_stop_signal(stop.set)
    signal.raise_signal(int(sys.argv[1]))
    await stop.wait()

loop = asyncio.new_event_loop()
loop.run_until_complete(serve())
{closing}
signal.raise_signal(int(sys.argv[1]))
print("ended")
"""


@pytest.mark.parametrize("number", STOP_SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize(
    "closing", ["", "loop._csock.close()", "loop.close()"], ids=["before", "while", "after"]
)  # fmt: skip
def test_a_second_signal_around_the_end_of_the_loop_is_nothing(number, closing):
    command = [sys.executable, "-c", PROGRAM.format(closing=closing), str(int(number))]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (told.returncode, told.stdout, told.stderr) == (0, "ended\n", "")
