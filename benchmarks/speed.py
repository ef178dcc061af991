"""CPU per displayed picture of `tmcwall view` against a floor: one ffmpeg that decodes eight of its streams to nothing.

usage: speed.py [--tiles 36] [--tile 640x360] [--seconds 20] [--warmup 8] [--priority N] [--best-of 3] [--clip FILE]
Floor and product run one after the other on the same streams in one run; the ratio counts, not the microseconds.
Overload: speed.py --tiles 144 --tile 320x180 --warmup 20 --priority 1
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from tmcwall.bench.decode_baseline import DecodeBaseline
from tmcwall.bench.measuring import Measure, show_wall, size_of
from tmcwall.bench.result import overload_row, wall_row

HERE = Path(__file__).resolve().parent
FLOOR_STREAMS, RATE = 8, 25


def make_clip(folder: Path) -> Path:
    """Ten seconds of 640x360 at 25 fps with moving shapes and sensor noise."""
    clip = folder / "clip.h264"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-vf", "noise=alls=8:allf=t",
         "-t", "10", "-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-bf", "0", "-b:v", "700k",
         "-maxrate", "900k", "-bufsize", "900k", str(clip)],
        check=True,
    )  # fmt: skip
    return clip


class Cameras:
    """GStreamer's RTSP server with that many cameras, as a context."""

    def __init__(self, clip: Path, count: int) -> None:
        self._command = ["/usr/bin/python3", str(HERE / "gst_cameras.py"), str(clip), str(count), "0", str(RATE)]
        self._count = count

    def __enter__(self) -> list[str]:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        port = self._process.stdout.readline().split()[1]
        return [f"rtsp://127.0.0.1:{port}/cam{number:02d}" for number in range(self._count)]

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


def cpu_of(command: list[str]) -> float:
    """Run a command; CPU seconds of it and its children."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def ffmpeg_floor(urls: list[str], seconds: float) -> DecodeBaseline:
    """One ffmpeg process that decodes to nothing."""
    inputs: list[str] = []
    outputs: list[str] = []
    for index, url in enumerate(urls[:FLOOR_STREAMS]):
        inputs += ["-threads", "1", "-rtsp_transport", "tcp", "-i", url]
        outputs += ["-map", f"{index}:v", "-t", str(seconds), "-f", "null", "-"]
    cpu = cpu_of(["ffmpeg", "-v", "error", "-nostdin", *inputs, *outputs])
    return DecodeBaseline(FLOOR_STREAMS, seconds, round(FLOOR_STREAMS * seconds * RATE), cpu)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiles", type=int, default=36)
    parser.add_argument("--tile", default="640x360")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--warmup", type=float, default=8)
    parser.add_argument("--priority", help="number of the camera that keeps its rate under overload, from 1")
    parser.add_argument("--best-of", type=int, default=3)
    parser.add_argument("--clip", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = options.clip or make_clip(Path(folder))
        with Cameras(clip, options.tiles) as urls:
            rounds = [one_round(urls, options) for _ in range(options.best_of)]
    best = min(rounds, key=lambda row: row["ratio"] or math.inf)
    print("best:", json.dumps(best))


def one_round(urls: list[str], options: argparse.Namespace) -> dict:
    floor = ffmpeg_floor(urls, options.seconds)
    width, height = map(int, options.tile.split("x"))
    measure = Measure(width, height, options.seconds, options.warmup, priority=options.priority or "")
    statistics = show_wall(urls, measure)
    wall = wall_row(statistics, floor, size=size_of(len(urls), measure), cores=os.cpu_count() or 1)
    row = {
        "floor_us": round(floor.picture_us),
        **msgspec.to_builtins(wall),
        "load_average": round(os.getloadavg()[0], 1),
    }
    if options.priority:
        row["overload"] = msgspec.to_builtins(overload_row(statistics, priority=options.priority))
    print(json.dumps(row), flush=True)
    return row


if __name__ == "__main__":
    main()
