"""`tmcwall server device ...`: which workstations may bring anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import segno

from tmcwall.commands.server import CONSOLE, ServerOptions, opened
from tmcwall.commands.server_quarantine import LONGEST_REASON
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.server import enrolment
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.camera_logins import known_by
from tmcwall.server.enrolment import Desk
from tmcwall.server.signing_key import open_signing_key
from tmcwall.server.upkeep import open_secrets

VALID_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """To be told once: it is kept nowhere."""

    code: str = field(repr=False)
    until: datetime

    def qr_code(self, *, address: str = "") -> str:
        """As text for a terminal, with the server's address on a second line if there is one."""
        lines = self.code if not address else f"{self.code}\n{address}"
        rows = [list(row) for row in segno.make_qr(lines).matrix_iter(border=2)]
        if len(rows) % 2:
            rows.append([0] * len(rows[0]))
        # Light is drawn and dark is left out, as a terminal shows light on dark.
        pairs = zip(rows[::2], rows[1::2], strict=True)
        return "\n".join("".join(_HALVES[bool(a), bool(b)] for a, b in zip(*pair, strict=True)) for pair in pairs)


_HALVES = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
"""By whether the upper and the lower module are dark."""


def device_enrol(
    options: ServerOptions,
    name: str,
    *,
    valid_for: timedelta = VALID_FOR,
    replaces: str | None = None,
    clock: Clock | None = None,
) -> EnrolmentCode:
    """A code by which one workstation is enrolled under that name.

    Raises DomainError(FIELD_INVALID, NAME_TAKEN, NOT_FOUND) and Fault(STORE_*).
    """
    now = (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        code = enrolment.make_code(session, name, replaces=replaces, valid_for=valid_for, by=CONSOLE, now=now)
        about = name if replaces is None else f"{name} replaces {replaces}"
        audit(session, AuditAction.ENROLMENT_CODE_MADE, at=now, actor=CONSOLE, about=about)
    return EnrolmentCode(code, now + valid_for)


def device_list(options: ServerOptions) -> tuple[Desk, ...]:
    """By name. Raises Fault(STORE_*)."""
    with opened(options) as database, database.read() as session:
        return enrolment.desks(session)


def device_revoke(options: ServerOptions, name: str, *, reason: str, clock: Clock | None = None) -> tuple[str, ...]:
    """Nothing is taken from that workstation any more. Returns the cameras whose shared login it knows.

    Raises DomainError(NOT_FOUND, FIELD_INVALID) and Fault(STORE_*).
    """
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON or not said.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "reason")
    now = (clock or SystemClock()).utc()
    key_file = options.settings().key_file
    with opened(options) as database:
        key = open_signing_key(database, open_secrets(database, key_file), key_file, now=now)
        with database.write() as session:
            row = enrolment.revoke(session, name, reason=said, by=CONSOLE, signing_key=key, now=now)
            about = f"{name} {row.device}: {said}"
            audit(session, AuditAction.DEVICE_REVOKED, at=now, actor=CONSOLE, about=about)
            return known_by(session, row.device)
