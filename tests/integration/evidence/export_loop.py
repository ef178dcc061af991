"""Exports packages again and again into a folder, in programs that are killed at random moments."""

import os
import random
import signal
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.evidence_packages import KEY, MADE_AT, content_of, footage, pictures, source_of, write_clip
from tmcwall.evidence.package import make_package


def main(folder: Path, *, kills: int, life_s: float) -> None:
    chance = random.Random(20250310)
    clip = write_clip(folder / "klip.mp4", pictures(30))
    content = content_of(source_of(clip, footage()), source_of(clip, footage("Lain")))
    for life in range(kills):
        child = os.fork()
        if not child:
            export_for_ever(folder / "out", content, life)
        time.sleep(chance.uniform(0, life_s))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def export_for_ever(out: Path, content, life: int) -> None:
    number = 0
    while True:
        number += 1
        at = MADE_AT + timedelta(hours=life, seconds=number)
        make_package(out, replace(content, made_at=at), key=KEY, release=lambda _made: None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), kills=int(sys.argv[2]), life_s=float(sys.argv[3]))
