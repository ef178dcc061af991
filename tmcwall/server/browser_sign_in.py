"""Routes: signing in with the office's identity provider, in the browser of an enrolled workstation (RFC 8252).

What an attempt is held to lies with the workstation, sealed: any process of the server can complete it, and a thousand
that nobody completes cost nothing.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from tmcwall.domain.fault import Fault
from tmcwall.domain.officer import Officer
from tmcwall.server.access import Proof, demand_proof, let_in
from tmcwall.server.audit import AuditAction
from tmcwall.server.context import Context, ServerContext
from tmcwall.server.enrolment import use_challenge
from tmcwall.server.identity_provider import Attempt, IdentityProvider
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import officer_of
from tmcwall.server.tables import UserRow
from tmcwall.sync.browser_sign_in import BrowserOffer, BrowserSignIn, BrowserWish, loopback_address, proof_about
from tmcwall.sync.protocol import RefusalCode, SignInReply

router = APIRouter()

ATTEMPT_GOOD_FOR: Final = timedelta(minutes=10)
"""To find the telephone with the second factor, too."""
_ATTEMPT: Final = "browser sign-in"


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
            officer = await run_in_threadpool(_officer, context, provider, wanted)
    except RequestRefused as refused:
        note = partial(context.note, AuditAction.SIGN_IN, request, actor=provider.issuer, about=wanted.device)
        await run_in_threadpool(note, outcome=refused.refusal.code)
        raise
    return await let_in(request, context, officer, device=wanted.device)


def _provider(context: ServerContext) -> IdentityProvider:
    """Raises RequestRefused(NOT_FOUND)."""
    if context.identity_provider is None:
        raise RequestRefused(RefusalCode.NOT_FOUND)
    return context.identity_provider


def _officer(context: ServerContext, provider: IdentityProvider, wanted: BrowserSignIn) -> Officer:
    attempt = _attempt(context, wanted)
    nrp = provider.nrp_of(attempt, code=wanted.code, issuer=wanted.issuer)
    with context.database.read() as session:
        user = session.get(UserRow, nrp)
        if user is None or user.disabled_at is not None:
            raise RequestRefused(RefusalCode.IDENTITY_UNKNOWN)
        return officer_of(user)


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
