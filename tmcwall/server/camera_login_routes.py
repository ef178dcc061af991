"""Routes: logins of cameras, shared by those who look after the register, sealed for enrolled workstations."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session

from tmcwall.domain.officer import Action
from tmcwall.server import camera_logins
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.context import Context, ServerContext, Viewer, address_of, demand
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity
from tmcwall.sync.camera_logins import (
    EndedLogins,
    KeyBoxes,
    LoginPage,
    LoginShare,
    LoginShareReceipt,
    TakenShares,
)
from tmcwall.sync.protocol import RefusalCode

_SHARE_BYTES: Final = 2 << 20

router = APIRouter()

Registrar = Annotated[Identity, Depends(demand(Action.IMPORT_CAMERAS))]


@router.post("/camera-logins", max_body_size=_SHARE_BYTES)
def share(request: Request, context: Context, asker: Registrar, given: LoginShare) -> LoginShareReceipt:
    """Raises RequestRefused(INVALID) for what is not one share, signed by the workstation whose token this is."""
    with context.database.write() as session:
        try:
            refused = camera_logins.share(session, given, device=asker.device, now=context.clock.utc())
        except camera_logins.NotAShare:
            raise RequestRefused(RefusalCode.INVALID) from None
        if not refused:
            about = f"{len(given.logins)} cameras for {len(given.boxes)} desks at {asker.device}"
            _note(session, context, request, asker, AuditAction.CAMERA_LOGINS_SHARED, about)
    return LoginShareReceipt(refused=refused)


@router.get("/camera-logins")
def page(context: Context, asker: Viewer, after: Annotated[int, Query(ge=0, lt=2**53)] = 0) -> LoginPage:
    """Only what was sealed for the workstation whose token this is."""
    with context.database.read() as session:
        return camera_logins.page(session, device=asker.device, after=after)


@router.post("/camera-logins/boxes", status_code=204, max_body_size=_SHARE_BYTES)
def add_boxes(request: Request, context: Context, asker: Viewer, given: KeyBoxes) -> None:
    """From a workstation that has opened these shares, for those that cannot yet. Asks for no right of the officer."""
    with context.database.write() as session:
        try:
            added = camera_logins.add_boxes(session, given.boxes, device=asker.device)
        except camera_logins.NotAShare:
            raise RequestRefused(RefusalCode.INVALID) from None
        if added:
            about = f"{added} keys sealed at {asker.device} for desks that were without"
            _note(session, context, request, asker, AuditAction.CAMERA_LOGINS_SEALED, about)


@router.post("/camera-logins/taken", status_code=204)
def note_taken(request: Request, context: Context, asker: Viewer, told: TakenShares) -> None:
    now = context.clock.utc()
    with context.database.write() as session:
        opened, unopened = camera_logins.note_taken(session, told.opened, told.unopened, device=asker.device, now=now)
        if opened:
            about = f"{opened} shares opened at {asker.device}"
            _note(session, context, request, asker, AuditAction.CAMERA_LOGINS_TAKEN, about)
        for sealer in sorted({one.sealed_by for one in unopened}):
            about = f"not to be opened at {asker.device}, sealed by {sealer}"
            _note(session, context, request, asker, AuditAction.CAMERA_LOGINS_TAKEN, about, outcome="unopened")


@router.post("/camera-logins/ended", status_code=204)
def end(request: Request, context: Context, asker: Registrar, given: EndedLogins) -> None:
    with context.database.write() as session:
        ended = camera_logins.end(session, given.cameras)
        if ended:
            about = f"{len(ended)} cameras at {asker.device}"
            _note(session, context, request, asker, AuditAction.CAMERA_LOGINS_ENDED, about)


def _note(
    session: Session,
    context: ServerContext,
    request: Request,
    asker: Identity,
    action: AuditAction,
    about: str,
    *,
    outcome: str = "ok",
) -> None:
    audit(
        session,
        action,
        at=context.clock.utc(),
        actor=asker.officer.nrp,
        about=about,
        address=address_of(request),
        outcome=outcome,
    )
