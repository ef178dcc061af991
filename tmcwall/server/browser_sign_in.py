"""Routes: signing in with the office's identity provider, in the browser of an enrolled workstation (RFC 8252).

What an attempt is held to lies with the workstation, sealed: any process of the server can complete it, and a thousand
that nobody completes cost nothing.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final
from urllib.parse import parse_qs

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from tmcwall.domain.fault import Fault
from tmcwall.domain.officer import Officer
from tmcwall.server.access import Proof, demand_proof, let_in
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.context import Context, ServerContext, address_of
from tmcwall.server.enrolment import use_challenge
from tmcwall.server.identity_provider import Attempt, IdentityProvider, Named
from tmcwall.server.provider_sessions import end_provider_sessions, keep_provider_session
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import officer_of
from tmcwall.server.sessions import hash_token
from tmcwall.server.tables import UserRow
from tmcwall.sync.browser_sign_in import BrowserOffer, BrowserSignIn, BrowserWish, loopback_address, proof_about
from tmcwall.sync.protocol import RefusalCode, SignInReply

router = APIRouter()

ATTEMPT_GOOD_FOR: Final = timedelta(minutes=10)
"""To find the telephone with the second factor, too."""
_ATTEMPT: Final = "browser sign-in"
_ENDED_SCHEMA: Final = {
    "type": "object",
    "required": ["logout_token"],
    "properties": {"logout_token": {"type": "string"}},
}
_ENDED_BODY: Final = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _ENDED_SCHEMA}}}


@router.post("/browser-sign-in/begin")
async def begin(request: Request, context: Context, wanted: BrowserWish) -> BrowserOffer:
    provider = _provider(context)
    await demand_proof(request, context, Proof(proof_about(), wanted.device, wanted.challenge, wanted.proof))
    async with context.browser_sign_ins.turn(wanted.device):
        redirect_uri = loopback_address(wanted.port)
        attempt, url = await run_in_threadpool(provider.begin, wanted.device, redirect_uri=redirect_uri)
    sealed = context.secret_box.close(msgspec.json.encode(attempt), purpose=_ATTEMPT)
    return BrowserOffer(url=url, state=attempt.state, attempt=sealed)


@router.post("/browser-sign-in")
async def complete(request: Request, context: Context, wanted: BrowserSignIn) -> SignInReply:
    provider = _provider(context)
    proof = Proof(proof_about(wanted.attempt), wanted.device, wanted.challenge, wanted.proof)
    await demand_proof(request, context, proof)
    try:
        async with context.browser_sign_ins.turn(wanted.device):
            officer, named = await run_in_threadpool(_officer, context, provider, wanted)
    except RequestRefused as refused:
        note = partial(context.note, AuditAction.SIGN_IN, request, actor=provider.issuer, about=wanted.device)
        await run_in_threadpool(note, outcome=refused.refusal.code)
        raise
    reply = await let_in(request, context, officer, device=wanted.device)
    await run_in_threadpool(_keep, context, reply, named)
    return reply


@router.post("/browser-sign-in/ended", status_code=200, openapi_extra={"requestBody": _ENDED_BODY})
async def ended(request: Request, context: Context) -> Response:
    """The provider says that somebody has signed out there, or may no more. Ours end within seconds, streams, too."""
    provider = _provider(context)
    body = (await request.body()).decode("utf-8", "replace")
    try:
        given = parse_qs(body, max_num_fields=8).get("logout_token", [""])[0]
    except ValueError:
        raise RequestRefused(RefusalCode.INVALID) from None
    address = address_of(request)
    try:
        async with context.browser_sign_ins.turn(address):
            await run_in_threadpool(_end, context, request, provider, given)
    except RequestRefused as refused:
        if refused.refusal.code is RefusalCode.PROVIDER_REFUSED:
            context.strangers.count(address)
            raise RequestRefused(RefusalCode.INVALID) from None
        raise
    return Response(status_code=200)


def _end(context: ServerContext, request: Request, provider: IdentityProvider, logout_token: str) -> None:
    told = provider.ended(logout_token)
    now = context.clock.utc()
    with context.database.write() as session:
        use_challenge(session, f"logout {told.id}", now=now)
        count = end_provider_sessions(session, told, now=now)
        audit(
            session,
            AuditAction.SIGN_OUT,
            at=now,
            actor=provider.issuer,
            about=f"{count} sessions",
            address=address_of(request),
        )


def _keep(context: ServerContext, reply: SignInReply, named: Named) -> None:
    with context.database.write() as session:
        keep_provider_session(session, hash_token(reply.token), named, now=context.clock.utc())


def _provider(context: ServerContext) -> IdentityProvider:
    """Raises RequestRefused(NOT_FOUND)."""
    if context.identity_provider is None:
        raise RequestRefused(RefusalCode.NOT_FOUND)
    return context.identity_provider


def _officer(context: ServerContext, provider: IdentityProvider, wanted: BrowserSignIn) -> tuple[Officer, Named]:
    attempt = _attempt(context, wanted)
    named = provider.identify(attempt, code=wanted.code, issuer=wanted.issuer)
    with context.database.read() as session:
        user = session.get(UserRow, named.nrp)
        if user is None or user.disabled_at is not None:
            raise RequestRefused(RefusalCode.IDENTITY_UNKNOWN)
        return officer_of(user), named


def _attempt(context: ServerContext, wanted: BrowserSignIn) -> Attempt:
    """Each is good once. Raises RequestRefused(PROVIDER_REFUSED, PROOF_REFUSED)."""
    now = context.clock.utc()
    try:
        content = context.secret_box.open(wanted.attempt, purpose=_ATTEMPT)
        attempt = msgspec.json.decode(content, type=Attempt)
    except (Fault, msgspec.DecodeError):
        raise RequestRefused(RefusalCode.PROVIDER_REFUSED) from None
    if attempt.device != wanted.device or now - attempt.begun_at > ATTEMPT_GOOD_FOR:
        raise RequestRefused(RefusalCode.PROVIDER_REFUSED)
    with context.database.write() as session:
        use_challenge(session, attempt.nonce, now=now)
    return attempt
