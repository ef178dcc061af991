"""`tmcwall sim` as a process: lines on standard output, commands on standard input."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tmcwall.sim.faults import Trouble

pytest_plugins = ["tests.cameras"]

LIMIT_S = 240
PROGRAM = """
import sys
from pathlib import Path
from tmcwall.commands.sim import SimOptions, main
main(SimOptions(cameras=3, port=0, clip=Path(sys.argv[1]), list_urls=True))
"""


@pytest.fixture
def city(tiny_clip: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM, str(tiny_clip)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        yield process
        process.terminate()
        assert process.wait(LIMIT_S) == 0


def test_the_city_lists_its_cameras_and_takes_commands(city: subprocess.Popen[str]):
    assert city.stdin is not None
    assert city.stdout is not None
    assert city.stdout.readline().startswith("ready rtsp://127.0.0.1:")
    listed = [city.stdout.readline().split() for _ in range(3)]
    assert {words[0] for words in listed} == {"camera"}
    camera, main, sub = listed[0][1:]
    troubles = [city.stdout.readline().split()[:2] for _ in Trouble]
    assert {words[0] for words in troubles} == {"trouble"}
    assert [words[1].partition("[")[0].partition(":")[0] for words in troubles] == list(Trouble)
    assert main.endswith(f"/{camera}/main")
    assert sub.endswith(f"/{camera}/sub")
    city.stdin.write(f"fault {camera} missing\nfault {camera} explode\nfault CAM-X stall\nclear {camera}\nhalo\n")
    answers = [city.stdout.readline().strip() for _ in range(5)]
    assert answers == [
        f"done fault {camera} missing",
        "refused fault_unknown: explode",
        "refused not_found: CAM-X",
        f"done clear {camera}",
        "unknown halo",
    ]


def test_a_city_that_somebody_else_started_ends_with_its_input(tiny_clip: Path):
    words = ["sim", "--cameras", "1", "--port", "0", "--clip", str(tiny_clip), "--until-input-ends"]
    command = [sys.executable, "-m", "tmcwall", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready ")
        process.stdin.close()
        assert process.wait(LIMIT_S) == 0


def test_the_first_cameras_are_on_the_web_too_and_take_orders_there(tiny_clip: Path):
    words = ["sim", "--cameras", "3", "--port", "0", "--web", "2", "--web-port", "0", "--clip", str(tiny_clip)]
    command = [sys.executable, "-m", "tmcwall", *words, "--until-input-ends"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready ")
        listed = [process.stdout.readline().split() for _ in range(2)]
        assert [words[0] for words in listed] == ["web", "web"]
        camera, playlist = listed[0][1:]
        process.stdin.write(f"fault {camera} web:define\nsent {camera}\n")
        answers = [process.stdout.readline().strip() for _ in range(2)]
        assert answers == [f"done fault {camera} web:define", f"done sent {camera} 0"]
        with urllib.request.urlopen(playlist, timeout=LIMIT_S) as answer:
            assert b"EXT-X-DEFINE" in answer.read()
        process.stdin.close()
        assert process.wait(LIMIT_S) == 0
