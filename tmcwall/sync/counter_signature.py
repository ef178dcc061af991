"""The server's counter-signature over an evidence package, asked for by the workstation that makes it."""

from __future__ import annotations

from typing import Annotated

import httpx2
from pydantic import AfterValidator, AwareDatetime, ValidationError

from tmcwall.domain.clock import in_utc
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.signatures import Purpose, SigningKey, verifies
from tmcwall.sync.account import prove
from tmcwall.sync.connection import check_server_url, fault_of_transport, open_client, parse_reply
from tmcwall.sync.enrolment import EnrolledDevice
from tmcwall.sync.protocol import Challenge, DeviceName, Hash, Message, Signature


class PackageWish(Message):
    """A workstation has made a package with that tag manifest, which covers every byte of it."""

    device: DeviceName
    tag_manifest_sha256: Hash
    challenge: Challenge
    proof: Signature
    """The device's, over `sign_in_text` with `proof_about` in the place of the officer's number."""


class PackageStatement(Message):
    """What the server signs: that this workstation showed it this hash at that moment, by the server's clock."""

    device: str
    tag_manifest_sha256: Hash
    at: Annotated[AwareDatetime, AfterValidator(in_utc)]


class SignedStatement(Message):
    """A `PackageStatement` as its exact text, and the server's signature over it."""

    text: str
    signature: str


def proof_about(tag_manifest_sha256: str) -> str:
    """What the device signs in the place of an officer's number; no number has a space."""
    return f"package {tag_manifest_sha256}"


def sign_statement(statement: PackageStatement, key: SigningKey) -> SignedStatement:
    text = statement.model_dump_json()
    return SignedStatement(text=text, signature=key.sign(Purpose.PACKAGE, text))


def counter_sign(
    server_url: str,
    tag_manifest_sha256: str,
    *,
    device: EnrolledDevice,
    timeout_s: float = 15.0,
    transport: httpx2.BaseTransport | None = None,
) -> SignedStatement:
    """Waits for the network: not for the GUI thread.

    Raises Fault: what `sync.account.sign_in` does of network and device, SERVER_REFUSED also by a server that knows
    nothing of this yet, and RECEIPT_UNTRUSTED if what comes back is not what was asked for; and
    DomainError(SERVER_URL_*).
    """
    address = check_server_url(server_url)
    with open_client(address, timeout_s=timeout_s, transport=transport) as client:
        challenge, proof = prove(client, device, proof_about(tag_manifest_sha256))
        wish = PackageWish(
            device=device.id, tag_manifest_sha256=tag_manifest_sha256, challenge=challenge, proof=proof
        )  # fmt: skip
        try:
            content = wish.model_dump_json().encode()
            response = client.post(
                "/packages/counter-signature", content=content, headers={"Content-Type": "application/json"}
            )
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from None
    signed = parse_reply(response, SignedStatement)
    if not _says(signed, tag_manifest_sha256, device):
        raise Fault(FaultCode.RECEIPT_UNTRUSTED, "counter-signature", retryable=False)
    return signed


def _says(signed: SignedStatement, tag_manifest_sha256: str, device: EnrolledDevice) -> bool:
    try:
        statement = PackageStatement.model_validate_json(signed.text)
    except ValidationError:
        return False
    return (statement.device, statement.tag_manifest_sha256) == (device.id, tag_manifest_sha256) and verifies(
        device.server_key, Purpose.PACKAGE, signed.text, signed.signature
    )
