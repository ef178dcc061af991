"""`tmcwall region import`: lists of RT, RW and landmarks from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.region import Regions
from tmcwall.services.camera_register import account_of_the_system
from tmcwall.services.handover import hand_over
from tmcwall.services.place_register import ImportPlaces, PlaceRegister, PlaceReport
from tmcwall.texts import Translator
from tmcwall.texts.places import report_lines
from tmcwall.workstation import Workstation, open_workstation, paths_of, region_lines


def place_register_of(workstation: Workstation) -> PlaceRegister:
    return PlaceRegister(
        lambda: Regions.from_lines(region_lines()), store=workstation.store, clock=workstation.clock
    )  # fmt: skip


def run_import(file: Path, *, data_dir: Path | None, dry_run: bool, translate: Translator) -> int:
    """Exit code 0 if any row came in. By the program that runs on that data, else here.

    Raises DomainError(LIST_*) and Fault(STORE_*).
    """
    report = hand_over(paths_of(data_dir), ImportPlaces(str(file.absolute()), dry_run), PlaceReport)
    if report is None:
        with open_workstation(data_dir, clock=SystemClock(), process="region") as workstation:
            register = place_register_of(workstation)
            report = register.import_list(file, by=account_of_the_system(), dry_run=dry_run)
    *lines, summary = report_lines(report, dry_run=dry_run, say=translate)
    for line in lines:
        print(line, file=sys.stderr)
    if not report.taken:
        raise DomainError(DomainCode.LIST_NO_PLACES, str(file))
    print(summary)
    return 0
