"""`tmcwall officer ...`: the accounts of a workstation without a central server.

A program that runs on the same data is asked to carry the command out; without one the command opens the data itself.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path

from tmcwall.common_passwords import check_new_password
from tmcwall.db import officers as officer_rows
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.officer import Officer, Role, check_name, check_nrp
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.handover import hand_over
from tmcwall.services.officer_requests import (
    AddOfficer,
    DisableOfficer,
    Done,
    EnableOfficer,
    Listing,
    ListOfficers,
    OfficerRequest,
    PutRole,
    ResetPassword,
    carry_out,
    listing,
)
from tmcwall.texts import Translator
from tmcwall.texts import officers as say
from tmcwall.ui.console.officers import account_state_text, name_text
from tmcwall.workstation import Workstation, open_workstation, paths_of


def run_list(*, data_dir: Path | None, translate: Translator) -> int:
    """An officer a line: service number, rank and name, role, state."""
    found = hand_over(paths_of(data_dir), ListOfficers(), Listing)
    if found is None:
        with _opened(data_dir) as workstation:
            settings = workstation.settings
            zone = StationZone(settings.time_zone)
            found = listing(workstation.store, zone=zone, kept_at_server=bool(settings.server_url))
    if found.kept_at_server or not found.accounts:
        hint = say.KEPT_AT_SERVER if found.kept_at_server else say.NO_OFFICERS
        print(f"tmcwall: {translate(hint)}", file=sys.stderr)
    words = Translator(translate.language, zone=found.zone)
    for account in found.accounts:
        officer = account.officer
        role = words(say.ROLES[officer.role])
        print("  ".join((officer.nrp, name_text(officer), role, account_state_text(account, words))))
    return 0


def run_add(
    nrp: str, *, rank: str, name: str, role: Role, password: str, data_dir: Path | None, translate: Translator
) -> int:
    """`password` is good once. Raises DomainError(FIELD_*, PASSWORD_WEAK, ACCOUNT_EXISTS, LAST_ADMIN, ...)."""
    officer = Officer(check_nrp(nrp), check_name(name), role, check_name(rank) if rank.strip() else "")
    check_new_password(password, nrp=officer.nrp)
    _carry_out(AddOfficer(officer, officer_rows.make_verifier(password)), data_dir)
    print(translate(say.ADDED, nrp=officer.nrp, role=translate(say.ROLES[role])))
    return 0


def run_role(nrp: str, role: Role, *, data_dir: Path | None, translate: Translator) -> int:
    """Raises DomainError(NOT_FOUND, LAST_ADMIN, ACCOUNT_OF_SERVER)."""
    number = check_nrp(nrp)
    _carry_out(PutRole(number, role), data_dir)
    print(translate(say.ROLE_CHANGED, nrp=number, role=translate(say.ROLES[role])))
    return 0


def run_disable(nrp: str, *, data_dir: Path | None, translate: Translator) -> int:
    """Raises DomainError(NOT_FOUND, LAST_ADMIN, ACCOUNT_OF_SERVER)."""
    number = check_nrp(nrp)
    _carry_out(DisableOfficer(number), data_dir)
    print(translate(say.DISABLED, nrp=number))
    return 0


def run_enable(nrp: str, *, data_dir: Path | None, translate: Translator) -> int:
    """Raises DomainError(NOT_FOUND, ACCOUNT_OF_SERVER)."""
    number = check_nrp(nrp)
    _carry_out(EnableOfficer(number), data_dir)
    print(translate(say.ENABLED, nrp=number))
    return 0


def run_password(nrp: str, *, password: str, data_dir: Path | None, translate: Translator) -> int:
    """`password` is good once. Raises DomainError(NOT_FOUND, PASSWORD_WEAK, ACCOUNT_OF_SERVER)."""
    number = check_nrp(nrp)
    check_new_password(password, nrp=number)
    _carry_out(ResetPassword(number, officer_rows.make_verifier(password)), data_dir)
    print(translate(say.PASSWORD_RESET, nrp=number))
    return 0


def _carry_out(request: OfficerRequest, data_dir: Path | None) -> None:
    if hand_over(paths_of(data_dir), request, Done) is not None:
        return
    with _opened(data_dir) as workstation:
        kept_at_server = bool(workstation.settings.server_url)
        carry_out(request, store=workstation.store, clock=workstation.clock, kept_at_server=kept_at_server)


def _opened(data_dir: Path | None) -> AbstractContextManager[Workstation]:
    return open_workstation(data_dir, clock=SystemClock(), process="officer")
