"""Signing in at the central server."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx2

from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.officer import Officer
from tmcwall.sync.connection import (
    Refused,
    check_protocol,
    check_reply,
    check_server_url,
    fault_of_transport,
    open_client,
    parse_reply,
    sendable,
)
from tmcwall.sync.enrolment import EnrolledDevice
from tmcwall.sync.protocol import (
    PasswordRequest,
    RefusalCode,
    ServerInfo,
    SignedRoles,
    SignInReply,
    SignInRequest,
)


@dataclass(frozen=True, slots=True)
class Session:
    """An officer signed in at the server from this workstation."""

    server_url: str
    officer: Officer
    expires_at: datetime
    token: str = field(repr=False)
    delegation: str = field(default="", repr=False)
    """To be kept: it goes with this officer's operations when somebody else brings them. Empty: an older server."""
    good_for_s: float = 0.0
    """How long the token is good for from when it came; 0: an older server, which renews none."""
    roles: SignedRoles | None = field(default=None, repr=False)
    """What every officer may while the server is away."""


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
        challenge, proof = prove(client, device, nrp)
        with sendable():
            request = SignInRequest(nrp=nrp, password=password, device=device.id, challenge=challenge, proof=proof)
        return _ask(client, address, "/sign-in", request)


def change_password(
    server_url: str,
    nrp: str,
    before: str,
    after: str,
    *,
    device: EnrolledDevice,
    allow_plain: bool = False,
    timeout_s: float = 10.0,
    transport: httpx2.BaseTransport | None = None,
) -> Session:
    """Another password in the place of this one, which may be a one-time one. All other sessions of the officer end.

    Raises what `sign_in` does, and DomainError(PASSWORD_WEAK).
    """
    address = check_server_url(server_url, allow_plain=allow_plain)
    with open_client(address, timeout_s=timeout_s, transport=transport) as client:
        challenge, proof = prove(client, device, nrp)
        with sendable():
            request = PasswordRequest(
                nrp=nrp, password=before, new_password=after, device=device.id, challenge=challenge, proof=proof
            )
        try:
            return _ask(client, address, "/password", request)
        except Refused as refused:
            if refused.reason is RefusalCode.PASSWORD_WEAK:
                raise DomainError(DomainCode.PASSWORD_WEAK) from None
            raise


def renew(session: Session, *, timeout_s: float = 10.0, transport: httpx2.BaseTransport | None = None) -> Session:
    """The next token, and the officer as the server knows him now.

    Raises Fault(SERVER_UNREACHABLE, ...); `Refused` with SESSION_ENDED when the password has to be given again.
    """
    with open_client(session.server_url, timeout_s=timeout_s, transport=transport) as client:
        try:
            response = client.post("/renew", headers={"Authorization": f"Bearer {session.token}"})
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None
    renewed = session_of(session.server_url, parse_reply(response, SignInReply))
    return replace(renewed, delegation=session.delegation)


def prove(client: httpx2.Client, device: EnrolledDevice, nrp: str) -> tuple[str, str]:
    """The server's challenge, and this device's proof for it. Raises Fault(SERVER_KEY_CHANGED), too."""
    try:
        info = parse_reply(client.get("/info"), ServerInfo)
    except httpx2.HTTPError as error:
        raise fault_of_transport(error) from None
    check_protocol(info)
    if info.server_key != device.server_key:
        raise Fault(FaultCode.SERVER_KEY_CHANGED, info.server_key, retryable=False)
    return info.challenge, device.prove(nrp=nrp, challenge=info.challenge)


def _ask(client: httpx2.Client, address: str, path: str, request: SignInRequest) -> Session:
    try:
        content = request.model_dump_json().encode()
        response = client.post(path, content=content, headers={"Content-Type": "application/json"})
    except httpx2.HTTPError as error:
        raise fault_of_transport(error) from None
    return session_of(address, parse_reply(response, SignInReply))


def session_of(address: str, reply: SignInReply) -> Session:
    return Session(
        address,
        reply.officer.officer(),
        reply.expires_at,
        reply.token,
        delegation=reply.delegation,
        good_for_s=reply.good_for_s,
        roles=reply.roles,
    )


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
