"""Neighbourhoods, landmarks and calibrations of cameras."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import custody, operations, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.calibration import CameraCalibration
from tmcwall.domain.custody import CustodyAction, ImportFacts
from tmcwall.domain.landmark import Landmark
from tmcwall.domain.neighbourhood import Neighbourhood, Neighbourhoods
from tmcwall.domain.officer import Action, Officer, demand


def neighbourhoods(session: Session) -> Neighbourhoods:
    table = tables.neighbourhoods
    found = session.execute(select(table)).mappings()
    return Neighbourhoods(value_from_row(row, Neighbourhood, table) for row in found)


def landmarks(session: Session) -> tuple[Landmark, ...]:
    """By name, those that were removed among them."""
    table = tables.landmarks
    found = session.execute(select(table).order_by(table.c.name, table.c.id)).mappings()
    return tuple(value_from_row(row, Landmark, table) for row in found)


def calibrations(session: Session) -> tuple[CameraCalibration, ...]:
    table = tables.camera_calibrations
    found = session.execute(select(table)).mappings()
    return tuple(value_from_row(row, CameraCalibration, table) for row in found)


def take_list(
    session: Session,
    *,
    changed: Sequence[Neighbourhood] | Sequence[Landmark],
    added: int,
    name: str,
    by: Officer,
    at: datetime,
) -> None:
    """A portion of a list, with one row of custody; `name` is the file's, `added` how many of them are new.

    Raises DomainError(NOT_ALLOWED).
    """
    demand(by, Action.KEEP_CONTACTS)
    operations.change_all(session, changed, actor=by.nrp, at=at)
    custody.append(
        session,
        actor=by.nrp,
        action=CustodyAction.PLACES_IMPORTED,
        about="places",
        at=at,
        facts=ImportFacts(name, added, len(changed) - added, 0),
    )


def calibrate(session: Session, calibration: CameraCalibration, *, by: Officer, at: datetime) -> None:
    """Raises DomainError(NOT_ALLOWED)."""
    demand(by, Action.ACCEPT_VIEW)
    operations.change(session, calibration, actor=by.nrp, at=at)
