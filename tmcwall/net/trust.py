"""Whom we believe to be a camera over TLS: who the office's authority vouches for, or whose certificate is known."""

from __future__ import annotations

import hashlib
import hmac
import re
import ssl
from pathlib import Path
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode

_NOT_HEXADECIMAL: Final = re.compile(r"[:\s]")


class Trust:
    """Makes the TLS side of connections. `ca_file` holds PEM certificates; without it the system's are believed."""

    def __init__(self, ca_file: Path | None = None) -> None:
        self._ca_file = ca_file
        self._by_authority: ssl.SSLContext | None = None
        self._by_fingerprint: ssl.SSLContext | None = None

    def context(self, fingerprint: str) -> ssl.SSLContext:
        """For a connection whose certificate must have that fingerprint; or, with none, be vouched for.

        Raises Fault(TLS_UNTRUSTED) where the authorities cannot be read.
        """
        if fingerprint:
            if self._by_fingerprint is None:
                self._by_fingerprint = ssl.create_default_context()
                self._by_fingerprint.check_hostname = False
                self._by_fingerprint.verify_mode = ssl.CERT_NONE
            return self._by_fingerprint
        if self._by_authority is None:
            try:
                self._by_authority = ssl.create_default_context(cafile=self._ca_file)
            except OSError as error:
                raise Fault(FaultCode.TLS_UNTRUSTED, "the file of authorities cannot be read") from error
        return self._by_authority


def check_certificate(certificate: bytes | None, fingerprint: str) -> None:
    """Whether a DER certificate is the one that is known. Raises Fault(TLS_UNTRUSTED) with the one it has."""
    found = hashlib.sha256(certificate or b"").hexdigest()
    if not hmac.compare_digest(found, normal(fingerprint)):
        raise Fault(
            FaultCode.TLS_UNTRUSTED, f"the certificate has changed: its SHA-256 fingerprint is {found}", retryable=False
        )


def normal(fingerprint: str) -> str:
    """As tools print it or not: lower case, without colons and spaces."""
    return _NOT_HEXADECIMAL.sub("", fingerprint).lower()
