"""The certificates that a camera sends with its signed video: who vouches for its key, and what that key signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

_MOST_CERTIFICATES: Final = 8
_LARGEST_RSA_BITS: Final = 8192
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class Provenance(StrEnum):
    """Whose key it is that signed, apart from what it signed."""

    NOT_FEASIBLE = "not-feasible"
    """No certificate came, or none that can be read."""
    NOT_OK = "not-ok"
    """The chain does not lead to a certificate that is trusted here, or was not valid at the time of the video."""
    FEASIBLE_WITHOUT_TRUSTED = "feasible-without-trusted"
    """The chain holds together, and nothing was given that it could lead to."""
    OK = "ok"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A certificate of the chain, for people to read."""

    subject: str
    issuer: str
    serial_number: str
    """Hexadecimal."""
    valid_from: datetime
    valid_until: datetime
    """UTC."""


class CertificateChain:
    """Certificates as a camera sent them, its own first."""

    def __init__(self, pem: bytes) -> None:
        """Raises ValueError for what is no chain of at most eight certificates with a key that is known here."""
        self.pem = pem
        try:
            self._certificates = x509.load_pem_x509_certificates(pem)
            if len(self._certificates) > _MOST_CERTIFICATES:
                raise ValueError("too many certificates")
            self._key = self._certificates[0].public_key()
            self.facts = tuple(map(_facts, self._certificates))
        except (UnsupportedAlgorithm, x509.InvalidVersion) as error:
            raise ValueError(str(error)) from error
        too_large = isinstance(self._key, rsa.RSAPublicKey) and self._key.key_size > _LARGEST_RSA_BITS
        if too_large or not isinstance(self._key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
            raise ValueError("a key that Media Signing does not use")

    def has_signed(self, digest: bytes, signature: bytes, *, hash_name: str) -> bool:
        """Whether the camera's key signed what has this digest: ECDSA, or RSA with PSS."""
        try:
            if isinstance(self._key, ec.EllipticCurvePublicKey):
                self._key.verify(signature, digest, ec.ECDSA(Prehashed(_HASHES[hash_name])))
            elif isinstance(self._key, rsa.RSAPublicKey):
                algorithm = _HASHES[hash_name]
                pss = padding.PSS(mgf=padding.MGF1(algorithm), salt_length=padding.PSS.AUTO)
                self._key.verify(signature, digest, pss, Prehashed(algorithm))
        except (InvalidSignature, ValueError):
            return False
        return True

    def provenance(
        self, trusted: Sequence[x509.Certificate], *, at: tuple[datetime, datetime] | None
    ) -> Provenance:  # fmt: skip
        """`at` is when the video is said to have been made, first and last picture; None where nobody says.

        Each certificate must be the next one's, and whoever issues must be allowed to: the key of one camera vouches
        for no other.
        """
        chain = self._certificates
        for issued, issuer in pairwise(chain):
            if not (may_issue(issuer) and is_issued_by(issued, issuer)):
                return Provenance.NOT_OK
        if at is not None and any(
            moment < one.not_valid_before_utc or moment > one.not_valid_after_utc for moment in at for one in chain
        ):
            return Provenance.NOT_OK
        if not trusted:
            return Provenance.FEASIBLE_WITHOUT_TRUSTED
        anchored = any(chain[-1] == anchor or is_issued_by(chain[-1], anchor) for anchor in trusted)
        return Provenance.OK if anchored else Provenance.NOT_OK


def _facts(certificate: x509.Certificate) -> CertificateFacts:
    return CertificateFacts(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial_number=f"{certificate.serial_number:x}",
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
    )


def is_issued_by(issued: x509.Certificate, issuer: x509.Certificate) -> bool:
    """By name and by signature; whether that one may issue at all is `may_issue`."""
    try:
        issued.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def may_issue(certificate: x509.Certificate) -> bool:
    """Whether it is an authority's."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return False
