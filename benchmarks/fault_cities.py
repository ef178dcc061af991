"""The cities of the fault benchmarks: `tmcwall sim` as processes that take orders, open to all or guarded."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from secrets import token_hex
from typing import Final

import cv2
import numpy as np

from tests.integration.video.certificates import DAY, Office
from tmcwall.sim.city import build_city
from tmcwall.sim.footage import Bgr, write_footage

RATE: Final = 25
SIZE: Final = (320, 180)


class City:
    """`tmcwall sim` as a process that takes orders; `reached` is what StreamUrl takes beside a camera's URL."""

    def __init__(self, clip: Path, *guards: str, **reached: str) -> None:
        self.reached = reached
        self._scheme = "rtsps" if "--certificate" in guards else "rtsp"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._ids = [made.id for made in build_city()]
        command = [sys.executable, "-m", "tmcwall", "sim", "--cameras", str(len(self._ids)), "--clip", str(clip)]
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port), *guards],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def camera(self, number: int) -> str:
        return self._ids[number]

    def url(self, camera: str) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}/{camera}/sub"

    def order(self, line: str) -> str:
        """What the city answers behind `done`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        answer = self._process.stdout.readline().strip()
        if not answer.startswith("done"):
            raise RuntimeError(answer)
        return answer.removeprefix("done").strip()

    def sent(self, camera: str, *numbers: int) -> int:
        """How many pictures a camera has really sent, all or those from the first to the last of two numbers."""
        return int(self.order(" ".join(["sent", camera, *map(str, numbers)])).split()[-1])

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)


class Guards:
    """Cities whose cameras ask for a password, or are reached over TLS with a certificate that is not in order."""

    def __init__(self, folder: Path, clip: Path) -> None:
        self._folder = folder
        self._clip = clip
        self._office = Office(folder)
        self.ca_file: Path = self._office.file
        """Who vouches for all of their certificates."""

    def city(self, guard: str) -> City:
        """`login`, or a certificate: `expired`, of an `other-host`, `changed`, or `known` though expired."""
        if guard == "login":
            login, password = self._folder / "login", token_hex(8)
            login.write_text(f"petugas\n{password}\n")
            return City(self._clip, "--login-file", str(login), username="petugas", password=password)
        age = 60 * DAY if guard in {"expired", "known"} else DAY
        _, found = self._office.camera(guard, age=age, address="10.9.8.7" if guard == "other-host" else "127.0.0.1")
        pinned = {"known": found, "changed": "ab" * 32}.get(guard, "")
        files = ("--certificate", str(self._folder / f"{guard}.pem"), "--key", str(self._folder / f"{guard}.key"))
        return City(self._clip, *files, fingerprint=pinned)


def clip_in(folder: Path) -> Path:
    """A square that goes over a noisy ramp, two seconds."""
    noise = np.random.default_rng(1)

    def pictures() -> list[Bgr]:
        width, height = SIZE
        ramp = np.linspace(40, 200, width, dtype=np.uint8)[None, :, None].repeat(height, 0).repeat(3, 2)
        made = []
        for number in range(2 * RATE):
            picture = np.clip(ramp + noise.integers(0, 9, ramp.shape), 0, 255).astype(np.uint8)
            left = number * (width - 60) // (2 * RATE)
            made.append(cv2.rectangle(np.ascontiguousarray(picture), (left, 60), (left + 60, 120), (40, 180, 240), -1))
        return made

    path = folder / "clip.mp4"
    write_footage(path, pictures(), frame_rate=RATE, gop=RATE, bit_rate=400_000, preset="ultrafast")
    return path
