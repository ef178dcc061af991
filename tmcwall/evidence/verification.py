"""What a check of an evidence package found, and what follows from it: verdict, exit code and the claims."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tmcwall.evidence.camera_signature import SinceCamera
from tmcwall.evidence.record import GapRecord, Moment
from tmcwall.evidence.server_receipt import ReceiptStanding
from tmcwall.evidence.signing_findings import MediaSigningResult


class Verdict(StrEnum):
    VALID = "valid"
    ALTERED = "altered"
    INCOMPLETE = "incomplete"
    """A file of the package is missing; or footage is missing in the asked range, which its record says (E10)."""
    UNKNOWN_KEY = "unknown_key"
    """Nothing was altered since it was signed, and nobody knows by whom."""
    CANNOT_CHECK = "cannot_check"


EXIT_CODES: Final = {
    Verdict.VALID: 0,
    Verdict.ALTERED: 1,
    Verdict.INCOMPLETE: 2,
    Verdict.UNKNOWN_KEY: 3,
    Verdict.CANNOT_CHECK: 4,
}


class KeyStanding(StrEnum):
    KNOWN = "known"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    """It counted once and does not any more. That the package is older than that, only the package itself says."""
    NOT_CHECKED = "not_checked"


class ClaimState(StrEnum):
    """Of a claim. They are never mixed: one that holds says nothing of the others."""

    HOLDS = "holds"
    BROKEN = "broken"
    NOT_MADE = "not_made"
    """Nothing in the package speaks for it."""
    NOT_CHECKED = "not_checked"
    """It could not be looked at, or not all that it rests on is known."""


@dataclass(frozen=True, slots=True)
class Claims:
    since_workstation: ClaimState
    """Unchanged since this workstation received it."""
    since_recorder: ClaimState
    """Unchanged since the recorder handed it over."""
    since_camera: SinceCamera | None
    """Unchanged since the camera signed it: of all originals that are there the worst answer; None: not looked at."""
    existed_before: ClaimState
    """It existed before the moment of a time stamp."""
    seen_by_server: ClaimState = ClaimState.NOT_MADE
    """It existed when the central server counter-signed it: by the word of the station's own server."""


@dataclass(frozen=True, slots=True)
class AlteredPart:
    """A file that is not what was signed. Of a video whose record is whole: since which second, counted from 0."""

    path: str
    first_altered_second: int | None = None
    first_altered_at: Moment | None = None
    """About when that second arrived: pictures are counted by the camera's clock, and moments by the workstation's."""
    pictures_unchanged: bool = False
    """Only the container is another: all NAL units are there, in order, bit for bit."""


@dataclass(frozen=True, slots=True)
class OriginalSignature:
    """What an original's own camera has signed. No tracks: nothing is signed, or the file cannot be read as a video."""

    file: str
    answer: SinceCamera
    tracks: tuple[MediaSigningResult, ...] = ()


@dataclass(frozen=True, slots=True)
class StampedAt:
    """What a time stamp beside the signature says. Not vouched for: anybody can have made it."""

    at: Moment
    authority: str
    vouched_for: bool


@dataclass(frozen=True, slots=True)
class CounterSignedAt:
    """What a counter-signature says. Of a server that is not known here: anybody can have made it."""

    at: Moment
    device: str
    server_known: bool


@dataclass(frozen=True, slots=True)
class FootageGap:
    """A gap that the record of a clip admits."""

    file: str
    gap: GapRecord


@dataclass(frozen=True, slots=True)
class SignedBy:
    standing: KeyStanding
    fingerprint: str
    spoken: str
    principal: str = ""
    """As the list of known signers names it; empty for a key that is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    format: str = "tmcwall.evidence-verification/1"
    verdict: Verdict
    package: str
    problem: str = ""
    """Of CANNOT_CHECK: what was in the way."""
    signed_by: SignedBy | None = None
    altered: tuple[AlteredPart, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    """Files under `data` that no manifest names."""
    beside: tuple[str, ...] = ()
    """Files beside `data` that are no part of the package: said, and otherwise without effect."""
    gaps: tuple[FootageGap, ...] = ()
    camera_signatures: tuple[OriginalSignature, ...] = ()
    time_stamp: StampedAt | None = None
    time_stamp_missing: bool = False
    """One was asked for when the package was made, and none is here: it did not come, or was taken away."""
    counter_signature: CounterSignedAt | None = None
    counter_signature_missing: bool = False
    """As with the time stamp: the server was asked, and there is none."""
    receipted_rows: int | None = None
    """So many rows of custody a server had signed when the package was made, as the package says it."""
    receipted_at: Moment | None = None
    receipt: ReceiptStanding | None = None
    """Whether a server has said so; None: there is no receipt, or the record that tells of it cannot be read."""
    originals: int = 0
    lp: str = ""
    officer: str = ""
    made_at: Moment | None = None
    """As the package says it."""
    claims: Claims
