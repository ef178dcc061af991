"""A child process of the city: draws and codes scenes.

One argument, the profile. Each line of standard input is `SCENE FILE`, separated by a tab; `done SCENE` answers when
the file is there. It ends at the end of standard input.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2

from tmcwall.domain.camera import Profile
from tmcwall.priority import give_way
from tmcwall.sim.footage import write_footage
from tmcwall.sim.scenes.catalogue import scene_named
from tmcwall.sim.scenes.film import pictures

FRAME_RATE: Final = 25
LOOP_S: Final = 8
_STEPS_BACK: Final = {Profile.SUB: 0, Profile.MAIN: 5}
"""Until the sub streams are there cameras show nothing; main streams can wait."""


@dataclass(frozen=True, slots=True)
class Coding:
    """Pixels, upper bit rate in bit/s, pictures between key frames, preset of libx264."""

    width: int
    height: int
    bit_rate: int
    gop: int
    preset: str


CODINGS: Final = {
    Profile.SUB: Coding(640, 360, 700_000, 25, "superfast"),
    Profile.MAIN: Coding(1920, 1080, 4_000_000, 50, "superfast"),
}


def code_scene(name: str, profile: Profile, path: Path) -> None:
    """Raises DomainError(NOT_FOUND) for an unknown scene."""
    coding = CODINGS[profile]
    film = pictures(
        scene_named(name), coding.width, coding.height, count=FRAME_RATE * LOOP_S, frame_rate=FRAME_RATE
    )  # fmt: skip
    write_footage(path, film, frame_rate=FRAME_RATE, gop=coding.gop, bit_rate=coding.bit_rate, preset=coding.preset)


def main(words: Sequence[str]) -> int:
    profile = Profile(words[0])
    give_way(_STEPS_BACK[profile])
    cv2.setNumThreads(1)
    for line in sys.stdin:
        name, _, path = line.rstrip("\n").partition("\t")
        code_scene(name, profile, Path(path))
        sys.stdout.write(f"done {name}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
