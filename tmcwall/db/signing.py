"""The signature of the workstation on its operations, and what the server has said about keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.orm import Session

from tmcwall.db import custody, facts, operation_rows, tables
from tmcwall.domain.custody import CustodyAction, DeviceFacts
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.operation import Operation

_table = tables.operations
_LENT: Final = "signer"
_ENROLMENT: Final = "enrolment"
_REGISTER: Final = "device_register"


@dataclass(frozen=True, slots=True)
class Signer:
    """The key of a device, open."""

    device: str
    sign: Callable[[str], str]
    """A signature over an operation's hash."""


@dataclass(frozen=True, slots=True)
class StoredEnrolment:
    """What the server said when a device was enrolled."""

    device: str
    name: str
    server_key: str


def lend(session: Session, signer: Signer | None) -> Session:
    """To whatever is done in that session."""
    session.info[_LENT] = signer
    return session


def signed(session: Session, operation: Operation) -> Operation:
    """With this workstation's signature, if its key is open; else it is signed before it is sent."""
    signer: Signer | None = session.info.get(_LENT)
    if signer is None or signer.device != operation.device or operation.signature:
        return operation
    return replace(operation, signature=signer.sign(operation.hash))


def enrolment(session: Session, device: str) -> StoredEnrolment | None:
    """None if the server does not know this device: it never was enrolled, or has taken another identity since."""
    match facts.get(session, _ENROLMENT):
        case {"device": str(known), "name": str(name), "server_key": str(server_key)} if known == device:
            return StoredEnrolment(known, name, server_key)
    return None


def keep_enrolment(session: Session, enrolled: StoredEnrolment, *, actor: str, at: datetime) -> None:
    """And sign anew all of this device that the server does not have, or that carries no signature.

    What it has already is left as it came there.
    """
    signer: Signer | None = session.info.get(_LENT)
    assert signer is not None, "whoever enrols a device has its key"
    facts.put(
        session, _ENROLMENT, {"device": enrolled.device, "name": enrolled.name, "server_key": enrolled.server_key}
    )
    facts.drop(session, _REGISTER)
    rows = select(_table.c.id, _table.c.hash).where(
        _table.c.own,
        _table.c.device == enrolled.device,
        or_(_table.c.acknowledged.is_(False), _table.c.signature == ""),
    )
    _sign(session, rows.order_by(_table.c.position), signer)
    custody.append(
        session,
        actor=actor,
        action=CustodyAction.DEVICE_ENROLLED,
        about=f"device/{enrolled.name}",
        at=at,
        facts=DeviceFacts(enrolled.device),
    )


def sign_pending(session: Session) -> None:
    """What was made while the key was not open. Raises Fault(DEVICE_NOT_ENROLLED) if it is not now either."""
    signer: Signer | None = session.info.get(_LENT)
    if signer is None:
        raise Fault(FaultCode.DEVICE_NOT_ENROLLED, "no key is open", retryable=False)
    pending = (operation_rows.is_pending(), _table.c.device == signer.device, _table.c.signature == "")
    _sign(session, select(_table.c.id, _table.c.hash).where(*pending), signer)


def register(session: Session) -> str | None:
    """As `keep_register` got it."""
    kept = facts.get(session, _REGISTER)
    return kept if isinstance(kept, str) else None


def keep_register(session: Session, text: str) -> None:
    facts.put(session, _REGISTER, text)


def _sign(session: Session, rows: Select[tuple[str, str]], signer: Signer) -> None:
    signatures = [{"row": row.id, "signed": signer.sign(row.hash)} for row in session.execute(rows)]
    if signatures:
        session.connection().execute(
            update(_table).where(_table.c.id == bindparam("row")).values(signature=bindparam("signed")), signatures
        )
