"""Enrolling this workstation at the central server, and what it proves at every sign-in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import httpx2
from pydantic import Field, StringConstraints

from tmcwall.signatures import Purpose, SigningKey
from tmcwall.sync.connection import (
    check_protocol,
    check_server_url,
    fault_of_transport,
    open_client,
    parse_reply,
    sendable,
)
from tmcwall.sync.protocol import DeviceName, Message, PublicKey, ServerInfo, Signature, sign_in_text
from tmcwall.sync.register import DeskName


class EnrolRequest(Message):
    code: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(repr=False)
    """Without what stands between its groups."""
    device: DeviceName
    public_key: PublicKey
    proof: Signature
    """By that key, over device and code: whoever enrols a key has it."""


class EnrolReply(Message):
    name: DeskName
    server_key: PublicKey
    first_number: int
    """From it on the device's operations must be signed."""


@dataclass(frozen=True, slots=True)
class EnrolledDevice:
    """The workstation as the server knows it."""

    id: str
    name: str
    server_key: str
    """The server's, as it was at the enrolment."""
    key: SigningKey = field(repr=False)

    def prove(self, *, nrp: str, challenge: str) -> str:
        """That this device asks that server to let this officer in."""
        text = sign_in_text(nrp=nrp, device=self.id, challenge=challenge, server_key=self.server_key)
        return self.key.sign(Purpose.SIGN_IN, text)


def enrolment_text(*, device: str, code: str) -> str:
    return f"{device}\n{code}"


def enrol(
    server_url: str,
    code: str,
    *,
    device: str,
    key: SigningKey,
    allow_plain: bool = False,
    timeout_s: float = 10.0,
    transport: httpx2.BaseTransport | None = None,
) -> EnrolledDevice:
    """Give a one-time code for the right to bring operations. Waits for the network.

    The same code, device and key once more have the same answer: it may have been lost. Raises Fault
    (SERVER_UNREACHABLE, TLS_UNTRUSTED, SERVER_INCOMPATIBLE, SERVER_REFUSED, ENROLMENT_REFUSED) and
    DomainError(SERVER_URL_*).
    """
    address = check_server_url(server_url, allow_plain=allow_plain)
    proof = key.sign(Purpose.ENROLMENT, enrolment_text(device=device, code=code))
    with sendable():
        request = EnrolRequest(code=code, device=device, public_key=key.public, proof=proof)
    with open_client(address, timeout_s=timeout_s, transport=transport) as client:
        try:
            check_protocol(parse_reply(client.get("/info"), ServerInfo))
            content = request.model_dump_json().encode()
            response = client.post("/devices/enrol", content=content, headers={"Content-Type": "application/json"})
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None
    reply = parse_reply(response, EnrolReply)
    return EnrolledDevice(device, reply.name, reply.server_key, key)
