"""An original clip as it is read for copies: opened for reading only, its pictures one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, Self

from tmcwall.containers.mp4_reader import Mp4Reader, SampleEntry, VideoTrack
from tmcwall.domain.derived_copy import CodedPicture
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.evidence.media_signing import nal_units_of

_START_CODE: Final = b"\0\0\0\1"
_HASHED_AT_ONCE: Final = 1024 * 1024


class OriginalClip:
    """Open within its block. For one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        """Raises Fault(FILE_UNREADABLE, NO_VIDEO, CODEC_UNSUPPORTED)."""
        try:
            self._file = self._path.open("rb")
        except OSError as error:
            raise Fault(FaultCode.FILE_UNREADABLE, error.strerror or "", retryable=False) from error
        try:
            self._reader = Mp4Reader(self._file)
        except Fault:
            self._file.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def sha256(self) -> str:
        """Of the whole file. Raises Fault(FILE_UNREADABLE)."""
        digest = hashlib.sha256()
        try:
            with self._path.open("rb") as file:
                while data := file.read(_HASHED_AT_ONCE):
                    digest.update(data)
        except OSError as error:
            raise Fault(FaultCode.FILE_UNREADABLE, error.strerror or "", retryable=False) from error
        return digest.hexdigest()

    def ends_at_s(self) -> float:
        """When its last picture is shown."""
        times = (sample.pts / track.timescale for track in self._reader.tracks for sample in track.samples())
        return max(times, default=0.0)

    def pictures(self) -> Iterator[CodedPicture]:
        """All, in decoding order, from the first key picture on. Raises Fault(FILE_UNREADABLE)."""
        for track in self._reader.tracks:
            for picture, _ in self._pictures_of(track, 0):
                yield picture

    def pictures_to(self, at_s: float) -> list[tuple[CodedPicture, str]]:
        """What has to be decoded to see the picture of that moment, each with the hash of its access unit."""
        tracks = self._reader.tracks
        running = max((number for number, one in enumerate(tracks) if _begins_s(one) <= at_s), default=0)
        track = tracks[running]
        first = 0
        for number, sample in enumerate(track.samples()):
            if sample.key and sample.pts / track.timescale <= at_s:
                first = number
        chosen: list[tuple[CodedPicture, str]] = []
        for picture, nal_units in self._pictures_of(track, first):
            if picture.key and picture.at_s > at_s and chosen:
                break
            chosen.append((picture, hashlib.sha256(b"".join(nal_units)).hexdigest()))
        return chosen

    def _pictures_of(self, track: VideoTrack, first: int) -> Iterator[tuple[CodedPicture, Sequence[bytes]]]:
        """From the first key picture at or behind that place on."""
        entry: SampleEntry | None = None
        for sample in islice(track.samples(), first, None):
            if entry is None and not sample.key:
                continue
            nal_units = nal_units_of(self._reader, sample)
            sets = sample.entry.parameter_sets if sample.key or sample.entry is not entry else ()
            entry = sample.entry
            payload = nal_units[0]
            if sample.entry.length_bytes:
                payload = b"".join(_START_CODE + nal_unit for nal_unit in (*sets, *nal_units))
            yield CodedPicture(entry.codec, sample.pts / track.timescale, sample.key, payload), nal_units


def _begins_s(track: VideoTrack) -> float:
    return next((sample.pts / track.timescale for sample in track.samples()), 0.0)
