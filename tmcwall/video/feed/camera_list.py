"""The cameras as one engine knows them: only what differs is sent, in messages of a bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from tmcwall.video.ipc.messages import DropCameras, PutCameras, Source
from tmcwall.video.ipc.pinning import pinned

_MESSAGE_BYTES: Final = 256 * 1024
"""Far below the limit of a frame, and packed in a few milliseconds, so that other threads have their turn."""
_NAMES: Final = 1000


@dataclass(frozen=True, slots=True)
class WantedCameras:
    """All cameras that may be asked for, and the certificates that are known of hosts, named as `host:port`."""

    cameras: Sequence[Source] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)


class CameraList:
    """What one engine has been sent; a new engine begins with a new one. Not for the GUI thread."""

    def __init__(self) -> None:
        self._sent: dict[str, Source] = {}

    def change_to(self, wanted: WantedCameras) -> Iterator[PutCameras | DropCameras]:
        """The messages after which the engine knows these cameras and no others."""
        cameras = {camera.camera: pinned(camera, wanted.fingerprints) for camera in wanted.cameras}
        dropped = [name for name in self._sent if name not in cameras]
        changed = [camera for name, camera in cameras.items() if self._sent.get(name) != camera]
        self._sent = cameras
        for start in range(0, len(dropped), _NAMES):
            yield DropCameras(dropped[start : start + _NAMES])
        yield from _put(changed)


def _put(cameras: Iterable[Source]) -> Iterator[PutCameras]:
    some: list[Source] = []
    size = 0
    for camera in cameras:
        own = len(msgspec.json.encode(camera))
        if some and size + own > _MESSAGE_BYTES:
            yield PutCameras(list(some))
            some, size = [], 0
        some.append(camera)
        size += own
    if some:
        yield PutCameras(list(some))
