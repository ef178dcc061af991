"""Signing in at the central server."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import httpx2

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Officer
from tmcwall.sync.connection import (
    check_protocol,
    check_reply,
    check_server_url,
    fault_of_transport,
    open_client,
    parse_reply,
)
from tmcwall.sync.enrolment import EnrolledDevice
from tmcwall.sync.protocol import ServerInfo, SignInReply, SignInRequest


@dataclass(frozen=True, slots=True)
class Session:
    """An officer signed in at the server from this workstation."""

    server_url: str
    officer: Officer
    expires_at: datetime
    token: str = field(repr=False)
    delegation: str = field(default="", repr=False)
    """To be kept: it goes with this officer's operations when somebody else brings them. Empty: an older server."""


def sign_in(
    server_url: str,
    nrp: str,
    password: str,
    *,
    device: EnrolledDevice,
    allow_plain: bool = False,
    timeout_s: float = 10.0,
    transport: httpx2.BaseTransport | None = None,
) -> Session:
    """Sign in. Waits for the network: not for the GUI thread.

    Raises Fault(SERVER_UNREACHABLE, TLS_UNTRUSTED, SERVER_INCOMPATIBLE, SERVER_KEY_CHANGED, DEVICE_NOT_ENROLLED,
    DEVICE_REVOKED, SIGN_IN_REFUSED, SERVER_REFUSED) and, for the address, DomainError(SERVER_URL_*).

    Only SERVER_UNREACHABLE and a retryable SERVER_REFUSED may be answered by the offline sign-in: a password that the
    server refuses stays refused.
    """
    address = check_server_url(server_url, allow_plain=allow_plain)
    with open_client(address, timeout_s=timeout_s, transport=transport) as client:
        try:
            info = parse_reply(client.get("/info"), ServerInfo)
            check_protocol(info)
            if info.server_key != device.server_key:
                raise Fault(FaultCode.SERVER_KEY_CHANGED, info.server_key, retryable=False)
            proof = device.prove(nrp=nrp, challenge=info.challenge)
            request = SignInRequest(
                nrp=nrp, password=password, device=device.id, challenge=info.challenge, proof=proof
            )  # fmt: skip
            content = request.model_dump_json().encode()
            response = client.post("/sign-in", content=content, headers={"Content-Type": "application/json"})
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None
    reply = parse_reply(response, SignInReply)
    return Session(address, reply.officer.officer(), reply.expires_at, reply.token, reply.delegation)


def sign_out(session: Session, *, timeout_s: float = 3.0, transport: httpx2.BaseTransport | None = None) -> None:
    """Revoke the token at the server. Raises Fault; an expired token is signed out already."""
    with open_client(session.server_url, timeout_s=timeout_s, transport=transport) as client:
        try:
            response = client.post("/sign-out", headers={"Authorization": f"Bearer {session.token}"})
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None
    try:
        check_reply(response)
    except Fault as fault:
        if fault.code is not FaultCode.SIGN_IN_EXPIRED:
            raise
