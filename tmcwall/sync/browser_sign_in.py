"""Signing in at the central server with the browser, where the office has an identity provider.

The server is the provider's client; this workstation opens its browser, hears on the loopback which code the provider
gives (RFC 8252), and hands that on. It learns nothing by which it could do so without the officer.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import Annotated, TypeVar

import httpx2
from pydantic import BaseModel, Field, StringConstraints

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.sync.account import Session, prove, session_of
from tmcwall.sync.connection import check_server_url, fault_of_transport, open_client, parse_reply
from tmcwall.sync.enrolment import EnrolledDevice
from tmcwall.sync.loopback import LoopbackListener
from tmcwall.sync.protocol import Challenge, DeviceName, Message, ServerInfo, Signature, SignInReply

M = TypeVar("M", bound=BaseModel)

ProviderText = Annotated[str, StringConstraints(max_length=4096, pattern=r"^[\x20-\x7e]*$")]


class BrowserWish(Message):
    """A workstation that listens on that port of its loopback wants to send its browser to the provider."""

    device: DeviceName
    challenge: Challenge
    proof: Signature
    """The device's, over `sign_in_text` with `proof_about` in the place of the number."""
    port: Annotated[int, Field(ge=1024, le=65535)]


class BrowserOffer(Message):
    url: str
    """For the browser."""
    state: str = Field(repr=False)
    """Comes back beside the code, or it is not the answer to this."""
    attempt: str = Field(repr=False)
    """The server's own, sealed: given back with the code."""


class BrowserSignIn(Message):
    device: DeviceName
    challenge: Challenge
    proof: Signature
    attempt: ProviderText = Field(repr=False)
    code: ProviderText = Field(repr=False)
    issuer: ProviderText = ""


def proof_about(attempt: str = "") -> str:
    """What the device signs in the place of an officer's number, which nobody knows yet; no number has a space."""
    return f"browser {hashlib.sha256(attempt.encode()).hexdigest()}"


def loopback_address(port: int) -> str:
    """Where the provider sends the browser. By number: a name could be resolved to somewhere else (RFC 8252, 8.3)."""
    return f"http://127.0.0.1:{port}/"


def identity_provider(
    server_url: str,
    *,
    allow_plain: bool = False,
    timeout_s: float = 10.0,
    transport: httpx2.BaseTransport | None = None,
) -> str:
    """The name of the one by which officers may sign in at that server; empty: none. Raises Fault, DomainError."""
    with open_client(
        check_server_url(server_url, allow_plain=allow_plain), timeout_s=timeout_s, transport=transport
    ) as client:
        try:
            return parse_reply(client.get("/info"), ServerInfo).identity_provider
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None


def sign_in_by_browser(
    server_url: str,
    *,
    device: EnrolledDevice,
    open_browser: Callable[[str], None],
    stop: threading.Event,
    page: str,
    allow_plain: bool = False,
    timeout_s: float = 20.0,
    transport: httpx2.BaseTransport | None = None,
    listener_of: Callable[[str], LoopbackListener] = LoopbackListener,
) -> Session:
    """Waits for the officer, until `stop` is set. `page`: what the browser shows at the end, plain text.

    Raises what `sync.account.sign_in` does, and Fault(PROVIDER_UNREACHABLE, PROVIDER_REFUSED, IDENTITY_UNKNOWN,
    BROWSER_ABANDONED).
    """
    address = check_server_url(server_url, allow_plain=allow_plain)
    with (
        listener_of(page) as listener,
        open_client(address, timeout_s=timeout_s, transport=transport) as client,
    ):
        challenge, proof = prove(client, device, proof_about())
        wish = BrowserWish(device=device.id, challenge=challenge, proof=proof, port=listener.port)
        offer = _ask(client, "/browser-sign-in/begin", wish, BrowserOffer)
        open_browser(offer.url)
        answer = listener.wait(offer.state, stop=stop)
        if answer is None:
            raise Fault(FaultCode.BROWSER_ABANDONED, retryable=False)
        if answer.error:
            raise Fault(FaultCode.PROVIDER_REFUSED, answer.error, retryable=False)
        challenge, proof = prove(client, device, proof_about(offer.attempt))
        request = BrowserSignIn(
            device=device.id,
            challenge=challenge,
            proof=proof,
            attempt=offer.attempt,
            code=answer.code,
            issuer=answer.issuer,
        )
        return session_of(address, _ask(client, "/browser-sign-in", request, SignInReply))


def _ask(client: httpx2.Client, path: str, request: Message, kind: type[M]) -> M:
    try:
        content = request.model_dump_json().encode()
        response = client.post(path, content=content, headers={"Content-Type": "application/json"})
    except httpx2.HTTPError as error:
        raise fault_of_transport(error) from None
    return parse_reply(response, kind)
