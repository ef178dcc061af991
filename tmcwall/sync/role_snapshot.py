"""What every officer may, as the server says and signs it, and as a workstation reads it back."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, ValidationError

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Role, may_less
from tmcwall.sync.protocol import Message, Name, SignedRoles

_CONTEXT = b"tmcwall.roles/1\n"


class OfficerRoles(Message):
    nrp: Name
    role: Role
    units: tuple[str, ...] = ()
    disabled: bool = False


class RoleSnapshot(Message):
    issued_at: AwareDatetime
    """By the server's clock."""
    good_for_s: float
    """From when a workstation has received it, by its own clock: clocks may differ by days."""
    officers: tuple[OfficerRoles, ...]

    def of(self, nrp: str) -> OfficerRoles | None:
        return next((officer for officer in self.officers if officer.nrp == nrp), None)


def takes_more(before: RoleSnapshot, now: RoleSnapshot) -> bool:
    """Whether somebody is disabled, or has less, in the earlier one: the server may have lost that."""
    for said in before.officers:
        later = now.of(said.nrp)
        if later is None:
            continue
        if (said.disabled and not later.disabled) or may_less(said.role, than=later.role):
            return True
        if set(said.units) < set(later.units):
            return True
    return False


def sign(snapshot: RoleSnapshot, key: Ed25519PrivateKey) -> SignedRoles:
    text = snapshot.model_dump_json()
    return SignedRoles(
        text=text,
        signature=base64.b64encode(key.sign(_CONTEXT + text.encode())).decode(),
        key=base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    )


def verify(signed: SignedRoles, *, key: str) -> RoleSnapshot:
    """`key` is the server's, base64. Raises Fault(ROLES_UNTRUSTED) if it has not signed that, or it cannot be read."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public.verify(base64.b64decode(signed.signature, validate=True), _CONTEXT + signed.text.encode())
        return RoleSnapshot.model_validate_json(signed.text)
    except (InvalidSignature, ValidationError, ValueError, binascii.Error) as error:
        raise Fault(FaultCode.ROLES_UNTRUSTED, type(error).__name__, retryable=False) from None
