"""Signing in at the central server."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx2

from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.officer import Officer
from tmcwall.sync.connection import (
    USER_AGENT,
    Refused,
    check_protocol,
    check_reply,
    check_server_url,
    fault_of_transport,
    parse_reply,
)
from tmcwall.sync.protocol import (
    API,
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
    device: str,
    allow_plain: bool = False,
    timeout_s: float = 10.0,
    transport: httpx2.BaseTransport | None = None,
) -> Session:
    """Sign in. Waits for the network: not for the GUI thread.

    Raises Fault(SERVER_UNREACHABLE, TLS_UNTRUSTED, SERVER_INCOMPATIBLE, SIGN_IN_REFUSED, SERVER_REFUSED) and, for the
    address, DomainError(SERVER_URL_*). Only SERVER_UNREACHABLE and a retryable SERVER_REFUSED may be answered by the
    offline sign-in: a password that the server refuses stays refused.
    """
    address = check_server_url(server_url, allow_plain=allow_plain)
    request = SignInRequest(nrp=nrp, password=password, device=device)
    with _client(address, timeout_s, transport) as client:
        return _ask(client, address, "/sign-in", request)


def change_password(
    server_url: str,
    nrp: str,
    before: str,
    after: str,
    *,
    device: str,
    allow_plain: bool = False,
    timeout_s: float = 10.0,
    transport: httpx2.BaseTransport | None = None,
) -> Session:
    """Another password in the place of this one, which may be a one-time one. All other sessions of the officer end.

    Raises what `sign_in` does, and DomainError(PASSWORD_WEAK).
    """
    address = check_server_url(server_url, allow_plain=allow_plain)
    request = PasswordRequest(nrp=nrp, password=before, new_password=after, device=device)
    with _client(address, timeout_s, transport) as client:
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
    with _client(session.server_url, timeout_s, transport) as client:
        try:
            response = client.post("/renew", headers={"Authorization": f"Bearer {session.token}"})
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None
    renewed = _session_of(session.server_url, parse_reply(response, SignInReply))
    return replace(renewed, delegation=session.delegation)


def _ask(client: httpx2.Client, address: str, path: str, request: SignInRequest) -> Session:
    try:
        check_protocol(parse_reply(client.get("/info"), ServerInfo))
        content = request.model_dump_json().encode()
        response = client.post(path, content=content, headers={"Content-Type": "application/json"})
    except httpx2.HTTPError as error:
        raise fault_of_transport(error) from None
    return _session_of(address, parse_reply(response, SignInReply))


def _session_of(address: str, reply: SignInReply) -> Session:
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
    with _client(session.server_url, timeout_s, transport) as client:
        try:
            response = client.post("/sign-out", headers={"Authorization": f"Bearer {session.token}"})
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None
    try:
        check_reply(response)
    except Fault as fault:
        if fault.code is not FaultCode.SIGN_IN_EXPIRED:
            raise


def _client(address: str, timeout_s: float, transport: httpx2.BaseTransport | None) -> httpx2.Client:
    return httpx2.Client(
        base_url=address + API,
        timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, 5.0)),
        transport=transport,
        headers={"User-Agent": USER_AGENT},
        trust_env=False,
    )
