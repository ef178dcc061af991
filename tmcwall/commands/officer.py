"""`tmcwall officer ...`: the accounts of a workstation without a central server, while its program does not run."""

from __future__ import annotations

import sys
from pathlib import Path

from tmcwall.db import officers as officer_rows
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.officer import Officer, Role, check_name, check_nrp
from tmcwall.domain.password import check_password
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.officer_requests import (
    AddOfficer,
    DisableOfficer,
    EnableOfficer,
    OfficerRequest,
    PutRole,
    ResetPassword,
    all_accounts,
    carry_out,
)
from tmcwall.texts import Translator
from tmcwall.texts import officers as say
from tmcwall.ui.console.officers import account_state_text, name_text
from tmcwall.workstation import open_workstation


def run_list(*, data_dir: Path | None, translate: Translator) -> int:
    """An officer a line: service number, rank and name, role, state."""
    with open_workstation(data_dir, clock=SystemClock(), process="officer") as workstation:
        accounts = all_accounts(workstation.store)
        zone = StationZone(workstation.settings.time_zone)
    if not accounts:
        print(translate(say.NO_OFFICERS), file=sys.stderr)
    words = Translator(translate.language, zone=zone)
    for account in accounts:
        officer = account.officer
        role = words(say.ROLES[officer.role])
        print("  ".join((officer.nrp, name_text(officer), role, account_state_text(account, words))))
    return 0


def run_add(
    nrp: str, *, rank: str, name: str, role: Role, password: str, data_dir: Path | None, translate: Translator
) -> int:
    """`password` is good once. Raises DomainError(FIELD_*, PASSWORD_WEAK, ACCOUNT_EXISTS, LAST_ADMIN, ...)."""
    officer = Officer(check_nrp(nrp), check_name(name), role, check_name(rank) if rank.strip() else "")
    check_password(password, nrp=officer.nrp)
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
    check_password(password, nrp=number)
    _carry_out(ResetPassword(number, officer_rows.make_verifier(password)), data_dir)
    print(translate(say.PASSWORD_RESET, nrp=number))
    return 0


def _carry_out(request: OfficerRequest, data_dir: Path | None) -> None:
    with open_workstation(data_dir, clock=SystemClock(), process="officer") as workstation:
        kept_at_server = bool(workstation.settings.server_url)
        carry_out(request, store=workstation.store, clock=workstation.clock, kept_at_server=kept_at_server)
