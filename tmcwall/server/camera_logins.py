"""Shared camera logins: kept as they are sealed, for workstations that are enrolled. The server opens none of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, case, delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from tmcwall.domain.operation import Entity
from tmcwall.server.camera_login_tables import CameraLoginRow, LoginKeyRow, LoginPlaceRow
from tmcwall.server.enrolment_tables import DeviceKeyRow
from tmcwall.server.order import last_place
from tmcwall.server.tables import EntityRow
from tmcwall.signatures import Purpose, verifies_content
from tmcwall.sync.camera_logins import (
    MAX_BOXES,
    MAX_ROWS,
    ExposedLogins,
    KeyBox,
    LoginPage,
    LoginShare,
    LoginStanding,
    MissingBox,
    SharedLogin,
)
from tmcwall.sync.protocol import SERVER_DEVICE

_NAMED: Final = 500
"""Cameras that are named for one workstation whose key has ended; the server's console has all."""


class NotAShare(ValueError):
    """It is not one share, whole, made by the device that brings it."""


@dataclass(frozen=True, slots=True)
class Unopened:
    """A box that its device could not open, and who has sealed it."""

    share: str
    sealed_by: str


def share(session: Session, given: LoginShare, *, device: str, now: datetime) -> tuple[str, ...]:
    """Keep a share in the place of what there was of its cameras. Raises NotAShare.

    Returns the cameras that are unknown, or of which there is a version that is not older: nothing is kept then.
    """
    _demand_whole(session, given, device=device)
    place = _next_place(session)
    cameras = {one.camera: one for one in given.logins}
    kept = {row.camera: row for row in session.scalars(_rows_of(cameras))}
    stale = [camera for camera, row in kept.items() if row.version >= cameras[camera].version]
    known = select(EntityRow.id).where(EntityRow.kind == Entity.CAMERA.value, EntityRow.id.in_(sorted(cameras)))
    unknown = cameras.keys() - set(session.scalars(known))
    if stale or unknown:
        return (*stale, *sorted(unknown))
    for one in given.logins:
        row = kept.get(one.camera)
        if row is None:
            row = CameraLoginRow(camera=one.camera)
            session.add(row)
        row.version, row.share, row.key_digest, row.sealed = one.version, str(one.share), one.key_digest, one.sealed
        row.device, row.signature, row.place = device, one.signature, place
    for box in given.boxes:
        session.add(_key_row(box, place=place, taken_at=now if box.device == device else None))
    _drop_unused(session)
    return ()


def add_boxes(session: Session, boxes: Sequence[KeyBox], *, device: str) -> int:
    """Keys that this device has, sealed for others that have none yet; how many. Raises NotAShare."""
    held = _held(session)
    own = {
        row.share: row
        for row in session.scalars(_boxes_of(device, {str(box.share) for box in boxes}))
        if row.taken_at is not None
    }
    for box in boxes:
        known = own.get(str(box.share))
        if known is None or known.key_digest != box.key_digest or not _is_by(box, device, held):
            raise NotAShare
    _next_place(session)  # whoever seals at the same time comes before or after
    there = {
        (row.share, row.device): row
        for row in session.scalars(
            select(LoginKeyRow).where(
                tuple_(LoginKeyRow.share, LoginKeyRow.device).in_([(str(box.share), box.device) for box in boxes])
            )
        )
    }
    added = 0
    for box in {(str(box.share), box.device): box for box in boxes}.values():
        row = there.get((str(box.share), box.device))
        if row is not None and (row.taken_at is not None or row.sealed_by in held):
            continue
        session.merge(_key_row(box, place=_next_place(session), taken_at=None))
        added += 1
    return added


def note_taken(
    session: Session, opened: Collection[UUID], unopened: Collection[UUID], *, device: str, now: datetime
) -> tuple[int, tuple[Unopened, ...]]:
    """How many shares the device has opened now, and which boxes were none: those are gone, to be sealed by another."""
    wanted = {str(one) for one in opened}
    fresh = [row for row in session.scalars(_boxes_of(device, wanted)) if row.taken_at is None]
    for row in fresh:
        row.taken_at = now
    gone = session.scalars(_boxes_of(device, {str(one) for one in unopened} - wanted)).all()
    found = tuple(Unopened(row.share, row.sealed_by) for row in gone)
    for row in gone:
        session.delete(row)
    return len(fresh), found


def end(session: Session, cameras: Collection[str]) -> tuple[str, ...]:
    """Forget these logins; which of them there were. That they were shared is kept, for who knows them knows them."""
    place = _next_place(session)
    rows = [row for row in session.scalars(_rows_of(cameras)) if row.sealed]
    for row in rows:
        row.sealed = row.signature = ""
        row.version, row.place = row.version + 1, place
    return tuple(row.camera for row in rows)


def page(session: Session, *, device: str, after: int) -> LoginPage:
    """What that device can open and has not read; `standing` is of all."""
    row, box = CameraLoginRow, LoginKeyRow
    place = case((row.place > box.place, row.place), else_=box.place)
    found = session.execute(
        select(row, place)
        .join(box, (box.share == row.share) & (box.device == device))
        .where(row.sealed != "", or_(row.place > after, box.place > after))
        .order_by(place, row.camera)
        .limit(MAX_ROWS + 1)
    ).all()
    newest = session.scalar(select(func.max(LoginPlaceRow.place))) or 0
    more = len(found) > MAX_ROWS
    up_to = newest
    if more:
        # What came in one transaction is given whole: a share never has as many cameras as a page has rows.
        last = found[-1][1]
        found = [one for one in found if one[1] < last]
        up_to = found[-1][1]
    ended = session.scalars(select(row.camera).where(row.sealed == "", row.place > after, row.place <= up_to))
    missing = () if more else _missing(session, device)
    shares = {one.share for one, _ in found} | {str(one.share) for one in missing}
    return LoginPage(
        epoch=str(last_place(session)[1]),
        logins=tuple(_login(one) for one, _ in found),
        ended=tuple(ended),
        boxes=tuple(_box(one) for one in session.scalars(_boxes_of(device, shares))),
        missing=missing,
        up_to=up_to,
        more=more,
        standing=LoginStanding() if more else standing(session),
    )


def standing(session: Session) -> LoginStanding:
    """How far the sharing has come."""
    cameras = session.scalar(select(func.count()).select_from(CameraLoginRow).where(CameraLoginRow.sealed != "")) or 0
    shares = set(_live_shares(session))
    taken: dict[str, set[str]] = {}
    for device, one in session.execute(
        select(LoginKeyRow.device, LoginKeyRow.share).where(LoginKeyRow.taken_at.is_not(None))
    ):
        taken.setdefault(device, set()).add(one)
    desks = {row.device: row.name for row in _held_rows(session)}
    have = tuple(sorted(name for device, name in desks.items() if shares and shares <= taken.get(device, set())))
    waiting = tuple(sorted(name for device, name in desks.items() if shares - taken.get(device, set())))
    exposed = tuple(
        ExposedLogins(desk=name, cameras=known[:_NAMED])
        for device, name in _ended_desks(session)
        if (known := known_by(session, device))
    )
    return LoginStanding(cameras=cameras, have=have, waiting=waiting, exposed=exposed)


def known_by(session: Session, device: str) -> tuple[str, ...]:
    """Cameras whose present login a device has opened, or was given to open."""
    return tuple(
        session.scalars(
            select(CameraLoginRow.camera)
            .join(LoginKeyRow, (LoginKeyRow.share == CameraLoginRow.share) & (LoginKeyRow.device == device))
            .order_by(CameraLoginRow.camera)
        )
    )


def _demand_whole(session: Session, given: LoginShare, *, device: str) -> None:
    """Raises NotAShare."""
    held = _held(session)
    first = given.logins[0]
    cameras = {one.camera for one in given.logins}
    receivers = [box.device for box in given.boxes]
    parts = {(one.share, one.key_digest) for one in given.logins} | {(one.share, one.key_digest) for one in given.boxes}
    whole = (
        parts == {(first.share, first.key_digest)}
        and len(cameras) == len(given.logins)
        and len(set(receivers)) == len(receivers)
        and device in receivers
        and session.scalar(select(LoginKeyRow.share).where(LoginKeyRow.share == str(first.share)).limit(1)) is None
        and all(
            one.device == device
            and verifies_content(held.get(device, ""), Purpose.CAMERA_LOGIN, one.content, one.signature)
            for one in given.logins
        )
        and all(_is_by(box, device, held) for box in given.boxes)
    )
    if not whole:
        raise NotAShare


def _is_by(box: KeyBox, device: str, held: dict[str, str]) -> bool:
    """Sealed by that device, for one that is enrolled."""
    return (
        box.sealed_by == device
        and box.device in held
        and verifies_content(held.get(device, ""), Purpose.CAMERA_LOGIN, box.content, box.signature)
    )


def _missing(session: Session, device: str) -> tuple[MissingBox, ...]:
    """Of the shares that the device has opened: who is enrolled and has no box that counts."""
    held = _held(session)
    live = set(_live_shares(session))
    has = {
        (row.share, row.device)
        for row in session.execute(
            select(LoginKeyRow.share, LoginKeyRow.device, LoginKeyRow.sealed_by, LoginKeyRow.taken_at)
        )
        if row.taken_at is not None or row.sealed_by in held
    }
    own = session.scalars(
        select(LoginKeyRow.share).where(LoginKeyRow.device == device, LoginKeyRow.taken_at.is_not(None))
    )
    wanted = [(one, other) for one in sorted(set(own) & live) for other in sorted(held) if (one, other) not in has]
    return tuple(MissingBox(share=UUID(one), device=other) for one, other in wanted[:MAX_BOXES])


def _held_rows(session: Session) -> Sequence[DeviceKeyRow]:
    return session.scalars(
        select(DeviceKeyRow).where(
            DeviceKeyRow.public_key != "", DeviceKeyRow.device != SERVER_DEVICE, DeviceKeyRow.revoked_at.is_(None)
        )
    ).all()


def _held(session: Session) -> dict[str, str]:
    """Public keys by device."""
    return {row.device: row.public_key for row in _held_rows(session)}


def _ended_desks(session: Session) -> Sequence[tuple[str, str]]:
    """Devices whose keys have all ended, with the name of the last."""
    held = _held(session)
    rows = session.execute(
        select(DeviceKeyRow.device, DeviceKeyRow.name)
        .where(DeviceKeyRow.public_key != "", DeviceKeyRow.device != SERVER_DEVICE)
        .order_by(DeviceKeyRow.id)
    )
    return [(device, name) for device, name in {row.device: row.name for row in rows}.items() if device not in held]


def _live_shares(session: Session) -> Sequence[str]:
    return session.scalars(select(CameraLoginRow.share).where(CameraLoginRow.sealed != "").distinct()).all()


def _drop_unused(session: Session) -> None:
    """Boxes of shares of which another has taken every camera over."""
    session.flush()
    session.execute(delete(LoginKeyRow).where(LoginKeyRow.share.not_in(select(CameraLoginRow.share))))


def _next_place(session: Session) -> int:
    session.execute(update(LoginPlaceRow).values(place=LoginPlaceRow.place + 1))
    return session.scalars(select(LoginPlaceRow.place)).one()


def _rows_of(cameras: Collection[str]) -> Select[CameraLoginRow]:
    return select(CameraLoginRow).where(CameraLoginRow.camera.in_(sorted(cameras)))


def _boxes_of(device: str, shares: Collection[str]) -> Select[LoginKeyRow]:
    return select(LoginKeyRow).where(LoginKeyRow.device == device, LoginKeyRow.share.in_(sorted(shares)))


def _login(row: CameraLoginRow) -> SharedLogin:
    return SharedLogin(
        camera=row.camera,
        version=row.version,
        share=UUID(row.share),
        key_digest=row.key_digest,
        sealed=row.sealed,
        device=row.device,
        signature=row.signature,
    )


def _box(row: LoginKeyRow) -> KeyBox:
    return KeyBox(
        share=UUID(row.share),
        key_digest=row.key_digest,
        device=row.device,
        box=row.box,
        sealed_by=row.sealed_by,
        signature=row.signature,
    )


def _key_row(box: KeyBox, *, place: int, taken_at: datetime | None) -> LoginKeyRow:
    return LoginKeyRow(
        share=str(box.share),
        device=box.device,
        key_digest=box.key_digest,
        box=box.box,
        sealed_by=box.sealed_by,
        signature=box.signature,
        place=place,
        taken_at=taken_at,
    )
