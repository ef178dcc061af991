"""Where every camera's streams come from, as the desktop program last said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from tmcwall.domain.camera import Profile, RecordPolicy
from tmcwall.video.ipc.messages import CameraSource, StreamUrl
from tmcwall.video.ipc.replay_url import SCHEME
from tmcwall.video.sessions.stream import StreamKey

_STREAM_SCHEMES: Final = frozenset({"rtsp", "rtsps", "http", "https", SCHEME})


class Sources:
    """The cameras that may be asked for."""

    def __init__(self) -> None:
        self._cameras: dict[str, CameraSource] = {}

    def __contains__(self, camera: str) -> bool:
        return camera in self._cameras

    def replace(self, cameras: Sequence[CameraSource], known: Collection[StreamKey]) -> list[StreamKey]:
        """Take all cameras anew; which of the known streams come from elsewhere now, or from nowhere."""
        before = {key: self.of(key) for key in known}
        self._cameras = {camera.camera: camera for camera in cameras}
        return [key for key in known if self.of(key) != before[key]]

    def of(self, key: StreamKey) -> StreamUrl | None:
        camera = self._cameras.get(key.camera)
        if camera is None:
            return None
        return camera.main if key.profile == Profile.MAIN else camera.sub

    def streamed(self, key: StreamKey) -> StreamUrl | None:
        """Of what comes as a stream, from the network or out of the recording; None for a file, too."""
        source = self.of(key)
        return None if source is None or _file_path(source.url) else source

    def file_of(self, key: StreamKey) -> str:
        """The path of a file that is played; empty for a stream."""
        source = self.of(key)
        return _file_path(source.url) if source is not None else ""

    def turns(self, camera: str) -> bool:
        """Whether operators or patrols turn it, so that its view has no reference."""
        source = self._cameras.get(camera)
        return source is not None and source.turns

    def has_sub(self, camera: str) -> bool:
        """Of a camera that is known."""
        return self._cameras[camera].sub is not None

    def recorded(self, cameras: Iterable[str]) -> dict[str, StreamKey]:
        """Which stream of these cameras is recorded, as their policy says."""
        keys = {}
        for camera in cameras:
            source = self._cameras.get(camera)
            if source is None or source.record == RecordPolicy.OFF or _file_path(source.main.url):
                continue
            is_sub = source.record == RecordPolicy.SUB and source.sub is not None
            keys[camera] = StreamKey(camera, Profile.SUB.value if is_sub else Profile.MAIN.value)
        return keys


def _file_path(url: str) -> str:
    """The path a `file:` URL or a plain path names; empty for a stream."""
    scheme = url.split(":", 1)[0].lower() if "://" in url or url.startswith("file:") else ""
    if scheme in _STREAM_SCHEMES:
        return ""
    return unquote(urlsplit(url).path) if scheme == "file" else url
