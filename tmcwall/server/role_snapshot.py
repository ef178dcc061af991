"""What every officer may, signed by the server: workstations go by it while the server is away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.server.rights import officer_of
from tmcwall.server.secret_box import SecretBox
from tmcwall.server.tables import UserRow
from tmcwall.sync.protocol import SignedRoles
from tmcwall.sync.role_snapshot import OfficerRoles, RoleSnapshot, sign

GOOD_FOR: Final = timedelta(days=7)
"""Then a workstation without its server lets officers look, and nothing else."""


def role_key(box: SecretBox) -> Ed25519PrivateKey:
    """It follows from the server's key, and changes with that."""
    return Ed25519PrivateKey.from_private_bytes(box.derived("role-snapshot"))


def signed_roles(session: Session, key: Ed25519PrivateKey, *, now: datetime) -> SignedRoles:
    rows = session.scalars(select(UserRow).order_by(UserRow.nrp))
    officers = tuple(_roles(row) for row in rows)
    return sign(RoleSnapshot(issued_at=now, good_for_s=GOOD_FOR.total_seconds(), officers=officers), key)


def _roles(row: UserRow) -> OfficerRoles:
    officer = officer_of(row)
    return OfficerRoles(
        nrp=officer.nrp, role=officer.role, units=officer.units, disabled=row.disabled_at is not None
    )  # fmt: skip
