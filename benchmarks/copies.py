"""How fast viewing copies, redacted copies and stills are made of a scene of the synthetic city.

usage: copies.py [--seconds 60] [--scene NAME] [--json FILE]
Times are of the whole call, the start of its process included; `real_time` is how many seconds of video a second makes.
"""

import argparse
import json
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tmcwall.containers.mp4 import Mp4Writer, VideoFormat
from tmcwall.domain.camera import Profile
from tmcwall.domain.derived_copy import Box, KeyBox, Region
from tmcwall.evidence.copy_file import Making
from tmcwall.evidence.redaction import Redaction, make_redacted_copy
from tmcwall.evidence.viewing_copy import ClipFacts, make_still, make_viewing_copy
from tmcwall.sim.encode import CODINGS, FRAME_RATE, code_scene
from tmcwall.sim.footage import read_footage
from tmcwall.sim.scenes.catalogue import SCENES
from tmcwall.video.copying.copier import BoxedCopier

TICKS = 90_000
FACTS = ClipFacts(
    "CAM-1", "LP/B/12/XI/2026/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH", datetime(2026, 11, 30, 1, tzinfo=UTC)
)


def clip_of(scene: str, profile: Profile, seconds: int, folder: Path) -> Path:
    """The scene's loop again and again, as the recorder would have cut it."""
    coded = folder / f"{profile}-loop.mp4"
    code_scene(scene, profile, coded)
    footage = read_footage(coded)
    coding = CODINGS[profile]
    path = folder / f"{profile}.mp4"
    with path.open("w+b") as file:
        writer = None
        for number in range(seconds * FRAME_RATE):
            picture = footage.pictures[number % len(footage.pictures)]
            sets = footage.parameter_sets if picture.key else ()
            payload = b"".join(b"\0\0\0\1" + nal for nal in (*sets, *picture.nals))
            if writer is None:
                writer = Mp4Writer(
                    file, VideoFormat("h264", coding.width, coding.height, TICKS, tuple(footage.parameter_sets))
                )
            writer.write(payload, pts=number * TICKS // FRAME_RATE, key=picture.key)
        writer.finish()
    return path


def measure(name: str, seconds: float, work) -> dict:
    begun = time.perf_counter()
    before = os.times()
    work()
    wall_s = time.perf_counter() - begun
    after = os.times()
    cpu_s = sum(after[:4]) - sum(before[:4])
    return {"what": name, "wall_s": round(wall_s, 2), "cpu_s": round(cpu_s, 2), "real_time": round(seconds / wall_s, 1)}


def rows_of(scene: str, profile: Profile, seconds: int, folder: Path) -> list[dict]:
    clip = clip_of(scene, profile, seconds, folder)
    given = {"facts": FACTS, "officer": "bench", "now": datetime.now(UTC), "making": Making(BoxedCopier())}
    keys = [KeyBox(at_s, Box(0.2 + 0.01 * at_s % 0.5, 0.4, 0.1, 0.1)) for at_s in (*range(0, seconds, 5), seconds)]
    redaction = Redaction((Region(tuple(keys)),))
    size = f"{CODINGS[profile].width}x{CODINGS[profile].height}"
    return [
        measure(f"viewing copy {size}", seconds, lambda: make_viewing_copy(clip, folder / f"{profile}-v.mp4", **given)),
        measure(
            f"redacted copy {size}",
            seconds,
            lambda: make_redacted_copy(clip, folder / f"{profile}-r.mp4", redaction=redaction, **given),
        ),
        measure(f"still {size}", 0, lambda: make_still(clip, folder / f"{profile}.png", at_s=seconds / 2, **given)),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--scene", default=next(iter(SCENES)))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        rows = [row for profile in Profile for row in rows_of(options.scene, profile, options.seconds, Path(name))]
    for row in rows:
        print(
            f"{row['what']:24} {row['wall_s']:7.2f} s  {row['cpu_s']:7.2f} s CPU  {row['real_time']:5.1f} x real time"
        )
    if options.json:
        options.json.write_text(json.dumps({"load": os.getloadavg(), "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
