"""What the program's processes take, as `--stats` says it."""

import subprocess
import sys

import pytest

from tmcwall.process_usage import Shares, cpu_s, memory_mib

COMPUTE = "import time, sys\nwhile time.process_time() < 0.4: pass\n"
STARTS_TWO = f"""
import subprocess, sys
compute = {COMPUTE!r}
subprocess.run([sys.executable, "-c", compute], check=True)
living = subprocess.Popen([sys.executable, "-c", compute + "print(flush=True); sys.stdin.read()"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)
living.stdout.readline()
print(flush=True)
sys.stdin.read()
living.stdin.close()
living.stdout.close()
living.wait()
"""


@pytest.fixture
def engine():
    """A process that has started one that has ended and one that lives."""
    with subprocess.Popen([sys.executable, "-c", STARTS_TWO], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield process.pid
        process.stdin.close()
        process.wait(30)


def test_all_that_the_engine_has_started_counts_for_decoding_also_when_it_has_ended(engine):
    taken = cpu_s(engine)
    assert taken.decode >= 0.7
    assert taken.total == pytest.approx(taken.ui + taken.engine + taken.decode, abs=0.002)
    assert cpu_s(engine).since(taken).decode < 0.4


def test_memory_is_that_of_those_that_live(engine):
    used = memory_mib(engine)
    assert min(used.ui, used.engine, used.decode) > 0


def test_without_an_engine_there_is_the_desktop_program_alone():
    used = memory_mib(None)
    assert (used.engine, used.decode) == (0, 0)
    assert used == Shares.of(ui=used.ui, engine=0, decode=0)
