"""The cameras of this workstation, their numbers, and how far each is in use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, bindparam, or_, select, true, update
from sqlalchemy.orm import Session

from tmcwall.db import camera_dossiers, custody, facts, operations, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.camera import Camera, Standing
from tmcwall.domain.camera_dossier import NOT_YET_IN_USE, check_use
from tmcwall.domain.custody import CustodyAction, EditFacts, FieldChange, ImportFacts, StandingFacts
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.lifecycle import LONGEST_REASON, CameraStanding, Decision, Lifecycle
from tmcwall.domain.officer import SYSTEM_ACCOUNT, Action, Officer, demand
from tmcwall.domain.operation import Json
from tmcwall.domain.source import has_credentials
from tmcwall.domain.urlsecrets import take_secrets

_table = tables.cameras
_standings = tables.camera_standings
_LAST_NUMBER = "last_camera_number"
_ACCEPTED_VIEWS = "accepted_views"
_IN_A_QUERY = 500
"""Cameras: SQLite takes no more than 999 or 32,766 values in one, as it was built."""
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Imported:
    """How many cameras a list added, changed and left alone."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """A camera as it shall be, and which of its fields that changes."""

    camera: Camera
    changes: tuple[FieldChange, ...]


def all_cameras(session: Session) -> tuple[Camera, ...]:
    """By number. Those in quarantine are among them, those that were removed are not."""
    return _cameras(session, _table.c.id.not_in(_removed()))


def every_camera(session: Session) -> tuple[Camera, ...]:
    """By number, those that were removed among them."""
    return _cameras(session, true())


def get(session: Session, camera_id: str) -> Camera | None:
    row = session.execute(select(_table).where(_table.c.id == camera_id)).mappings().first()
    return None if row is None else _camera(row)


def put(
    session: Session, cameras: Iterable[Camera], *, actor: str = SYSTEM_ACCOUNT, at: datetime = _LONG_AGO
) -> Imported:
    """Adds new cameras and changes known ones, by id. Numbers are given here: a known camera keeps its own.

    The standing of known ones stays: one that was removed stays so; so do the unit and the retention of the recorder,
    unless others are given. Without an officer as actor they wait for one to say them to other workstations.

    Raises DomainError(URL_WITH_PASSWORD): credentials belong into the vault.
    """
    known = {camera.id: camera for camera in every_camera(session)}
    last = facts.get(session, _LAST_NUMBER)
    number = max(last if isinstance(last, int) else 0, *(camera.number or 0 for camera in known.values()), 0)
    added: dict[str, Camera] = {}
    changed: dict[str, Camera] = {}
    unchanged = 0
    for camera in cameras:
        if has_credentials(camera.url) or has_credentials(camera.substream_url or ""):
            raise DomainError(DomainCode.URL_WITH_PASSWORD, camera.id)
        before = added.get(camera.id) or changed.get(camera.id) or known.get(camera.id)
        if before is None:
            number += 1
            added[camera.id] = replace(camera, number=number)
            continue
        # A list that says no unit takes none away: else one without that column would open cameras to everybody. Nor
        # does it take away how long a recorder keeps, which was asked of an owner.
        after = replace(
            camera,
            number=before.number,
            unit=camera.unit or before.unit,
            retention=camera.retention or before.retention,
        )
        if camera.id in added:
            added[camera.id] = after
        elif after != before:
            changed[camera.id] = after
        else:
            unchanged += 1
    operations.change_all(session, [*added.values(), *changed.values()], actor=actor, at=at)
    facts.put(session, _LAST_NUMBER, number)
    return Imported(len(added), len(changed), unchanged)


def take_list(session: Session, cameras: Sequence[Camera], *, name: str, by: Officer, at: datetime) -> Imported:
    """As `put`, in custody, and those that were removed are back in use. `name` is the file's.

    Raises DomainError(NOT_ALLOWED, URL_WITH_PASSWORD).
    """
    demand(by, Action.IMPORT_CAMERAS)
    imported = put(session, cameras, actor=by.nrp, at=at)
    removed: set[str] = set(session.scalars(_removed()))
    returned = [camera.id for camera in cameras if camera.id in removed]
    custody.append(
        session,
        actor=by.nrp,
        action=CustodyAction.CAMERAS_IMPORTED,
        about="cameras",
        at=at,
        facts=ImportFacts(name, imported.added, imported.changed, len(returned)),
    )
    _set_standings(session, returned, Standing.ACTIVE, said=name[:LONGEST_REASON], by=by, at=at)
    return imported


def edit(session: Session, edits: Collection[Edit], *, by: Officer, at: datetime) -> None:
    """Changes known cameras, each with a row of custody. Raises DomainError(NOT_ALLOWED, NOT_FOUND)."""
    demand(by, Action.IMPORT_CAMERAS)
    for camera in (one.camera for one in edits):
        if has_credentials(camera.url) or has_credentials(camera.substream_url or ""):
            raise DomainError(DomainCode.URL_WITH_PASSWORD, camera.id)
    numbers = _numbers_of(session, [one.camera.id for one in edits])
    changed = [replace(one.camera, number=numbers[one.camera.id]) for one in edits]
    operations.change_all(session, changed, actor=by.nrp, at=at)
    custody.append_all(
        session,
        (
            custody.Entry(
                actor=by.nrp,
                action=CustodyAction.CAMERA_EDITED,
                about=f"camera/{one.camera.id}",
                at=at,
                facts=EditFacts(one.changes),
            )
            for one in edits
        ),
    )


def hide_secrets(session: Session) -> None:
    """Puts placeholders for the secrets that earlier versions left in addresses. They must be in the vault by then.

    What stood there is overwritten in the file, too, not only given up.
    """
    connection = session.connection()
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    pairs = [(camera, without_secrets(camera)) for camera in every_camera(session)]
    changed = {
        camera.id: {"url": hidden.url, "substream_url": hidden.substream_url}
        for camera, hidden in pairs
        if hidden != camera
    }
    _update_all(session, changed)
    connection.exec_driver_sql("PRAGMA secure_delete=OFF")


def without_secrets(camera: Camera) -> Camera:
    """The camera with placeholders in its addresses."""
    sub = camera.substream_url
    return replace(camera, url=take_secrets(camera.url).url, substream_url=take_secrets(sub).url if sub else sub)


def lifecycles(session: Session) -> Mapping[str, Lifecycle]:
    """By camera id; of the cameras that somebody has decided about. The others are in use."""
    decided = or_(
        _standings.c.changed.is_not(None),
        _standings.c.quarantine.is_not(None),
        _standings.c.standing != Standing.ACTIVE.value,
    )
    found = (_standing(row) for row in session.execute(select(_standings).where(decided)).mappings())
    return {one.id: one.lifecycle for one in found}


def put_standing(
    session: Session, camera_id: str, standing: Standing, *, reason: str, by: Officer, at: datetime
) -> None:
    """Raises DomainError(NOT_ALLOWED, FIELD_MISSING, FIELD_INVALID, NOT_FOUND, DOSSIER_INCOMPLETE)."""
    put_standings(session, [camera_id], standing, reason=reason, by=by, at=at)


def put_standings(
    session: Session, camera_ids: Collection[str], standing: Standing, *, reason: str, by: Officer, at: datetime
) -> None:
    """Of several cameras, each with a row of custody; raises as `put_standing`, and then nothing is changed."""
    demand(by, Action.CHANGE_STANDING)
    _set_standings(session, camera_ids, standing, said=_said(reason), by=by, at=at)


def _set_standings(
    session: Session, camera_ids: Collection[str], standing: Standing, *, said: str, by: Officer, at: datetime
) -> None:
    before = _standings_of(session, camera_ids)
    _check_use(session, before, standing)
    decided = Decision(said, by.nrp, at)
    after = [replace(one, standing=standing, changed=decided) for one in before.values()]
    operations.change_all(session, after, actor=by.nrp, at=at)
    custody.append_all(
        session,
        (
            custody.Entry(
                actor=by.nrp,
                action=CustodyAction.STANDING_CHANGED,
                about=f"camera/{camera_id}",
                at=at,
                reason=said,
                facts=StandingFacts(before[camera_id].standing, standing),
            )
            for camera_id in camera_ids
        ),
    )


def _check_use(session: Session, before: Mapping[str, CameraStanding], standing: Standing) -> None:
    """Raises DomainError(DOSSIER_INCOMPLETE)."""
    coming = [camera_id for camera_id, one in before.items() if one.standing in NOT_YET_IN_USE]
    for portion in _portions(coming if standing is Standing.ACTIVE else []):
        papers = camera_dossiers.of(session, portion)
        for row in session.execute(select(_table).where(_table.c.id.in_(portion))).mappings():
            camera = value_from_row(row, Camera, _table)
            check_use(camera, papers.get(camera.id), before=before[camera.id].standing, after=standing)


def _standings_of(session: Session, camera_ids: Collection[str]) -> Mapping[str, CameraStanding]:
    """By id, in the order given. Raises DomainError(NOT_FOUND)."""
    known = {camera_id: CameraStanding(camera_id) for camera_id in _numbers_of(session, camera_ids)}
    for portion in _portions(list(known)):
        for row in session.execute(select(_standings).where(_standings.c.id.in_(portion))).mappings():
            known[row["id"]] = _standing(row)
    return known


def _numbers_of(session: Session, camera_ids: Collection[str]) -> Mapping[str, int]:
    """By id, in the order given. Raises DomainError(NOT_FOUND)."""
    asked = list(dict.fromkeys(camera_ids))
    found: dict[str, int] = {}
    for portion in _portions(asked):
        rows = session.execute(select(_table.c.id, _table.c.number).where(_table.c.id.in_(portion)))
        found |= {row.id: row.number for row in rows}
    missing = next((camera_id for camera_id in asked if camera_id not in found), None)
    if missing is not None:
        raise DomainError(DomainCode.NOT_FOUND, missing)
    return {camera_id: found[camera_id] for camera_id in asked}


def _portions(whole: Sequence[str]) -> Iterator[Sequence[str]]:
    return (whole[start : start + _IN_A_QUERY] for start in range(0, len(whole), _IN_A_QUERY))


def note_view_accepted(session: Session, camera_id: str, *, by: Officer, at: datetime) -> None:
    """Into custody: from here on another view counts as right. It is among `accepted_views` until it is learnt.

    Raises DomainError(NOT_ALLOWED, NOT_FOUND).
    """
    demand(by, Action.ACCEPT_VIEW)
    if get(session, camera_id) is None:
        raise DomainError(DomainCode.NOT_FOUND, camera_id)
    custody.append(
        session, actor=by.nrp, action=CustodyAction.VIEW_ACCEPTED, about=f"camera/{camera_id}", at=at
    )  # fmt: skip
    waiting: list[Json] = [*sorted({*accepted_views(session), camera_id})]
    facts.put(session, _ACCEPTED_VIEWS, waiting)


def accepted_views(session: Session) -> tuple[str, ...]:
    """Cameras whose view was accepted while the engine has not begun to learn it."""
    waiting = facts.get(session, _ACCEPTED_VIEWS)
    return tuple(str(camera_id) for camera_id in waiting) if isinstance(waiting, list) else ()


def note_view_taken(session: Session, camera_id: str) -> None:
    """The engine has begun to learn an accepted view."""
    waiting = accepted_views(session)
    if camera_id in waiting:
        facts.put(session, _ACCEPTED_VIEWS, [known for known in waiting if known != camera_id])


def quarantine(session: Session, camera_id: str, *, reason: str, by: Officer, at: datetime) -> None:
    """Hides a camera on every tile. Raises DomainError(NOT_ALLOWED, FIELD_MISSING, FIELD_INVALID, NOT_FOUND)."""
    demand(by, Action.QUARANTINE)
    said = _said(reason)
    _set_quarantine(session, camera_id, Decision(said, by.nrp, at), by=by, at=at)
    custody.append(
        session, actor=by.nrp, action=CustodyAction.QUARANTINED, about=f"camera/{camera_id}", at=at, reason=said
    )


def lift_quarantine(session: Session, camera_id: str, *, reason: str, by: Officer, at: datetime) -> None:
    """A supervisor's decision. Raises DomainError(NOT_ALLOWED, FIELD_MISSING, FIELD_INVALID, NOT_FOUND)."""
    demand(by, Action.LIFT_QUARANTINE)
    said = _said(reason)
    _set_quarantine(session, camera_id, None, by=by, at=at)
    custody.append(
        session, actor=by.nrp, action=CustodyAction.QUARANTINE_LIFTED, about=f"camera/{camera_id}", at=at, reason=said
    )


def _set_quarantine(session: Session, camera_id: str, given: Decision | None, *, by: Officer, at: datetime) -> None:
    before = _standings_of(session, [camera_id])[camera_id]
    operations.change_all(session, [replace(before, quarantine=given)], actor=by.nrp, at=at)


def _update_all(session: Session, changed: Mapping[str, Mapping[str, Any]]) -> None:  # Any: see `columns_of`
    """The same columns of each of these cameras, by id, which are known to be there."""
    if changed:
        rows = [{**columns, "of_camera": camera_id} for camera_id, columns in changed.items()]
        session.execute(update(_table).where(_table.c.id == bindparam("of_camera")), rows)


def _removed() -> Select[str]:
    """The ids of cameras that were taken out of every list."""
    return select(_standings.c.id).where(_standings.c.standing == Standing.REMOVED.value)


def _standing(row: RowMapping) -> CameraStanding:
    return value_from_row(row, CameraStanding, _standings)


def _said(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise DomainError(DomainCode.FIELD_MISSING, "reason")
    if len(said) > LONGEST_REASON or not said.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "reason")
    return said


def _cameras(session: Session, condition: ColumnElement[bool]) -> tuple[Camera, ...]:
    found = session.execute(select(_table).where(condition).order_by(_table.c.number, _table.c.id))
    return tuple(_camera(row) for row in found.mappings())


def _camera(row: RowMapping) -> Camera:
    return value_from_row(row, Camera, _table)
