"""The formats of a clip: which parameter sets each stretch of it is decoded with, and where those are known from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tmcwall.containers.annex_b import nal_units
from tmcwall.containers.decoder_configuration import completed, overlaid, parameter_sets_of
from tmcwall.containers.mp4 import VideoFormat
from tmcwall.domain.bookmark import SetsFrom
from tmcwall.rtsp.codecs import JPEG, picture_size, size_of
from tmcwall.video.ipc.timeline import NO_RUN
from tmcwall.video.recording.footage import RecordedUnit, payloads, units_of
from tmcwall.video.recording.segments import Segment, SegmentHeader

_Sets = tuple[bytes, ...]


class ParameterSets:
    """Follows the format of consecutive access units; it changes at key frames only.

    What a key frame did not bring is taken from what is known of its own connection: what came before, the session
    description, what came later; and only then from the connection before. Sets of another picture size, as far as the
    size was known, are never taken.
    """

    def __init__(self, recorded: Sequence[Segment]) -> None:
        """`recorded` may go on after the end of the clip."""
        self.changed = False
        self.completed_from: list[SetsFrom] = []
        """Where sets are from that a key frame needed and did not bring, each named once."""
        self._recorded = recorded
        self._present: VideoFormat | None = None
        self._is_known = False
        self._run = NO_RUN
        self._brought: dict[int, list[tuple[int, _Sets]]] = {}
        """By run; read only where it is needed."""

    def of(self, unit: RecordedUnit, payload: bytes) -> VideoFormat | None:
        """The format of a unit; None where no parameter sets are known, up to the next key frame."""
        self.changed = False
        present = self._present
        if unit.segment.header.codec == JPEG:
            return self._of_picture(unit.segment.header, payload)
        if not unit.entry.key:
            return present if self._is_known else None
        header = unit.segment.header
        found = self._sets(unit, payload)
        self._is_known = found is not None
        if found is None:
            return None
        sets, source = found
        same = present is not None and (present.codec, present.parameter_sets) == (header.codec, sets)
        known_here = same and unit.entry.run == self._run
        if source is not None and not known_here and source not in self.completed_from:
            self.completed_from.append(source)
        self._run = unit.entry.run
        if present is not None and same:
            return present
        width, height = _size(header.codec, sets) or (header.width, header.height)
        self._present = VideoFormat(header.codec, width, height, header.clock_rate, sets)
        self.changed = True
        return self._present

    def _of_picture(self, header: SegmentHeader, picture: bytes) -> VideoFormat:
        """Of one that has no parameter sets: it says itself how it is decoded."""
        width, height = size_of(header.codec, picture) or (header.width, header.height)
        found = VideoFormat(header.codec, width, height, header.clock_rate, ())
        self.changed = found != self._present
        self._present, self._is_known = found, True
        return found

    def _sets(self, unit: RecordedUnit, payload: bytes) -> tuple[_Sets, SetsFrom | None] | None:
        """The sets of a key frame, and where they are from that it did not bring itself."""
        codec = unit.segment.header.codec
        brought = tuple(parameter_sets_of(codec, nal_units(payload)))
        whole = completed(codec, brought, ())
        if whole:
            return whole, None
        for source, known in self._known(unit):
            whole = completed(codec, brought, known)
            if whole:
                return whole, source
        return None

    def _known(self, unit: RecordedUnit) -> Iterator[tuple[SetsFrom, _Sets]]:
        """What is known besides a key frame itself, the surest first."""
        header, present = unit.segment.header, self._present
        before = present.parameter_sets if present is not None and present.codec == header.codec else ()
        if unit.entry.run == self._run:
            yield SetsFrom.EARLIER, before
        if header.known_sets:
            yield SetsFrom.EARLIER, overlaid(header.codec, header.known_sets, header.parameter_sets)
        yield SetsFrom.DESCRIPTION, tuple(header.parameter_sets)
        for later in self._later(unit):
            yield SetsFrom.LATER, later
        if _is_of_size(header, before):
            yield SetsFrom.EARLIER_CONNECTION, before

    def _later(self, unit: RecordedUnit) -> Iterator[_Sets]:
        """The sets of later key frames of the same connection, until the picture's size changes."""
        header, entry = unit.segment.header, unit.entry
        if entry.run not in self._brought:
            self._brought[entry.run] = list(self._brought_in(entry.run, header))
        for arrival_ns, sets in self._brought[entry.run]:
            if arrival_ns > entry.arrival_ns:
                if not _is_of_size(header, sets):
                    return
                yield sets

    def _brought_in(self, run: int, header: SegmentHeader) -> Iterator[tuple[int, _Sets]]:
        """The sets that key frames of a connection brought, each with its arrival."""
        keys = [
            unit
            for unit in units_of(self._recorded, profile=header.profile)
            if unit.entry.key and unit.entry.run == run and unit.segment.header.codec == header.codec
        ]
        for unit, payload in zip(keys, payloads(keys), strict=True):
            sets = tuple(parameter_sets_of(header.codec, nal_units(payload)))
            if sets:
                yield unit.entry.arrival_ns, sets


def _is_of_size(header: SegmentHeader, sets: _Sets) -> bool:
    """Whether sets fit what was known of a picture's size when it was recorded."""
    size = _size(header.codec, sets)
    return size is None or not (header.width and header.height) or size == (header.width, header.height)


def _size(codec: str, sets: _Sets) -> tuple[int, int] | None:
    return picture_size(codec, sets)
