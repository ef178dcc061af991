"""Routes: a workstation is enrolled, and the register of all keys."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from tmcwall.log import get_logger
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.context import Context, ServerContext, Viewer, address_of
from tmcwall.server.enrolment import end_again, enrol, register
from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.enrolment import EnrolReply, EnrolRequest
from tmcwall.sync.register import DeviceKeys, EndedKeys

log = get_logger(__name__)

router = APIRouter()


@router.post("/devices/enrol")
async def enrol_device(request: Request, context: Context, wanted: EnrolRequest) -> EnrolReply:
    """Needs no token: the code is the right to it. Wrong codes delay the next try from that address."""
    address = address_of(request)
    context.enrolment_delays.demand(address)
    try:
        reply = await run_in_threadpool(_enrol, context, wanted, address=address)
    except RequestRefused as refused:
        context.enrolment_delays.failed(address)
        note = partial(context.note, AuditAction.DEVICE_ENROLLED, request, actor=wanted.device, about="")
        await run_in_threadpool(note, outcome=refused.refusal.code)
        raise
    context.enrolment_delays.forget(address)
    return reply


def _enrol(context: ServerContext, wanted: EnrolRequest, *, address: str) -> EnrolReply:
    now = context.clock.utc()
    with context.database.write() as session:
        row = enrol(session, wanted, signing_key=context.signing_key, now=now)
        about = f"{row.name} {row.device}"
        audit(session, AuditAction.DEVICE_ENROLLED, at=now, actor=row.enrolled_by, about=about, address=address)
        reply = EnrolReply(name=row.name, server_key=context.signing_key.public, first_number=row.first_number)
    log.info("device_enrolled", device=wanted.device, name=reply.name)
    return reply


@router.get("/devices")
def devices(context: Context, asker: Viewer) -> DeviceKeys:
    """By it every workstation checks what it is sent."""
    del asker  # whoever may see operations may check them
    with context.database.read() as session:
        return DeviceKeys(keys=register(session))


@router.post("/devices/ended", status_code=204)
def ended_devices(request: Request, context: Context, asker: Viewer, told: EndedKeys) -> None:
    """Only what this server has signed itself counts, so it takes nobody's word for it."""
    now = context.clock.utc()
    with context.database.write() as session:
        ended = end_again(session, told.keys, by=f"device {asker.device}", signing_key=context.signing_key, now=now)
        for row in ended:
            audit(
                session,
                AuditAction.DEVICE_REVOKED,
                at=now,
                actor=asker.officer.nrp,
                about=f"{row.name} {row.device} again, after a restore",
                address=address_of(request),
            )
    if ended:
        log.warning("revocations_brought_back", keys=len(ended))
