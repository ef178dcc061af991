"""Routes: who the server is, signing in, signing out."""

from __future__ import annotations

import asyncio
from functools import partial

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from tmcwall import __version__
from tmcwall.domain.officer import Officer
from tmcwall.domain.operation import SCHEMA_VERSION
from tmcwall.server.accounts import revoke
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.context import Asker, Context, ServerContext, address_of
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
async def sign_in(request: Request, context: Context, wanted: SignInRequest) -> SignInReply:
    if wanted.device == SERVER_DEVICE:
        raise RequestRefused(RefusalCode.FORBIDDEN)
    address = address_of(request)
    check = partial(
        context.sign_in.check, context.database, wanted.nrp, wanted.password, device=wanted.device, address=address
    )
    try:
        async with context.password_checks.turn(address):
            officer = await asyncio.get_running_loop().run_in_executor(context.password_threads, check)
    except RequestRefused as refused:
        if refused.refusal.code is RefusalCode.SIGN_IN_REFUSED:
            refusal = partial(context.note, AuditAction.SIGN_IN, request, actor=wanted.nrp, about=wanted.device)
            await run_in_threadpool(refusal, outcome="refused")
        raise
    return await run_in_threadpool(_welcome, context, officer, device=wanted.device, address=address)


def _welcome(context: ServerContext, officer: Officer, *, device: str, address: str) -> SignInReply:
    now = context.clock.utc()
    with context.database.write() as session:
        token, expires_at = context.sign_in.give_token(session, officer, device=device, now=now)
        audit(session, AuditAction.SIGN_IN, at=now, actor=officer.nrp, about=device, address=address)
    message = OfficerMessage(nrp=officer.nrp, name=officer.name, role=officer.role, rank=officer.rank)
    return SignInReply(token=token, expires_at=expires_at, officer=message)


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
