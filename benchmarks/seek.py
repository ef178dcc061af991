"""How long it takes until the picture of another place of a clip is shown, through engine and decoder as in the review.

usage: python -m benchmarks.seek [--size 640x360] [--seconds 60] [--gop 50] [--count 60] [--seed 1]
"""

import argparse
import os
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from tmcwall.domain.clock import SystemClock
from tmcwall.video.feed.tile_feed import FileFeed
from tmcwall.video.feed.video_feed import VideoFeed

RATE = 25
LONGEST_S = 60.0


def make_clip(folder: Path, size: str, seconds: int, gop: int) -> Path:
    """Moving shapes and sensor noise, with a key frame every `gop` pictures."""
    clip = folder / "clip.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate={RATE}", "-vf",
         "noise=alls=8:allf=t", "-t", str(seconds), "-c:v", "libx264", "-preset", "veryfast", "-g", str(gop),
         "-bf", "0", "-crf", "28", str(clip)],
        check=True,
    )  # fmt: skip
    return clip


def wait(application: QCoreApplication, condition: Callable[[], object]) -> float:
    """Milliseconds until it holds."""
    begin = time.perf_counter()
    while not condition():
        if time.perf_counter() - begin > LONGEST_S:
            raise TimeoutError
        application.processEvents()
        time.sleep(0.001)
    return (time.perf_counter() - begin) * 1e3


def sequence(feed: FileFeed) -> int:
    picture = feed.newest_whole()
    return picture.sequence if picture is not None else -1


def seeks(application: QCoreApplication, feed: FileFeed, *, seconds: int, count: int, seed: int) -> list[float]:
    """While paused: until a newer picture than the one that was shown is whole."""
    chance = random.Random(seed)
    times = []
    for _ in range(count):
        before = sequence(feed)
        feed.seek(chance.uniform(0.0, seconds - 1.0))
        times.append(wait(application, lambda before=before: sequence(feed) > before))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--gop", type=int, default=50)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    application = QCoreApplication([])
    width, height = map(int, given.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip(Path(folder), given.size, given.seconds, given.gop)
        feed = VideoFeed(clock=SystemClock(), recordings=Path(folder, "recordings"), decoders=1)
        stopped: list[bool] = []
        feed.stopped.connect(lambda: stopped.append(True))
        feed.start()
        tile = feed.open_file(clip, min(width, 1280), min(height, 720))
        wait(application, lambda: sequence(tile) >= 0 and tile.duration_s > 0)
        tile.pause()
        begin = time.monotonic()
        wait(application, lambda: time.monotonic() - begin > 1.5)
        times = seeks(application, tile, seconds=given.seconds, count=given.count, seed=given.seed)
        tile.seek(1.0)
        wait(application, lambda: abs(tile.position_s - 1.0) < 0.2)
        tile.play(speed=8.0)
        played = time.monotonic()
        wait(application, lambda: tile.position_s > 30.0 or tile.ended)
        pace = (tile.position_s - 1.0) / (time.monotonic() - played)
        tile.close()
        feed.stop()
        wait(application, lambda: stopped)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"{given.size}, key frame every {given.gop}: p50 {statistics.median(times):.0f}, p95 {p95:.0f}, worst"
        f" {max(times):.0f} ms; at 8x it went {pace:.1f}x; load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
