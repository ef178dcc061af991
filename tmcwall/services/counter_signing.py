"""Asks the central server to counter-sign an evidence package, as the workstation that it knows."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Protocol

from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.evidence.counter_signature import CounterSignedBy, KeptCounterSignature
from tmcwall.sync.counter_signature import counter_sign
from tmcwall.sync.enrolment import EnrolledDevice


class Identity(Protocol):
    """`services.device_identity.DeviceIdentity`."""

    def current(self) -> EnrolledDevice: ...


def counter_signed_by(identity: Identity, server_url: str) -> CounterSignedBy:
    """By the server that this workstation is enrolled with. Waits: not for the GUI thread."""
    return partial(_counter_signed, identity, server_url)


def _counter_signed(identity: Identity, server_url: str, tag_manifest: bytes) -> bytes:
    """Raises Fault: DEVICE_NOT_ENROLLED where there is no server at all."""
    device = identity.current()
    digest = hashlib.sha256(tag_manifest).hexdigest()
    try:
        signed = counter_sign(server_url, digest, device=device)
    except DomainError as error:
        raise Fault(FaultCode.SERVER_UNREACHABLE, error.code, retryable=False) from error
    return KeptCounterSignature(signed.text, signed.signature, device.server_key).encoded()
