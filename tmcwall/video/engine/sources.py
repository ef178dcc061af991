"""Where what tiles show comes from, as the desktop program has said."""

from __future__ import annotations

from collections.abc import Iterable

from tmcwall.domain.camera import Profile, RecordPolicy
from tmcwall.video.ipc.messages import File, Live, Replay, Source, StreamUrl
from tmcwall.video.sessions.access_unit_source import StreamKey


class Sources:
    """What may be asked for, by name."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def __contains__(self, camera: str) -> bool:
        return camera in self._sources

    def put(self, sources: Iterable[Source]) -> None:
        """Take these in place of those of the same name."""
        self._sources.update((source.camera, source) for source in sources)

    def drop(self, cameras: Iterable[str]) -> None:
        for camera in cameras:
            self._sources.pop(camera, None)

    def of(self, key: StreamKey) -> StreamUrl | File | Replay | None:
        """Where a stream comes from; None where there is no such stream."""
        source = self._sources.get(key.camera)
        if not isinstance(source, Live):
            return source
        return source.main if key.profile == Profile.MAIN else source.sub

    def file_of(self, key: StreamKey) -> bytes:
        """The path of a file that is played; empty for anything else."""
        source = self._sources.get(key.camera)
        return source.path if isinstance(source, File) else b""

    def turns(self, camera: str) -> bool:
        """Whether operators or patrols turn it, so that its view has no reference."""
        source = self._sources.get(camera)
        return isinstance(source, Live) and source.turns

    def has_sub(self, camera: str) -> bool:
        source = self._sources.get(camera)
        return isinstance(source, Live) and source.sub is not None

    def recorded(self, cameras: Iterable[str]) -> dict[str, StreamKey]:
        """Which stream of these cameras is recorded, as their policy says."""
        keys = {}
        for camera in cameras:
            source = self._sources.get(camera)
            if not isinstance(source, Live) or source.record is RecordPolicy.OFF:
                continue
            is_sub = source.record is RecordPolicy.SUB and source.sub is not None
            keys[camera] = StreamKey(camera, Profile.SUB if is_sub else Profile.MAIN)
        return keys
