"""Which devices may bring operations, and whose signature counts for which of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tmcwall.domain.enrolment_code import new_code, plain_code
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.server.enrolment_tables import DeviceKeyRow, EnrolmentCodeRow, UsedChallengeRow
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import DeviceRow, TokenRow
from tmcwall.signatures import Purpose, SigningKey, verifies, verifies_content
from tmcwall.sync.enrolment import EnrolRequest, enrolment_text
from tmcwall.sync.protocol import SERVER_DEVICE, RefusalCode
from tmcwall.sync.register import DeviceKey

CHALLENGE_GOOD_FOR: Final = timedelta(minutes=2)
_REMEMBERED: Final = timedelta(minutes=30)
"""That something was used: longer than anything that is used once is good for."""
_DESK_NAME = re.compile(r"[^\W_](?:[\w .()/-]{0,62}[\w)])?")
_CODES_KEPT: Final = timedelta(days=30)
"""After they have expired; who enrolled what is in the audit log for good."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An enrolment, as IT looks at it."""

    name: str
    device: str
    public_key: str
    enrolled_at: datetime
    enrolled_by: str
    last_seen_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str
    revoked_because: str


def make_code(
    session: Session, name: str, *, replaces: str | None, valid_for: timedelta, by: str, now: datetime
) -> str:
    """A code by which one device is enrolled, once. It is told only here.

    Raises DomainError: FIELD_INVALID; NAME_TAKEN for the name of a desk that is enrolled and not replaced; NOT_FOUND
    if the desk to be replaced was never enrolled.
    """
    if not _DESK_NAME.fullmatch(name):
        raise DomainError(DomainCode.FIELD_INVALID, "name")
    if replaces is not None and _newest(session, replaces) is None:
        raise DomainError(DomainCode.NOT_FOUND, replaces)
    holder = _active(session, name)
    if holder is not None and holder.name != replaces:
        raise DomainError(DomainCode.NAME_TAKEN, name)
    session.execute(delete(EnrolmentCodeRow).where(EnrolmentCodeRow.expires_at < now - _CODES_KEPT))
    code = new_code()
    session.add(
        EnrolmentCodeRow(
            code_hash=_hash_of(code),
            name=name,
            replaces=replaces or "",
            made_at=now,
            made_by=by,
            expires_at=now + valid_for,
        )
    )
    return code


def end_open_codes(session: Session, *, now: datetime) -> None:
    """In a database that was put back codes are open again that were used since: none of them counts any more."""
    is_open = (EnrolmentCodeRow.used_at.is_(None), EnrolmentCodeRow.expires_at > now)
    session.execute(update(EnrolmentCodeRow).where(*is_open).values(expires_at=now))


def enrol(session: Session, request: EnrolRequest, *, signing_key: SigningKey, now: datetime) -> DeviceKeyRow:
    """The device's key signs its operations from the next number on.

    The same request once more has the same answer. Raises RequestRefused: ENROLMENT_REFUSED; DEVICE_TAKEN if that
    identity is another desk's, as a copied workstation has it: the code is not used up then.
    """
    text = enrolment_text(device=request.device, code=request.code)
    proven = verifies(request.public_key, Purpose.ENROLMENT, text, request.proof)
    # Locked, so that two who give one code at once come one after the other.
    found = select(EnrolmentCodeRow).where(EnrolmentCodeRow.code_hash == _hash_of(request.code)).with_for_update()
    code = session.scalar(found)
    if code is None or not proven or code.expires_at <= now or request.device == SERVER_DEVICE:
        raise RequestRefused(RefusalCode.ENROLMENT_REFUSED)
    if code.used_at is not None:
        used = session.get_one(DeviceKeyRow, code.used_key)
        if (used.device, used.public_key, used.revoked_at) != (request.device, request.public_key, None):
            raise RequestRefused(RefusalCode.ENROLMENT_REFUSED)
        return used
    held = current_key(session, request.device)
    if held is not None and held.name not in {code.name, code.replaces}:
        raise RequestRefused(RefusalCode.DEVICE_TAKEN)
    holder = _active(session, code.name)
    if holder is not None and code.name != code.replaces:
        raise RequestRefused(RefusalCode.ENROLMENT_REFUSED)
    replaced = _active(session, code.replaces) if code.replaces else None
    for ended in {row.id: row for row in (replaced, held) if row is not None and row.revoked_at is None}.values():
        _end(session, ended, because=f"replaced by {code.name}", by=code.made_by, signing_key=signing_key, now=now)
    row = DeviceKeyRow(
        device=request.device,
        name=code.name,
        public_key=request.public_key,
        first_number=_last_number(session, request.device) + 1,
        enrolled_at=now,
        enrolled_by=code.made_by,
        revoked_by="",
        revoked_because="",
        last_seen_at=now,
    )
    state(row, signing_key)
    session.add(row)
    session.flush()
    code.used_at, code.used_key = now, row.id
    return row


def revoke(
    session: Session, name: str, *, reason: str, by: str, signing_key: SigningKey, now: datetime
) -> DeviceKeyRow:
    """Nothing that the desk brings or asks is taken from now on. Raises DomainError(NOT_FOUND)."""
    row = _active(session, name)
    if row is None:
        raise DomainError(DomainCode.NOT_FOUND, name)
    _end(session, row, because=reason, by=by, signing_key=signing_key, now=now)
    return row


def end_again(
    session: Session, keys: Iterable[DeviceKey], *, by: str, signing_key: SigningKey, now: datetime
) -> tuple[DeviceKeyRow, ...]:
    """End keys that this server has ended already, as its own signature says, and holds again since it was put back.

    Other statements have no effect. Returns the rows of those that are ended now.
    """
    ended = []
    for key in keys:
        if not key.has_ended or not verifies_content(
            signing_key.public, Purpose.DEVICE_KEY, key.content, key.signature
        ):
            continue
        row = session.scalar(
            select(DeviceKeyRow).where(
                DeviceKeyRow.device == key.device,
                DeviceKeyRow.public_key == key.public_key,
                DeviceKeyRow.first_number == key.first_number,
                DeviceKeyRow.device != SERVER_DEVICE,
                DeviceKeyRow.revoked_at.is_(None),
            )
        )
        if row is not None:
            _end(session, row, because="revoked before the restore", by=by, signing_key=signing_key, now=now)
            row.last_number = key.last_number
            state(row, signing_key)
            ended.append(row)
    return tuple(ended)


def desks(session: Session) -> tuple[Desk, ...]:
    """By name, those that were revoked, too; the server itself and what was made before enrolment are none."""
    rows = session.scalars(
        select(DeviceKeyRow)
        .where(DeviceKeyRow.public_key != "", DeviceKeyRow.device != SERVER_DEVICE)
        .order_by(DeviceKeyRow.name, DeviceKeyRow.id)
    )
    return tuple(
        Desk(
            row.name,
            row.device,
            row.public_key,
            row.enrolled_at,
            row.enrolled_by,
            row.last_seen_at,
            row.revoked_at,
            row.revoked_by,
            row.revoked_because,
        )
        for row in rows
    )


def current_key(session: Session, device: str) -> DeviceKeyRow | None:
    """The newest key of a device, which may be revoked."""
    newest = select(DeviceKeyRow).where(DeviceKeyRow.device == device, DeviceKeyRow.public_key != "")
    return session.scalar(newest.order_by(DeviceKeyRow.id.desc()).limit(1))


def demand_enrolled(session: Session, device: str) -> DeviceKeyRow:
    """Raises RequestRefused(DEVICE_UNKNOWN, DEVICE_REVOKED)."""
    row = current_key(session, device)
    if row is None:
        raise RequestRefused(RefusalCode.DEVICE_UNKNOWN)
    if row.revoked_at is not None:
        raise RequestRefused(RefusalCode.DEVICE_REVOKED)
    return row


def use_challenge(session: Session, challenge: str, *, now: datetime) -> None:
    """Or whatever else is good once. Raises RequestRefused(PROOF_REFUSED) if it was used before."""
    session.execute(delete(UsedChallengeRow).where(UsedChallengeRow.used_at < now - _REMEMBERED))
    challenge_hash = hashlib.sha256(challenge.encode()).hexdigest()
    if session.get(UsedChallengeRow, challenge_hash) is not None:
        raise RequestRefused(RefusalCode.PROOF_REFUSED)
    session.add(UsedChallengeRow(challenge_hash=challenge_hash, used_at=now))


def see(session: Session, device: str, *, now: datetime) -> None:
    """The device has signed in, or brought something."""
    newest = current_key(session, device)
    if newest is not None:
        newest.last_seen_at = now


def keys_of(session: Session, device: str) -> tuple[DeviceKey, ...]:
    rows = session.scalars(select(DeviceKeyRow).where(DeviceKeyRow.device == device).order_by(DeviceKeyRow.id))
    return tuple(map(statement_of, rows))


def register(session: Session) -> tuple[DeviceKey, ...]:
    return tuple(map(statement_of, session.scalars(select(DeviceKeyRow).order_by(DeviceKeyRow.id))))


def statement_of(row: DeviceKeyRow) -> DeviceKey:
    return DeviceKey(
        device=row.device,
        name=row.name,
        public_key=row.public_key,
        first_number=row.first_number,
        last_number=row.last_number,
        signature=row.signature or "",
    )


def state(row: DeviceKeyRow, signing_key: SigningKey) -> None:
    """Have the server's signature over what the row says now."""
    row.signature = ""
    row.signature = signing_key.sign_content(Purpose.DEVICE_KEY, statement_of(row).content)


def count_as_unsigned(session: Session, *, signing_key: SigningKey, now: datetime) -> None:
    """What is in the order of devices that have no key yet counts without a signature.

    To be done once, when the server gets its signing key, and after a backup from before that was put back: whoever
    alters the database later cannot have it done.
    """
    known = select(DeviceKeyRow.device)
    for device in session.scalars(select(DeviceRow).where(DeviceRow.id.not_in(known), DeviceRow.last_number > 0)):
        row = DeviceKeyRow(
            device=device.id,
            name=device.id,
            public_key="",
            first_number=1,
            last_number=device.last_number,
            enrolled_at=now,
            enrolled_by=SERVER_DEVICE,
            revoked_by="",
            revoked_because="",
        )
        state(row, signing_key)
        session.add(row)


def sign_as_server(session: Session, *, signing_key: SigningKey, now: datetime) -> None:
    """The server's own operations are signed by this key from the next one on, if they were not already."""
    before = current_key(session, SERVER_DEVICE)
    if before is not None and before.public_key == signing_key.public:
        return
    if before is not None:
        before.last_number = _last_number(session, SERVER_DEVICE)
        state(before, signing_key)
    row = DeviceKeyRow(
        device=SERVER_DEVICE,
        name=SERVER_DEVICE,
        public_key=signing_key.public,
        first_number=_last_number(session, SERVER_DEVICE) + 1,
        enrolled_at=now,
        enrolled_by=SERVER_DEVICE,
        revoked_by="",
        revoked_because="",
    )
    state(row, signing_key)
    session.add(row)


def state_all_again(session: Session, *, signing_key: SigningKey) -> None:
    """After the server has got another key."""
    for row in session.scalars(select(DeviceKeyRow)):
        state(row, signing_key)


def _end(session: Session, row: DeviceKeyRow, *, because: str, by: str, signing_key: SigningKey, now: datetime) -> None:
    row.revoked_at, row.revoked_by, row.revoked_because = now, by, because
    row.last_number = _last_number(session, row.device)
    state(row, signing_key)
    session.execute(
        update(TokenRow).where(TokenRow.device == row.device, TokenRow.revoked_at.is_(None)).values(revoked_at=now)
    )


def _active(session: Session, name: str) -> DeviceKeyRow | None:
    newest = _newest(session, name)
    return newest if newest is not None and newest.revoked_at is None else None


def _newest(session: Session, name: str) -> DeviceKeyRow | None:
    desk = (DeviceKeyRow.name == name, DeviceKeyRow.public_key != "", DeviceKeyRow.device != SERVER_DEVICE)
    return session.scalar(select(DeviceKeyRow).where(*desk).order_by(DeviceKeyRow.id.desc()).limit(1))


def _last_number(session: Session, device: str) -> int:
    # The row is locked where a push could add to it at the same time.
    row = session.scalar(select(DeviceRow).where(DeviceRow.id == device).with_for_update())
    return 0 if row is None else row.last_number


def _hash_of(code: str) -> str:
    """A code has 92 random bits, so a plain hash protects it."""
    try:
        plain = plain_code(code)
    except DomainError:
        plain = ""
    return hashlib.sha256(plain.encode()).hexdigest()
