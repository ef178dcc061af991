"""One answer about a clip: is it unchanged since its camera signed it? Of the claims of a package only that one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

from cryptography import x509

from tmcwall.containers.mp4_reader import Mp4Reader
from tmcwall.evidence.media_signing import access_units, verify_media_signing
from tmcwall.evidence.signing_certificates import Provenance
from tmcwall.evidence.signing_findings import Authenticity, MediaSigningResult


class SinceCamera(StrEnum):
    """From what says least to what says most against a clip, but for the first."""

    UNCHANGED = "unchanged"
    """All that a signature has reached is as the camera signed it, and the camera is vouched for here."""
    NOT_SIGNED = "not-signed"
    NOT_VERIFIED = "not-verified"
    """Signed by the camera, not verified here: by another scheme or later rules, or its messages cannot be used."""
    UNKNOWN_CAMERA = "unknown-camera"
    """It fits the signature, but nobody here vouches for the key: anybody may have made it."""
    INCOMPLETE = "incomplete"
    """What is there is as it was signed; some of it is not there, or of a kind that is not protected."""
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class CameraSignature:
    answer: SinceCamera
    tracks: tuple[MediaSigningResult, ...]
    """What was found in each track: a clip has one for each codec that its camera sent."""


_ORDER: Final = tuple(SinceCamera)


def worst_of(answers: Iterable[SinceCamera]) -> SinceCamera | None:
    """What is said of several clips together; None of none."""
    return max(answers, key=_ORDER.index, default=None)


def camera_signature(file: BinaryIO, *, trusted: Sequence[x509.Certificate]) -> CameraSignature:
    """Of an original clip, which is read once. A clip with several tracks is as good as the worst of them.

    Raises Fault(FILE_UNREADABLE, NO_VIDEO, CODEC_UNSUPPORTED).
    """
    reader = Mp4Reader(file)
    tracks = tuple(
        verify_media_signing(access_units(reader, track), track.entries[0].codec, trusted=trusted)
        for track in reader.tracks
    )
    return CameraSignature(max(map(answer_of, tracks), key=_ORDER.index), tracks)


def answer_of(found: MediaSigningResult) -> SinceCamera:
    match found.authenticity:
        case Authenticity.NOT_OK:
            return SinceCamera.ALTERED
        case Authenticity.NOT_SIGNED:
            return SinceCamera.NOT_VERIFIED if found.axis_signed else SinceCamera.NOT_SIGNED
        case Authenticity.NOT_FEASIBLE | Authenticity.VERSION_MISMATCH:
            return SinceCamera.NOT_VERIFIED
        case Authenticity.OK_WITH_MISSING_INFO if found.provenance is Provenance.OK:
            return SinceCamera.INCOMPLETE
        case Authenticity.OK if found.provenance is Provenance.OK:
            return SinceCamera.UNCHANGED
        case _:
            return SinceCamera.UNKNOWN_CAMERA
