"""The units of a signed video that wait for their message, and which of them a message covers."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from tmcwall.evidence.signing_findings import Finding, FindingKind
from tmcwall.evidence.signing_message import Coverage, SigningMessage

_MOST_PENDING: Final = 20_000
"""Units that wait for a signature. A camera signs at least each GOP or has parts of GOPs of at most 300 units."""
_MOST_OF_A_PART: Final = 2048
"""Units among which those of a part of a GOP are looked for; the reference framework has at most 300 in one."""
_MOST_GOPS_SEARCHED: Final = 64
_MOST_STRAYS: Final = 1000
"""Messages that belong to nothing; of more no more is said."""
_MOST_GOPS_UNDER_A_SIGNATURE: Final = 1000


@dataclass(slots=True)
class Outcome:
    """What a message says of the units that it covers. It counts when the message's own signature does."""

    at_s: float
    until_s: float
    gops: int = 0
    verified: int = 0
    findings: list[Finding] = field(default_factory=list)
    covered: list[Outcome] = field(default_factory=list)
    """Of messages without a signature, which are among the units."""
    time: tuple[int, int] = (0, 0)
    """Of its first and last picture, by the camera's clock."""

    def all_gops(self) -> int:
        """With those of the messages among its units."""
        gops, inner = 0, [self]
        while inner:
            one = inner.pop()
            gops += one.gops
            inner += one.covered
        return gops


@dataclass(slots=True)
class SignedUnit:
    """A unit that waits for its message."""

    at_s: float
    starts_gop: bool
    digests: tuple[bytes, ...]
    """By all hashes that there are, until the camera has said which it uses; then one."""
    outcome: Outcome | None = None


class WaitingUnits:
    """A queue of them, in the order of the video."""

    def __init__(self) -> None:
        self._units: deque[SignedUnit] = deque()
        self._has_covered = False
        self._strays = 0
        self._name = ""
        self._linked: bytes | None = None
        """The hash of the first unit of the GOP before; None where that is not known."""
        self.lost: list[Finding] = []
        """What no message covers any more. Who takes it out empties it."""

    def __len__(self) -> int:
        return len(self._units)

    def append(self, unit: SignedUnit) -> None:
        self._units.append(unit)
        if len(self._units) > _MOST_PENDING:
            count = _MOST_PENDING // 2
            self.lost.append(Finding(FindingKind.SIGNATURE_LOST, self._units[0].at_s, count))
            self._consume(count)
            self._linked = None

    @property
    def overflows(self) -> bool:
        """Whether it is half full: then nobody waits any longer for what the camera says of its hash."""
        return len(self._units) > _MOST_PENDING // 2

    def settle(self, index: int) -> None:
        """The camera uses the hash of that place."""
        for unit in self._units:
            unit.digests = unit.digests[index : index + 1]

    def rest(self) -> tuple[int, float]:
        """How many GOPs still wait, under messages without a signature, too, and since when."""
        gops = sum(
            unit.starts_gop + (unit.outcome.all_gops() if unit.outcome is not None else 0) for unit in self._units
        )
        return gops, self._units[0].at_s if self._units else 0.0

    def cover(self, message: SigningMessage, coverage: Coverage, *, hash_name: str, at_s: float) -> Outcome | None:
        """Take the units that a message covers out of those that wait.

        None where it is the first message of a cut, of a GOP before it, and where too many belong to nothing.
        """
        if self._strays > _MOST_STRAYS:
            return None
        self._name = hash_name
        units = list(islice(self._units, _MOST_OF_A_PART if coverage.part_of_gop else _MOST_PENDING))
        starts = [0, *(index for index, unit in enumerate(units) if unit.starts_gop and index)][:_MOST_GOPS_SEARCHED]
        size = len(coverage.gop_hash)
        hashes = [message.hash_list[at : at + size] for at in range(0, len(message.hash_list), size)]
        is_first, self._has_covered = not self._has_covered, True
        found = self._find_exact(units, starts, coverage) if units else None
        if found is None and hashes:
            found = self._find_similar(units, starts, hashes)
        if found is None:
            if is_first and any(coverage.linked_hash):
                return None
            return self._note_stray(units, coverage, hashes, at_s)
        start, end = found
        if start:
            self.lost.append(Finding(FindingKind.SIGNATURE_LOST, units[0].at_s, start))
            self._linked = units[max((at for at in starts if at < start), default=0)].digests[0]
        outcome = Outcome(units[start].at_s, units[end - 1].at_s, gops=1)
        outcome.time = (coverage.first_time, coverage.last_time)
        self._check_link(coverage, outcome)
        if self._hash_of(units[start:end]) == coverage.gop_hash:
            outcome.verified = end - start
            outcome.covered = [unit.outcome for unit in units[start:end] if unit.outcome is not None]
            self._linked = units[start].digests[0]
        else:
            end = start + self._align(units[start:], hashes, coverage, outcome)
            self._linked = hashes[0]
        self._consume(end)
        if outcome.all_gops() > _MOST_GOPS_UNDER_A_SIGNATURE:
            self.lost.append(Finding(FindingKind.SIGNATURE_LOST, outcome.at_s, 0))
            outcome.covered.clear()
        return outcome

    def _note_stray(
        self, units: Sequence[SignedUnit], coverage: Coverage, hashes: Sequence[bytes], at_s: float
    ) -> Outcome:  # fmt: skip
        """A message to which nothing that waits belongs: the GOP in its place is another one, or is gone."""
        self._linked = hashes[0] if hashes else None
        self._strays += 1
        if not units:
            return Outcome(at_s, at_s, findings=[Finding(FindingKind.MISSING, at_s, coverage.unit_count)])
        end = self._end(units, 0)
        outcome = Outcome(units[0].at_s, units[end - 1].at_s, gops=1)
        outcome.findings.append(Finding(FindingKind.ALTERED, units[0].at_s, end))
        self._consume(end)
        return outcome

    def _consume(self, count: int) -> None:
        for _ in range(count):
            self._units.popleft()

    def _check_link(self, coverage: Coverage, outcome: Outcome) -> None:
        if self._linked in {None, coverage.linked_hash}:
            return
        kind = FindingKind.OUT_OF_ORDER if any(coverage.linked_hash) else FindingKind.BEGINS_ANEW
        outcome.findings.append(Finding(kind, outcome.at_s, 0))

    def _hash_of(self, units: Iterable[SignedUnit]) -> bytes:
        return hashlib.new(self._name, b"".join(unit.digests[0] for unit in units)).digest()

    def _find_exact(
        self, units: Sequence[SignedUnit], starts: Iterable[int], coverage: Coverage
    ) -> tuple[int, int] | None:  # fmt: skip
        for start in starts:
            end = self._end(units, start)
            if coverage.part_of_gop:
                end = min(end, start + coverage.unit_count)
            if self._hash_of(units[start:end]) == coverage.gop_hash:
                return start, end
        return None

    def _find_similar(
        self, units: Sequence[SignedUnit], starts: Iterable[int], hashes: Sequence[bytes]
    ) -> tuple[int, int] | None:  # fmt: skip
        known = set(hashes)
        for start in starts:
            end = self._end(units, start)
            if any(unit.digests[0] in known for unit in units[start:end]):
                return start, end
        return None

    @staticmethod
    def _end(units: Sequence[SignedUnit], start: int) -> int:
        """Where the GOP that begins there ends: at the next one's first picture."""
        for index in range(start + 1, len(units)):
            if units[index].starts_gop and any(unit.outcome is None for unit in units[start:index]):
                return index
        return len(units)

    def _align(
        self, units: Sequence[SignedUnit], hashes: Sequence[bytes], coverage: Coverage, outcome: Outcome
    ) -> int:  # fmt: skip
        """Hold the units of a GOP against the list, in order; how many of them the message speaks of."""
        end = self._end(units, 0)
        places: dict[bytes, list[int]] = {}
        for place, digest in enumerate(hashes):
            places.setdefault(digest, []).append(place)
        next_place = next_unit = 0
        for index in range(end):
            later = [place for place in places.get(units[index].digests[0], ()) if place >= next_place]
            if not later:
                continue
            self._note_between(units[next_unit:index], later[0] - next_place, units[index].at_s, outcome)
            outcome.verified += 1
            inner = units[index].outcome
            if inner is not None:
                outcome.covered.append(inner)
            next_place, next_unit = later[0] + 1, index + 1
        left = len(hashes) - next_place
        # Of a part of a GOP what follows may be the next part's: its message says.
        rest = 0 if coverage.part_of_gop else end - next_unit
        self._note_between(units[next_unit : next_unit + rest], left, units[end - 1].at_s, outcome)
        return next_unit + rest

    @staticmethod
    def _note_between(units: Sequence[SignedUnit], expected: int, at_s: float, outcome: Outcome) -> None:
        """Units that are not on the list, and how many others stand there in their place."""
        if units:
            outcome.findings.append(Finding(FindingKind.ALTERED, units[0].at_s, len(units)))
        if expected > len(units):
            outcome.findings.append(Finding(FindingKind.MISSING, at_s, expected - len(units)))
