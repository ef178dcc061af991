"""Where a clip begins: with the access unit from which all that was asked for can be decoded, also by stock players."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tmcwall.containers.decoder_configuration import overlaid
from tmcwall.rtsp.codecs import H264
from tmcwall.rtsp.h264 import picture_before
from tmcwall.video.recording.footage import RecordedUnit, payloads
from tmcwall.video.recording.gaps import silence_ns


def start_of_clip(units: Sequence[RecordedUnit], start_utc_ns: int) -> int | None:
    """The place of its first unit, a key frame or another entry; None where there is none.

    From the key frame at or before the start. Where decoding starts with a picture that is not whole at once, from one
    that is whole by the start, in stock players too; if none is, from the newest. Where recording began after the
    start, from its first. Raises OSError, Fault(FOOTAGE_MISSING).
    """
    keys = [place for place, unit in enumerate(units) if unit.entry.key]
    before = [place for place in keys if units[place].entry.arrival_utc_ns <= start_utc_ns]
    if not before or _ended_before(units, before[-1], start_utc_ns):
        return next((place for place in keys if units[place].entry.arrival_utc_ns > start_utc_ns), None)
    whole = [place for place in before if _is_whole_by(units, place, start_utc_ns)]
    if not whole or _is_interrupted(units, whole[-1], before[-1]):
        return before[-1]
    first = whole[-1]
    if len(whole) > 1 and _rests_on_missing(units[first]) and not _is_interrupted(units, whole[-2], first):
        return whole[-2]
    return first


def players_start_late(units: Sequence[RecordedUnit], start_utc_ns: int) -> bool:
    """Whether stock players show wrong pictures of what was asked for, if they begin with the first of these units.

    Raises OSError, Fault(FOOTAGE_MISSING).
    """
    if not _rests_on_missing(units[0]):
        return False
    following = next((place for place, unit in enumerate(units) if place and unit.entry.key), None)
    return following is None or not _is_whole_by(units, following, start_utc_ns)


def _rests_on_missing(unit: RecordedUnit) -> bool:
    """Whether stock players refuse the pictures up to the next entry, if they begin with this one: see
    `picture_before`, which only our own decoder is given.
    """
    header = unit.segment.header
    if header.codec != H264 or not unit.entry.until_whole:
        return False
    known = overlaid(header.codec, header.known_sets, header.parameter_sets)
    return any(picture_before(payload, known) for payload in payloads([unit]))


def _is_whole_by(units: Sequence[RecordedUnit], place: int, start_utc_ns: int) -> bool:
    """Whether the picture is whole at the start, if decoding starts with that one."""
    whole = place + units[place].entry.until_whole
    return whole < len(units) and units[whole].entry.arrival_utc_ns <= start_utc_ns


def _is_interrupted(units: Sequence[RecordedUnit], first: int, last: int) -> bool:
    silent_ns = silence_ns([unit.entry for unit in units])
    times = [unit.entry.arrival_utc_ns for unit in units[first : last + 1]]
    return any(later - earlier > silent_ns for earlier, later in pairwise(times))


def _ended_before(units: Sequence[RecordedUnit], place: int, start_utc_ns: int) -> bool:
    """Whether the footage from that key frame on breaks off well before the start."""
    silent_ns = silence_ns([unit.entry for unit in units])
    last_ns = units[place].entry.arrival_utc_ns
    for unit in units[place + 1 :]:
        if unit.entry.arrival_utc_ns > start_utc_ns:
            return unit.entry.arrival_utc_ns - last_ns > silent_ns and start_utc_ns - last_ns > silent_ns
        last_ns = unit.entry.arrival_utc_ns
    return start_utc_ns - last_ns > silent_ns
