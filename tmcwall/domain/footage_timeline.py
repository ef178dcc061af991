"""What there is of a camera over time: its footage and what is missing, how it was doing, and what happened.

Footage comes from clips and from the rolling recording. Both are parts of one track, which says of every moment of a
range whether there is a picture, and if not, why.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, Generic, TypeVar

from tmcwall.domain.bookmark import Bookmark, Clip, ClipState, Gap, GapCause
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.history import CameraHistory, CameraState, ClockReading

L = TypeVar("L")

_FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


class FootageSource(StrEnum):
    """Where a picture is kept."""

    CLIP = "clip"
    RECORDING = "recording"
    """The rolling one: it will be overwritten."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts_at` until before `ends_at`."""

    starts_at: datetime
    ends_at: datetime

    @property
    def seconds(self) -> float:
        return (self.ends_at - self.starts_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Piece:
    """Of a track: pictures from `source`; or none, because of `cause`, or None where nobody recorded."""

    span: Span
    source: FootageSource | None = None
    cause: GapCause | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a camera was in one state."""

    span: Span
    state: CameraState
    cause: FaultCode | None = None


class EventKind(StrEnum):
    TAG = "tag"
    INCIDENT = "incident"
    GAP = "gap"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Event:
    """Something to go to. `id` is that of the bookmark or the incident, the cause of a gap, or the state."""

    at: datetime
    kind: EventKind
    id: str = ""


@dataclass(frozen=True, slots=True)
class Footage:
    """A stretch that is kept somewhere, with what is missing in it."""

    span: Span
    source: FootageSource
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Track:
    """Of one camera. `pieces` and `spells` fill their range without holes, in order; `events` are in order of time."""

    camera_id: str
    pieces: tuple[Piece, ...]
    spells: tuple[Spell, ...]
    events: tuple[Event, ...]

    def piece_at(self, moment: datetime) -> Piece | None:
        """None outside the range."""
        place = bisect_right([piece.span.starts_at for piece in self.pieces], moment) - 1
        return self.pieces[place] if place >= 0 and moment < self.pieces[place].span.ends_at else None


def footage_of_clip(clip: Clip) -> Footage | None:
    """None unless it is ready and says when its first and last picture came."""
    if clip.state is not ClipState.READY or clip.first_packet_at is None or clip.last_packet_at is None:
        return None
    return Footage(Span(clip.first_packet_at, clip.last_packet_at), FootageSource.CLIP, clip.gaps)


def track_of(
    camera_id: str,
    shown: Span,
    *,
    footage: Iterable[Footage],
    history: CameraHistory,
    tags: Iterable[Bookmark] = (),
    incidents: Iterable[tuple[datetime, str]] = (),
) -> Track:
    """`incidents`: when each was called in, and its id. What lies outside `shown` is left out."""
    pieces = _pieces(shown, tuple(footage))
    spells = _spells(shown, history)
    events = [
        *(Event(tag.starts_at, EventKind.TAG, tag.id) for tag in tags),
        *(Event(at, EventKind.INCIDENT, incident) for at, incident in incidents),
        *(Event(one.span.starts_at, EventKind.GAP, one.cause) for one in pieces if one.cause is not None),
        *(Event(later.span.starts_at, EventKind.STATE, later.state) for _, later in pairwise(spells)),
    ]
    inside = sorted(
        {event for event in events if shown.starts_at <= event.at < shown.ends_at},
        key=lambda event: (event.at, event.kind, event.id),
    )
    return Track(camera_id, pieces, spells, tuple(inside))


def next_event(tracks: Iterable[Track], moment: datetime) -> Event | None:
    """The first after that moment, on any track."""
    events = sorted((event for track in tracks for event in track.events), key=lambda event: event.at)
    place = bisect_right([event.at for event in events], moment)
    return events[place] if place < len(events) else None


def previous_event(tracks: Iterable[Track], moment: datetime) -> Event | None:
    """The last before that moment, on any track."""
    events = sorted((event for track in tracks for event in track.events), key=lambda event: event.at)
    place = bisect_left([event.at for event in events], moment)
    return events[place - 1] if place else None


def clock_at(history: CameraHistory, moment: datetime) -> ClockReading | None:
    """What the camera's clock was last known to say at that moment; None: it was never measured before."""
    before = [reading for reading in history.clocks if reading.at <= moment]
    return before[-1] if before else None


ZOOM_LEVELS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (10, 30, 60, 300, 900, 3_600, 4 * 3_600, 12 * 3_600, 86_400, 3 * 86_400, 7 * 86_400, 30 * 86_400)
)
"""How long a view may be."""


def zoomed(view: Span, steps: int, *, around: datetime) -> Span:
    """So many levels nearer (positive) or further; what lies at `around` stays where it is in the view."""
    lengths = [level.total_seconds() for level in ZOOM_LEVELS]
    present = min(range(len(lengths)), key=lambda place: abs(lengths[place] - view.seconds))
    length = ZOOM_LEVELS[min(max(present - steps, 0), len(lengths) - 1)]
    share = (around - view.starts_at).total_seconds() / view.seconds if view.seconds else 0.5
    begins = _within_time(around, -min(max(share, 0.0), 1.0) * length)
    return Span(begins, _within_time(begins, length))


def moved(view: Span, by: timedelta) -> Span:
    begins = _within_time(view.starts_at, by)
    return Span(begins, _within_time(begins, view.ends_at - view.starts_at))


_TICKS_S: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 604_800)


def ticks(view: Span, *, most: int) -> tuple[datetime, ...]:
    """Round moments in UTC to write times at, `most` at most; a zone of whole hours shows them as round."""
    step_s = next((step for step in _TICKS_S if view.seconds / step < most), _TICKS_S[-1])
    first = -(-view.starts_at.timestamp() // step_s)
    last = view.ends_at.timestamp() // step_s
    places = range(int(first), int(last) + 1)
    return tuple(datetime.fromtimestamp(place * step_s, UTC) for place in places[:most])


def _within_time(moment: datetime, by: timedelta) -> datetime:
    """Not before the first and not after the last moment that a clock shows."""
    try:
        return moment + by
    except OverflowError:
        return _FIRST if by < timedelta(0) else _LAST


def _pieces(shown: Span, footage: Sequence[Footage]) -> tuple[Piece, ...]:
    """A clip before the rolling recording, which goes; a picture before the reason why another source lacks it."""
    layers: list[_Layer[tuple[FootageSource | None, GapCause | None]]] = [
        _Layer([span for one in footage if one.source is source for span in _with_pictures(one)], (source, None))
        for source in FootageSource
    ]
    gaps: dict[GapCause, list[Span]] = {}
    for one in footage:
        for gap in one.gaps:
            gaps.setdefault(gap.cause, []).append(Span(gap.starts_at, gap.ends_at))
    layers += [_Layer(gaps[cause], (None, cause)) for cause in GapCause if cause in gaps]
    return tuple(Piece(span, *(label or (None, None))) for span, label in _layered(shown, layers))


def _with_pictures(one: Footage) -> list[Span]:
    gaps = _Layer([Span(gap.starts_at, gap.ends_at) for gap in one.gaps], "gap")
    return [span for span, gap in _layered(one.span, [gaps]) if gap is None]


def _spells(shown: Span, history: CameraHistory) -> tuple[Spell, ...]:
    changes = [change for change in history.changes if change.at < shown.ends_at]
    ends = [change.at for change in changes[1:]]
    last = min(shown.ends_at, history.known_until or shown.ends_at)
    layers = [
        _Layer([Span(change.at, end)], (change.state, change.cause))
        for change, end in zip(changes, [*ends, last], strict=False)
        if end > change.at
    ]
    found = _layered(shown, layers)
    return tuple(Spell(span, *(label or (CameraState.UNKNOWN, None))) for span, label in found)


class _Layer(Generic[L]):
    """Spans under one label, put together where they touch or overlap."""

    def __init__(self, spans: Iterable[Span], label: L) -> None:
        self.label = label
        self.spans: list[Span] = []
        for span in sorted(spans, key=lambda span: span.starts_at):
            if span.ends_at <= span.starts_at:
                continue
            if self.spans and span.starts_at <= self.spans[-1].ends_at:
                self.spans[-1] = Span(self.spans[-1].starts_at, max(self.spans[-1].ends_at, span.ends_at))
            else:
                self.spans.append(span)
        self._starts = [span.starts_at for span in self.spans]

    def holds(self, moment: datetime) -> bool:
        place = bisect_right(self._starts, moment) - 1
        return place >= 0 and moment < self.spans[place].ends_at


def _layered(shown: Span, layers: Sequence[_Layer[L]]) -> list[tuple[Span, L | None]]:
    """The range in pieces, each with the label of the first layer that holds it; None where none does."""
    edges = {edge for layer in layers for span in layer.spans for edge in (span.starts_at, span.ends_at)}
    inside = sorted(edge for edge in edges if shown.starts_at < edge < shown.ends_at)
    found: list[tuple[Span, L | None]] = []
    for begin, end in pairwise([shown.starts_at, *inside, shown.ends_at]):
        if end <= begin:
            continue
        label = next((layer.label for layer in layers if layer.holds(begin)), None)
        if found and found[-1][1] == label:
            found[-1] = (Span(found[-1][0].starts_at, end), label)
        else:
            found.append((Span(begin, end), label))
    return found
