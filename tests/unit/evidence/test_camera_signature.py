"""One answer about a clip out of what its camera's signature says."""

import io
from dataclasses import replace

import pytest

from tests.media_signer import ROOT, Signer, authority
from tmcwall.containers.mp4 import Mp4Writer, VideoFormat
from tmcwall.evidence.camera_signature import SinceCamera, answer_of, camera_signature
from tmcwall.evidence.media_signing import verify_media_signing
from tmcwall.evidence.signing_certificates import Provenance
from tmcwall.evidence.signing_findings import Authenticity

H264 = VideoFormat("h264", 640, 360, 90_000, (b"\x67\x64\x00\x1f\xac", b"\x68\xee\x3c\x80"))
HEVC = VideoFormat("hevc", 640, 360, 90_000, (b"\x40\1vps", b"\x42\1sps", b"\x44\1pps"))


def clip(*films) -> io.BytesIO:
    """Films one after the other, each in a track of its codec, as the recorder writes them."""
    file = io.BytesIO()
    writer = Mp4Writer(file, films[0][0])
    begins = 0
    for one, film in films:
        writer.describe(one)
        for unit in film:
            payload = b"".join(b"\0\0\0\1" + nal for nal in unit.nal_units)
            writer.write(payload, pts=begins + round(unit.at_s * 90_000), key=unit.nal_units[0][0] in {0x65, 0x26})
        begins += 10 * 90_000
    writer.finish()
    return file


def test_a_clip_that_the_recorder_wrote_is_unchanged_since_its_camera():
    found = camera_signature(clip((H264, Signer().film())), trusted=(ROOT[0],))
    assert (found.answer, len(found.tracks)) == (SinceCamera.UNCHANGED, 1)


def test_a_clip_of_two_codecs_is_as_good_as_the_worse_one():
    signed, other = Signer().film(), Signer(codec="hevc").film()
    altered = [*other[:10], *reversed(other[10:13]), *other[13:]]
    assert camera_signature(clip((H264, signed), (HEVC, other)), trusted=(ROOT[0],)).answer is SinceCamera.UNCHANGED
    found = camera_signature(clip((H264, signed), (HEVC, altered)), trusted=(ROOT[0],))
    assert (found.answer, len(found.tracks)) == (SinceCamera.ALTERED, 2)


@pytest.mark.parametrize("trusted", [(), (authority("Stranger")[0],)], ids=["nobody", "another"])
def test_a_camera_that_nobody_vouches_for_is_never_green(trusted):
    assert camera_signature(clip((H264, Signer().film())), trusted=trusted).answer is SinceCamera.UNKNOWN_CAMERA


@pytest.mark.parametrize(
    ("authenticity", "axis_signed", "answer"),
    [
        (Authenticity.OK, False, SinceCamera.UNCHANGED),
        (Authenticity.OK_WITH_MISSING_INFO, False, SinceCamera.INCOMPLETE),
        (Authenticity.NOT_OK, False, SinceCamera.ALTERED),
        (Authenticity.NOT_FEASIBLE, False, SinceCamera.NOT_VERIFIED),
        (Authenticity.VERSION_MISMATCH, False, SinceCamera.NOT_VERIFIED),
        (Authenticity.NOT_SIGNED, False, SinceCamera.NOT_SIGNED),
        (Authenticity.NOT_SIGNED, True, SinceCamera.NOT_VERIFIED),
    ],
)
def test_every_finding_has_its_answer(authenticity, axis_signed, answer):
    found = verify_media_signing(Signer().film(), "h264", trusted=(ROOT[0],))
    assert found.provenance is Provenance.OK
    assert answer_of(replace(found, authenticity=authenticity, axis_signed=axis_signed)) is answer
