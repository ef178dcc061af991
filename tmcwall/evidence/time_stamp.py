"""Time stamps by an authority (RFC 3161): what is asked of it, and what its answer proves, without a network.

The answer is kept in one form: granted, without remarks, with the certificates that lead from the authority's key up to
its root. Nothing else may stand in it, so that no bit of what is kept is without meaning.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from tmcwall.evidence.signing_certificates import is_issued_by, may_issue

LARGEST_ANSWER: Final = 64 * 1024
_MOST_CERTIFICATES: Final = 8
_NONCE_BITS: Final = 63
_SET: Final = b"\x31"
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}

_MALFORMED: Final = (
    ValueError, TypeError, LookupError, AttributeError, OverflowError,
    InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion,
)  # fmt: skip
"""What asn1crypto and cryptography raise of bytes that are not what they should be: a field may be of any kind then."""


class TimeStampMalformed(ValueError):
    """It is no time stamp of what it should be of, was altered, or is written otherwise than it is kept here."""


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """What an authority says: the message existed at that moment. Whether it may be believed says `is_vouched_for`."""

    at: datetime
    authority: str
    """As its certificate names it."""
    chain: tuple[x509.Certificate, ...]
    """The authority's certificate, and those above it that were sent."""

    def is_vouched_for(self, trusted: Sequence[x509.Certificate]) -> bool:
        """Whether the chain leads to one of these, was valid at that moment, and its key is for time stamps alone."""
        if not all(_may_issue_and_did(issued, issuer) for issued, issuer in pairwise(self.chain)):
            return False
        if any(not one.not_valid_before_utc <= self.at <= one.not_valid_after_utc for one in self.chain):
            return False
        last = self.chain[-1]
        return _is_for_time_stamps(self.chain[0]) and any(
            last == anchor or _may_issue_and_did(last, anchor) for anchor in trusted
        )


@dataclass(frozen=True, slots=True)
class TimeStampRequest:
    """What is sent to an authority: the SHA-256 of a message, and a number by which its answer is known."""

    message: bytes
    nonce: int

    @classmethod
    def of(cls, message: bytes) -> TimeStampRequest:
        return cls(message, secrets.randbits(_NONCE_BITS) | 1)

    def encoded(self) -> bytes:
        imprint = tsp.MessageImprint(
            {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "hashed_message": hashlib.sha256(self.message).digest(),
            }
        )
        request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": self.nonce, "cert_req": True})
        return bytes(request.dump())

    def kept(self, answer: bytes) -> bytes:
        """The answer to this request, in the form that `read_time_stamp` reads. Raises TimeStampMalformed."""
        try:
            response = tsp.TimeStampResp.load(answer, strict=True)
            status = response["status"]["status"].native
            _demand(status in {"granted", "granted_with_mods"}, f"not granted: {status}")
            parts = _Parts.of(response)
            _demand(parts.said["nonce"].native == self.nonce, "an answer to another request")
            kept = parts.written()
        except _MALFORMED as error:
            raise TimeStampMalformed(str(error)) from error
        read_time_stamp(kept, message=self.message)
        return kept


def read_time_stamp(kept: bytes, *, message: bytes) -> TimeStamp:
    """Raises TimeStampMalformed for whatever is not a time stamp of these bytes, in the form that is kept."""
    if len(kept) > LARGEST_ANSWER:
        raise TimeStampMalformed("too large")
    try:
        return _read(kept, message)
    except TimeStampMalformed:
        raise
    except _MALFORMED as error:
        raise TimeStampMalformed(f"{type(error).__name__}: {error}") from error


def _read(kept: bytes, message: bytes) -> TimeStamp:
    parts = _Parts.of(tsp.TimeStampResp.load(kept, strict=True))
    _demand(parts.written() == kept, "not as it is kept")
    parts.check()
    imprint = parts.said["message_imprint"]
    _demand(imprint["hash_algorithm"]["algorithm"].native == "sha256", "a hash that is not used here")
    _demand(imprint["hashed_message"].native == hashlib.sha256(message).digest(), "of something else")
    chain = parts.chain
    return TimeStamp(parts.said["gen_time"].native, chain[0].subject.rfc4514_string(), chain)


def _demand(holds: bool, what: str) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise TimeStampMalformed(what)


def _chain_of(signed: Any) -> list[bytes]:  # noqa: ANN401 - asn1crypto says no types
    """The signer's certificate and those above it that are there, without a root that signed itself."""
    signer = signed["signer_infos"][0]["sid"].chosen
    there = [choice.chosen for choice in signed["certificates"] if isinstance(choice.chosen, asn1_x509.Certificate)]
    found = [
        one
        for one in there
        if one.issuer.dump() == signer["issuer"].dump() and one.serial_number == signer["serial_number"].native
    ]
    if not found:
        raise TimeStampMalformed("without the authority's certificate")
    chain = [found[0]]
    while len(chain) < _MOST_CERTIFICATES:
        above = [one for one in there if one.subject.dump() == chain[-1].issuer.dump() and one not in chain]
        if not above or above[0].issuer.dump() == above[0].subject.dump():
            break
        chain.append(above[0])
    return [bytes(one.dump()) for one in chain]


@dataclass(frozen=True, slots=True)
class _Parts:
    """All that an answer consists of: each is signed, or signs. What else it held is gone when it is written."""

    digest: str
    content: bytes
    attributes: bytes
    """DER, with the tag that they have in a signer's information."""
    signature: bytes
    certificates: tuple[bytes, ...]
    """The signer's first."""

    @classmethod
    def of(cls, response: Any) -> _Parts:  # noqa: ANN401 - as above
        signed = response["time_stamp_token"]["content"]
        _demand(len(signed["signer_infos"]) == 1, "no time stamp")
        signer = signed["signer_infos"][0]
        digest = signer["digest_algorithm"]["algorithm"].native
        _demand(digest in _HASHES, "a hash that is not used here")
        content = signed["encap_content_info"]["content"].contents
        attributes, signature = signer["signed_attrs"].dump(), signer["signature"].native
        return cls(digest, content, attributes, signature, tuple(_chain_of(signed)))

    @property
    def said(self) -> Any:  # noqa: ANN401 - as above
        return tsp.TSTInfo.load(self.content, strict=True)

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return tuple(map(x509.load_der_x509_certificate, self.certificates))

    def written(self) -> bytes:
        """In the one form."""
        own = asn1_x509.Certificate.load(self.certificates[0])
        is_rsa = isinstance(self.chain[0].public_key(), rsa.RSAPublicKey)
        digest = cms.DigestAlgorithm({"algorithm": self.digest})
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    "issuer_and_serial_number",
                    cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number}),
                ),
                "digest_algorithm": digest,
                "signed_attrs": cms.CMSAttributes.load(_SET + self.attributes[1:]),
                "signature_algorithm": {"algorithm": "rsassa_pkcs1v15" if is_rsa else f"{self.digest}_ecdsa"},
                "signature": self.signature,
            }
        )
        certificates = [
            cms.CertificateChoices("certificate", asn1_x509.Certificate.load(one)) for one in self.certificates
        ]
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [digest],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(self.content)},
                "certificates": certificates,
                "signer_infos": [signer],
            }
        )
        token = {"content_type": "signed_data", "content": signed}
        return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())

    def check(self) -> None:
        """That the first certificate's key signed this content, and meant this certificate (RFC 5816)."""
        certificate = self.chain[0]
        said = cms.CMSAttributes.load(_SET + self.attributes[1:], strict=True)
        attributes = {one["type"].native: one["values"] for one in said}
        _demand(len(attributes) == len(said), "an attribute twice")
        _demand(attributes["content_type"][0].native == "tst_info", "another content")
        digest = hashlib.new(self.digest, self.content).digest()
        _demand(attributes["message_digest"][0].native == digest, "another content")
        if "signing_certificate_v2" in attributes:
            named = attributes["signing_certificate_v2"][0]["certs"][0]
            how = named["hash_algorithm"]["algorithm"].native
            _demand(how in _HASHES, "a hash that is not used here")
            _demand(named["cert_hash"].native == certificate.fingerprint(_HASHES[how]), "another certificate")
        else:
            named = attributes["signing_certificate"][0]["certs"][0]
            _demand(named["cert_hash"].native == certificate.fingerprint(hashes.SHA1()), "another certificate")  # noqa: S303
        self._check_signature(certificate)

    def _check_signature(self, certificate: x509.Certificate) -> None:
        signed = _SET + self.attributes[1:]  # RFC 5652, 5.4
        key, algorithm = certificate.public_key(), _HASHES[self.digest]
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(self.signature, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(self.signature, signed, ec.ECDSA(algorithm))
        else:
            raise TimeStampMalformed("a key that is not used here")


def _may_issue_and_did(issued: x509.Certificate, issuer: x509.Certificate) -> bool:
    return may_issue(issuer) and is_issued_by(issued, issuer)


def _is_for_time_stamps(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return False
    return usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
