"""`tmcwall coverage`: how much of a town cameras see, and where one lacks; for who may plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from tmcwall.commands.evidence import case_desk_of, opened
from tmcwall.domain.region import Regions
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.coverage import CoverageRoom
from tmcwall.services.evidence import EvidenceRoom
from tmcwall.services.handover import Handlers, Request, hand_over
from tmcwall.texts import Translator
from tmcwall.texts import coverage as say
from tmcwall.workstation import Workstation, paths_of, region_lines


class MakeCoverage(Request, frozen=True):
    """Reply: `CoverageDone`. `out` is absolute."""

    town: str
    out: str
    nrp: str
    password: str

    def __repr__(self) -> str:
        return f"MakeCoverage({self.town!r}, nrp={self.nrp!r})"


class CoverageDone(msgspec.Struct, frozen=True):
    """The files, and how much stands in them."""

    files: tuple[str, ...]
    places: int
    without: int
    candidates: int


@dataclass(frozen=True, slots=True)
class CoverageCommand:
    """Every call waits: never in the GUI thread."""

    room: CoverageRoom
    officers: EvidenceRoom

    def make(self, request: MakeCoverage) -> CoverageDone:
        """Raises what `EvidenceRoom.officer` and `CoverageRoom.report` do."""
        officer = self.officers.officer(request.nrp, request.password)
        report = self.room.report(request.town, by=officer)
        files = self.room.write(report, Path(request.out), by=officer)
        return CoverageDone(
            tuple(map(str, files)), len(report.places), len(report.without_live), len(report.candidates)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CoverageOptions:
    """What `tmcwall coverage` was asked."""

    town: str
    out: Path
    nrp: str
    password: str

    def __repr__(self) -> str:
        return f"CoverageOptions({self.town!r}, nrp={self.nrp!r})"


def run_coverage(options: CoverageOptions, *, data_dir: Path | None, translate: Translator) -> int:
    """Raises what `CoverageCommand.make` does."""
    request = MakeCoverage(
        town=options.town, out=str(options.out.absolute()), nrp=options.nrp, password=options.password
    )  # fmt: skip
    done = hand_over(paths_of(data_dir), request, CoverageDone)
    if done is None:
        with opened(data_dir) as workstation:
            done = coverage_command_of(workstation).make(request)
    for file in done.files:
        print(file)
    counts = {"places": done.places, "without": done.without, "candidates": done.candidates}
    print(translate(say.COMMAND_DONE, town=options.town, **counts))
    return 0


def coverage_room_of(workstation: Workstation, regions: Regions) -> CoverageRoom:
    return CoverageRoom(
        workstation.store, regions, StationZone(workstation.settings.time_zone), workstation.clock
    )  # fmt: skip


def coverage_command_of(workstation: Workstation) -> CoverageCommand:
    room = coverage_room_of(workstation, Regions.from_lines(region_lines()))
    return CoverageCommand(room, case_desk_of(workstation).room)


def coverage_handlers(command: CoverageCommand) -> Handlers:
    """For the endpoint of the running program."""
    return {MakeCoverage: lambda request: partial(command.make, request)}
