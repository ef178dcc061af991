"""Routes: who the server is, signing in, signing out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from tmcwall import __version__
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.officer import Officer
from tmcwall.domain.operation import SCHEMA_VERSION
from tmcwall.domain.password import check_changed
from tmcwall.server.accounts import put_user_password
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.connections import note_proof
from tmcwall.server.context import Asker, Context, ServerContext, TokenHash, address_of
from tmcwall.server.delegation import delegate
from tmcwall.server.enrolment import CHALLENGE_GOOD_FOR, demand_enrolled, see, use_challenge
from tmcwall.server.journal import is_waiting, vouch
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.role_snapshot import signed_roles
from tmcwall.server.sessions import GivenToken, begin_session, end_session, end_sessions, renew_session
from tmcwall.signatures import Purpose, verifies
from tmcwall.sync.protocol import (
    PROTOCOL,
    SERVER_DEVICE,
    OfficerMessage,
    PasswordRequest,
    RefusalCode,
    ServerInfo,
    SignedRoles,
    SignInReply,
    SignInRequest,
    sign_in_text,
)

router = APIRouter()

_CHALLENGE: Final = "sign-in challenge"


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
        server_key=context.signing_key.public,
        challenge=context.secret_box.close(context.clock.utc().isoformat().encode(), purpose=_CHALLENGE),
        identity_provider=context.identity_provider.name if context.identity_provider is not None else "",
    )


@router.post("/sign-in")
async def sign_in(request: Request, context: Context, wanted: SignInRequest) -> SignInReply:
    if wanted.device == SERVER_DEVICE:
        raise RequestRefused(RefusalCode.FORBIDDEN)
    officer = await _checked(request, context, wanted)
    return await let_in(request, context, officer, device=wanted.device)


async def _checked(
    request: Request, context: ServerContext, wanted: SignInRequest, *, choosing: bool = False
) -> Officer:
    """Raises what `demand_proof` and `SignIn.check` do."""
    address = address_of(request)
    await demand_proof(request, context, Proof(wanted.nrp, wanted.device, wanted.challenge, wanted.proof))
    check = partial(
        context.sign_in.check,
        context.database,
        wanted.nrp,
        wanted.password,
        device=wanted.device,
        address=address,
        choosing=choosing,
    )
    try:
        async with context.password_checks.turn(address):
            return await asyncio.get_running_loop().run_in_executor(context.password_threads, check)
    except RequestRefused as refused:
        if refused.refusal.code is RefusalCode.SIGN_IN_REFUSED:
            refusal = partial(context.note, AuditAction.SIGN_IN, request, actor=wanted.nrp, about=wanted.device)
            await run_in_threadpool(refusal, outcome="refused")
        raise


@dataclass(frozen=True, slots=True)
class Proof:
    """By a device, that it asks for this sign-in."""

    about: str
    """The officer's number, or what else is to be proven (`sync.browser_sign_in`)."""
    device: str
    challenge: str
    signature: str


async def demand_proof(request: Request, context: ServerContext, proof: Proof) -> None:
    """Before anything of the account is looked at: passwords are tried from enrolled devices only.

    Raises RequestRefused(DEVICE_UNKNOWN, DEVICE_REVOKED, PROOF_REFUSED).
    """
    try:
        await run_in_threadpool(_check_proof, context, proof)
    except RequestRefused as refused:
        context.strangers.count(address_of(request))
        note = partial(context.note, AuditAction.SIGN_IN, request, actor=proof.about, about=proof.device)
        await run_in_threadpool(note, outcome=refused.refusal.code)
        raise


async def let_in(request: Request, context: ServerContext, officer: Officer, *, device: str) -> SignInReply:
    """Whoever has proven who he is, at a device that has proven itself."""
    welcome = await run_in_threadpool(_welcome, context, officer, device=device, address=address_of(request))
    await _vouch(context, officer, device=device)
    return welcome


def _check_proof(context: ServerContext, proof: Proof) -> None:
    with context.database.read() as session:
        public_key = demand_enrolled(session, proof.device).public_key
    text = sign_in_text(
        nrp=proof.about, device=proof.device, challenge=proof.challenge, server_key=context.signing_key.public
    )
    fresh = _is_fresh(context, proof.challenge)
    if not fresh or not verifies(public_key, Purpose.SIGN_IN, text, proof.signature):
        raise RequestRefused(RefusalCode.PROOF_REFUSED)
    with context.database.write() as session:
        use_challenge(session, proof.challenge, now=context.clock.utc())


def _is_fresh(context: ServerContext, challenge: str) -> bool:
    try:
        given_at = datetime.fromisoformat(context.secret_box.open(challenge, purpose=_CHALLENGE).decode())
    except (Fault, ValueError):
        return False
    return context.clock.utc() - given_at <= CHALLENGE_GOOD_FOR


def _welcome(context: ServerContext, officer: Officer, *, device: str, address: str) -> SignInReply:
    now = context.clock.utc()
    with context.database.write() as session:
        demand_enrolled(session, device)
        given = begin_session(session, officer, device=device, policy=context.session_policy, now=now)
        see(session, device, now=now)
        audit(session, AuditAction.SIGN_IN, at=now, actor=officer.nrp, about=device, address=address)
        roles = signed_roles(session, context.role_key, now=now)
    return _reply(given, roles, now=now, delegation=delegate(context.secret_box, officer.nrp, device=device, now=now))


def _reply(given: GivenToken, roles: SignedRoles, *, now: datetime, delegation: str = "") -> SignInReply:
    return SignInReply(
        token=given.token,
        expires_at=given.expires_at,
        good_for_s=(given.expires_at - now).total_seconds(),
        officer=OfficerMessage.of(given.officer),
        delegation=delegation,
        roles=roles,
    )


@router.post("/renew")
def renew(request: Request, context: Context, token_hash: TokenHash) -> SignInReply:
    """The next token of a session, for one that is good or has expired; with the officer's rights of now."""
    now = context.clock.utc()
    with context.database.write() as session:
        given = renew_session(session, token_hash, policy=context.session_policy, now=now)
        roles = signed_roles(session, context.role_key, now=now)
    note_proof(request)
    return _reply(given, roles, now=now)


@router.post("/password")
async def change_password(request: Request, context: Context, wanted: PasswordRequest) -> SignInReply:
    """The officer's own password, also a one-time one. Ends all sessions, and begins one with the new password."""
    if wanted.device == SERVER_DEVICE:
        raise RequestRefused(RefusalCode.FORBIDDEN)
    officer = await _checked(request, context, wanted, choosing=True)
    change = partial(_change_password, context, officer, wanted, address=address_of(request))
    await asyncio.get_running_loop().run_in_executor(context.password_threads, change)
    return await let_in(request, context, officer, device=wanted.device)


def _change_password(context: ServerContext, officer: Officer, wanted: PasswordRequest, *, address: str) -> None:
    """Raises RequestRefused(PASSWORD_WEAK)."""
    now = context.clock.utc()
    try:
        check_changed(wanted.password, wanted.new_password)
        with context.database.write() as session:
            put_user_password(session, officer.nrp, wanted.new_password, hasher=context.hasher, now=now)
            audit(
                session,
                AuditAction.USER_PASSWORD_CHANGED,
                at=now,
                actor=officer.nrp,
                about=officer.nrp,
                address=address,
            )
    except DomainError:
        raise RequestRefused(RefusalCode.PASSWORD_WEAK) from None


async def _vouch(context: ServerContext, officer: Officer, *, device: str) -> None:
    """Transaction by transaction, as a push: what waits for an officer may be much."""
    place = 0
    while await run_in_threadpool(_is_waiting, context, device=device, after_place=place):
        some = partial(_vouch_some, context, officer, device=device, after_place=place)
        place = await context.order.alone(some, key=device)


def _is_waiting(context: ServerContext, *, device: str, after_place: int) -> bool:
    with context.database.read() as session:
        return is_waiting(session, device=device, after_place=after_place)


def _vouch_some(context: ServerContext, officer: Officer, *, device: str, after_place: int) -> int:
    limit = context.limits.transaction_operations
    now = context.clock.utc()
    with context.database.write() as session:
        vouched = vouch(session, officer, device=device, after_place=after_place, limit=limit, now=now)
    context.announcer.announce(vouched.last_sequence)
    return vouched.last_place


@router.post("/sign-out", status_code=204)
def sign_out(request: Request, context: Context, asker: Asker) -> Response:
    now = context.clock.utc()
    with context.database.write() as session:
        end_session(session, asker.session, now=now)
        audit(
            session,
            AuditAction.SIGN_OUT,
            at=now,
            actor=asker.officer.nrp,
            about=asker.device,
            address=address_of(request),
        )
    return Response(status_code=204)


@router.post("/sign-out-everywhere", status_code=204)
def sign_out_everywhere(request: Request, context: Context, asker: Asker) -> Response:
    """All sessions of the officer, at every workstation."""
    now = context.clock.utc()
    with context.database.write() as session:
        end_sessions(session, asker.officer.nrp, now=now)
        audit(
            session,
            AuditAction.SIGN_OUT,
            at=now,
            actor=asker.officer.nrp,
            about="everywhere",
            address=address_of(request),
        )
    return Response(status_code=204)
