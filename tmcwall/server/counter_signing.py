"""Route: the server's counter-signature over an evidence package that an enrolled workstation makes."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from tmcwall.server.access import Proof, demand_proof
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.context import Context, ServerContext, address_of
from tmcwall.sync.counter_signature import PackageStatement, PackageWish, SignedStatement, proof_about, sign_statement

router = APIRouter()


@router.post("/packages/counter-signature")
async def counter_sign(request: Request, context: Context, wanted: PackageWish) -> SignedStatement:
    """By the device's own proof, for an export also runs while nobody is signed in there.

    The server learns nothing of the package but its hash, and says nothing of it but that it was shown it. 429 beyond
    the most that a workstation makes in a minute.
    """
    about = proof_about(wanted.tag_manifest_sha256)
    await demand_proof(request, context, Proof(about, wanted.device, wanted.challenge, wanted.proof))
    return await run_in_threadpool(_sign, context, wanted, address=address_of(request))


def _sign(context: ServerContext, wanted: PackageWish, *, address: str) -> SignedStatement:
    """Raises RequestRefused(TOO_MANY)."""
    context.counter_signatures.count(wanted.device)
    now = context.clock.utc()
    with context.database.write() as session:
        audit(
            session,
            AuditAction.PACKAGE_COUNTER_SIGNED,
            at=now,
            actor=wanted.device,
            about=wanted.tag_manifest_sha256,
            address=address,
        )
    statement = PackageStatement(device=wanted.device, tag_manifest_sha256=wanted.tag_manifest_sha256, at=now)
    return sign_statement(statement, context.signing_key)
