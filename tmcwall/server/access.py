"""Routes: who the server is, signing in, signing out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from tmcwall import __version__
from tmcwall.domain.operation import SCHEMA_VERSION
from tmcwall.server.accounts import revoke
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.context import Asker, Context, address_of
from tmcwall.server.delegation import delegate
from tmcwall.server.journal import vouch
from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import (
    PROTOCOL,
    SERVER_DEVICE,
    OfficerMessage,
    RefusalCode,
    ServerInfo,
    SignInReply,
    SignInRequest,
)

router = APIRouter()


@router.get("/info")
def info(context: Context) -> ServerInfo:
    """Also the health check: it reads from the database."""
    with context.database.read() as session:
        session.connection().exec_driver_sql("SELECT 1")
    return ServerInfo(
        version=__version__,
        protocol=PROTOCOL,
        oldest_protocol=PROTOCOL,
        schema_version=SCHEMA_VERSION,
        time=context.clock.utc(),
    )


@router.post("/sign-in")
def sign_in(request: Request, context: Context, wanted: SignInRequest) -> SignInReply:
    if wanted.device == SERVER_DEVICE:
        raise RequestRefused(RefusalCode.FORBIDDEN)
    address = address_of(request)
    try:
        # The slow check holds no writing transaction.
        with context.database.read() as session:
            officer = context.sign_in.check(session, wanted.nrp, wanted.password, address=address)
    except RequestRefused as refused:
        if refused.refusal.code is RefusalCode.SIGN_IN_REFUSED:
            context.note(AuditAction.SIGN_IN, request, actor=wanted.nrp, about=wanted.device, outcome="refused")
        raise
    now = context.clock.utc()
    with context.database.write() as session:
        token, expires_at = context.sign_in.give_token(session, officer, device=wanted.device, now=now)
        audit(session, AuditAction.SIGN_IN, at=now, actor=officer.nrp, about=wanted.device, address=address)
        vouched = vouch(session, officer, device=wanted.device, now=now)
    if vouched is not None:
        context.announcer.announce(vouched)
    message = OfficerMessage(nrp=officer.nrp, name=officer.name, role=officer.role, rank=officer.rank)
    delegation = delegate(context.secret_box, officer.nrp, now=now)
    return SignInReply(token=token, expires_at=expires_at, officer=message, delegation=delegation)


@router.post("/sign-out", status_code=204)
def sign_out(request: Request, context: Context, asker: Asker) -> Response:
    now = context.clock.utc()
    with context.database.write() as session:
        revoke(session, asker.token_hash, now=now)
        audit(
            session,
            AuditAction.SIGN_OUT,
            at=now,
            actor=asker.officer.nrp,
            about=asker.device,
            address=address_of(request),
        )
    return Response(status_code=204)
