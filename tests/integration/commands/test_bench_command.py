"""`tmcwall bench`, tiny: synthetic cameras, floor, walls and overload as a user would run them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["tests.cameras"]

ROOT = Path(__file__).parents[3]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tmcwall", "bench", *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_machine_is_measured_and_the_result_said_and_written(tiny_clip, tmp_path):
    result = tmp_path / "bench.json"
    done = bench(
        *("--tiles", "2", "--overload", "4", "--seconds", "1"), "--clip", str(tiny_clip), "--json", str(result)
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 kamera:" in done.stdout
    assert "Kesimpulan:" in done.stdout
    written = json.loads(result.read_text())
    assert written["schema"] == "tmcwall.bench/1"
    assert written["floor"]["streams"] == 4
    assert written["floor"]["picture_us"] > 0
    (wall,) = written["walls"]
    assert (wall["tiles"], wall["size"]) == (2, "1280x720")
    assert wall["cpu_s"]["total"] > 0
    assert written["overload"]["tiles"] == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ["--tiles", "banyak"],
        ["--tiles", "0"],
        ["--tiles", "257"],
        ["--overload", "-1"],
        ["--seconds", "0"],
        ["--clip", "tidak-ada.mp4"],
        ["--json", "tidak/ada/hasil.json"],
    ],
)
def test_wrong_input_is_one_sentence_and_exit_code_2(arguments):
    done = bench(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_clip_that_is_no_video_is_exit_code_3(tmp_path):
    clip = tmp_path / "clip.mp4"
    clip.write_text("bukan video")
    done = bench("--clip", str(clip), "--tiles", "1", "--overload", "0", "--seconds", "1")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
