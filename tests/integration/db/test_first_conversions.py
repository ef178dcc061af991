"""Several threads of the store may be the first to convert to a kind, at the same time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("first_conversions.py")
PROGRAMS = 40


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the programs are forked")
def test_no_program_dies_of_threads_that_convert_to_the_same_kind_at_once() -> None:
    ended = subprocess.run([sys.executable, str(PROGRAM), str(PROGRAMS)], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["0"] * PROGRAMS
