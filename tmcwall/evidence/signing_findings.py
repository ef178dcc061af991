"""What a check of a camera's signature finds, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tmcwall.evidence.signing_certificates import CertificateFacts, Provenance
from tmcwall.evidence.signing_message import Vendor


class Authenticity(StrEnum):
    """What the signatures say of the pictures, apart from whose they are."""

    NOT_SIGNED = "not-signed"
    NOT_FEASIBLE = "not-feasible"
    """Signed, but no signature could be held against pictures: no key came, or no whole GOP with its signature."""
    NOT_OK = "not-ok"
    OK_WITH_MISSING_INFO = "ok-with-missing-info"
    """What is there is as it was signed; some pictures are not there, or of a kind that is not protected."""
    OK = "ok"
    VERSION_MISMATCH = "version-mismatch"
    """Signed by rules that are later than ours."""


class FindingKind(StrEnum):
    ALTERED = "altered"
    """Units that were not signed: changed, or put in."""
    OUT_OF_ORDER = "out-of-order"
    """A GOP does not follow the one it was signed to follow: moved, or what was between is gone."""
    BEGINS_ANEW = "begins-anew"
    """The camera began to sign anew; what was between nobody can say."""
    SIGNATURE_WRONG = "signature-wrong"
    SIGNATURE_LOST = "signature-lost"
    """Pictures whose message is not there."""
    UNREADABLE = "unreadable"
    """A message that is damaged."""
    KEY_CHANGED = "key-changed"
    MISSING = "missing"
    """Units that were signed and are not there."""
    UNPROTECTED = "unprotected"
    """Slices of a kind that Media Signing does not hash, or before the first key picture."""


HARMLESS: Final = frozenset({FindingKind.MISSING, FindingKind.UNPROTECTED})


@dataclass(frozen=True, slots=True)
class Finding:
    kind: FindingKind
    at_s: float
    units: int
    """How many NAL units, as far as that is known."""


@dataclass(frozen=True, slots=True)
class MediaSigningResult:
    """What was found. Green is only `authenticity` OK and `provenance` OK together."""

    authenticity: Authenticity
    provenance: Provenance
    certificates: tuple[CertificateFacts, ...]
    """The camera's own first."""
    findings: tuple[Finding, ...]
    """In order of time, the first hundred."""
    verified_from_s: float | None
    verified_until_s: float | None
    """First and last picture that a signature holds for; a clip ends with some that no signature has reached yet."""
    units_verified: int
    units_pending: int
    signed_from: datetime | None
    signed_until: datetime | None
    """By the camera's clock, in UTC; None where that was not set."""
    vendor: Vendor | None
    axis_signed: bool
    """Whether there are messages of Axis Signed Video, which is recognised and not verified here."""

    @property
    def first_altered_s(self) -> float | None:
        return min((one.at_s for one in self.findings if one.kind not in HARMLESS), default=None)
