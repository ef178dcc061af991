"""Cameras on loopback for the tests of any room: `pytest_plugins = ["tests.cameras"]`, then ask for `cameras`.

They show a tiny clip, so that no test draws and codes a scene of the city.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.city_in_a_thread import SimServer
from tests.planted import CAMERA_PASSWORD
from tmcwall.rtsp.auth import Scheme, Verifier
from tmcwall.rtsp.codecs import H264, HEVC
from tmcwall.sim.footage import Bgr, write_footage
from tmcwall.sim.library import ClipLibrary
from tmcwall.sim.server import SimCamera

USERNAME = "petugas"
PASSWORD = CAMERA_PASSWORD

Cameras = Callable[..., SimServer]


def write_tiny_clip(
    path: Path, *, width: int = 320, height: int = 180, frame_rate: int = 25, seconds: int = 2, codec: str = H264
) -> Path:
    """A moving square on a grey ramp with its picture number; a key frame every second."""
    write_footage(
        path,
        _moving_square(width, height, frame_rate * seconds),
        frame_rate=frame_rate,
        gop=frame_rate,
        bit_rate=400_000,
        preset="ultrafast",
        codec=codec,
    )
    return path


def _moving_square(width: int, height: int, count: int) -> Iterator[Bgr]:
    ramp = np.tile(np.linspace(40, 200, width, dtype=np.uint8)[None, :, None], (height, 1, 3))
    for index in range(count):
        picture = np.ascontiguousarray(ramp)
        left = index * (width - height // 3) // count
        cv2.rectangle(picture, (left, height // 3), (left + height // 3, 2 * height // 3), (40, 180, 240), -1)
        cv2.putText(picture, str(index), (4, height - 6), cv2.FONT_HERSHEY_SIMPLEX, height / 180, (255, 255, 255), 1)
        yield picture


@pytest.fixture
def camera_login() -> tuple[str, str]:
    """The user name and password of cameras that ask for one."""
    return USERNAME, PASSWORD


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_clip(tmp_path_factory.mktemp("clip") / "tiny.mp4")


@pytest.fixture(scope="session")
def h265_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_clip(tmp_path_factory.mktemp("clip") / "h265.mp4", codec=HEVC)


@pytest.fixture
def cameras(tiny_clip: Path) -> Iterator[Cameras]:
    """Call it with camera ids to have them served; `password=True` asks for `camera_login`."""
    with ExitStack() as stack:

        def serve(
            *ids: str,
            password: bool = False,
            schemes: tuple[Scheme, ...] = (Scheme.DIGEST_SHA256, Scheme.DIGEST_MD5),
            clip: Path = tiny_clip,
            session_timeout_s: float = 60.0,
            port: int = 0,
            tls: ssl.SSLContext | None = None,
        ) -> SimServer:
            verifier = Verifier(USERNAME, PASSWORD, schemes=schemes) if password else None
            server = SimServer(
                [SimCamera(camera, "clip") for camera in ids],
                ClipLibrary(clip),
                port=port,
                verifier=verifier,
                session_timeout_s=session_timeout_s,
                tls=tls,
            )
            return stack.enter_context(server)

        yield serve
