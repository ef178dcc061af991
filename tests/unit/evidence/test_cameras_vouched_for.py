"""Of a package's claims the one about the camera: what its signature says, and who vouches for it."""

import io
import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.evidence_packages import KEY, MADE_AT, SIGNERS, content_of, footage, pictures, source_of, write_clip
from tests.media_signer import CAMERA, ROOT, Signer, authority
from tmcwall.cli import main
from tmcwall.containers.mp4 import Mp4Writer, VideoFormat
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.evidence import bag, verify
from tmcwall.evidence.camera_authorities import authorities_of_file, authorities_of_folder
from tmcwall.evidence.camera_signature import SinceCamera
from tmcwall.evidence.original import copy_original
from tmcwall.evidence.package import make_package
from tmcwall.evidence.verification import ClaimState, Verdict, Verification
from tmcwall.evidence.verify import verify_package
from tmcwall.texts import Language, Translator
from tmcwall.texts.evidence import verification_lines

VECTORS = Path(os.environ.get("TMCWALL_TEST_VECTORS", "no-vectors")) / "media-signing"
FORMATS = {
    "h264": VideoFormat("h264", 640, 360, 90_000, (b"\x67\x64\x00\x1f\xac", b"\x68\xee\x3c\x80")),
    "hevc": VideoFormat("hevc", 640, 360, 90_000, (b"\x40\1vps", b"\x42\1sps", b"\x44\1pps")),
}


def signed_clip(path: Path, *, codec: str = "h264", lost: frozenset[int] = frozenset(), swapped: bool = False) -> Path:
    """As the recorder keeps what a camera has signed; pictures may have been lost or swapped on the way."""
    film = [unit for number, unit in enumerate(Signer(codec=codec).film()) if number not in lost]
    if swapped:
        film[10:13] = film[12:9:-1]
    with path.open("wb") as file:
        writer = Mp4Writer(file, FORMATS[codec])
        for number, unit in enumerate(film):
            payload = b"".join(b"\0\0\0\1" + nal for nal in unit.nal_units)
            writer.write(payload, pts=number * 9000, key=unit.nal_units[0][0] in {0x65, 0x26})
        writer.finish()
    return path


def package_of(folder: Path, *clips: Path) -> Path:
    content = content_of(*(source_of(clip, footage()) for clip in clips))
    return make_package(folder / "out", content, key=KEY, release=lambda _made: None).folder


def checked(package: Path, *trusted) -> Verification:
    return verify_package(package, signers=SIGNERS, now=MADE_AT, camera_authorities=trusted)


def test_what_a_camera_signed_is_unchanged_since_the_camera_with_its_chain(tmp_path: Path) -> None:
    found = checked(package_of(tmp_path, signed_clip(tmp_path / "klip.mp4")), ROOT[0])
    assert (found.verdict, found.claims.since_camera) == (Verdict.VALID, SinceCamera.UNCHANGED)
    (one,) = found.camera_signatures
    assert one.tracks[0].certificates[0].subject == "CN=Test camera"
    lines = verification_lines(found, Translator(Language.EN))
    claim = next(index for index, line in enumerate(lines) if line.startswith("unchanged since the camera: yes"))
    assert any("CN=Test camera" in line and "by CN=Test authority" in line for line in lines[claim + 1 :])


@pytest.mark.skipif(not (VECTORS / "ca.pem").is_file(), reason="TMCWALL_TEST_VECTORS does not lead to media-signing")
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("test_signed_h264", SinceCamera.UNCHANGED),
        ("test_signed_h265", SinceCamera.UNCHANGED),
        ("test_h264", SinceCamera.NOT_SIGNED),
        ("test_h265", SinceCamera.NOT_SIGNED),
    ],
)
def test_official_vectors_are_told_from_a_package(tmp_path: Path, name: str, answer: SinceCamera) -> None:
    found = checked(package_of(tmp_path, VECTORS / f"{name}.mp4"), *authorities_of_file(VECTORS / "ca.pem"))
    assert (found.verdict, found.claims.since_camera) == (Verdict.VALID, answer)


def test_a_package_is_as_good_as_its_worst_clip_and_each_is_told(tmp_path: Path) -> None:
    clips = (signed_clip(tmp_path / "a.mp4"), write_clip(tmp_path / "b.mp4", pictures(4)))
    found = checked(package_of(tmp_path, *clips), ROOT[0])
    assert found.claims.since_camera is SinceCamera.NOT_SIGNED
    assert [one.answer for one in found.camera_signatures] == [SinceCamera.UNCHANGED, SinceCamera.NOT_SIGNED]


def test_pictures_that_were_swapped_before_they_came_here_are_the_cameras_claim_alone(tmp_path: Path) -> None:
    found = checked(package_of(tmp_path, signed_clip(tmp_path / "klip.mp4", swapped=True)), ROOT[0])
    assert (found.verdict, found.claims.since_workstation) == (Verdict.VALID, ClaimState.HOLDS)
    assert found.claims.since_camera is SinceCamera.ALTERED
    assert any("first altered at second 1." in line for line in verification_lines(found, Translator(Language.EN)))


def test_pictures_that_were_lost_on_the_way_are_incomplete_since_the_camera(tmp_path: Path) -> None:
    found = checked(package_of(tmp_path, signed_clip(tmp_path / "klip.mp4", lost=frozenset({11}))), ROOT[0])
    assert found.claims.since_camera is SinceCamera.INCOMPLETE


@pytest.mark.parametrize("trusted", [(), (authority("Stranger")[0],)], ids=["nobody", "another"])
def test_a_camera_that_nobody_here_vouches_for_is_never_unchanged(tmp_path: Path, trusted: tuple) -> None:
    found = checked(package_of(tmp_path, signed_clip(tmp_path / "klip.mp4")), *trusted)
    assert found.claims.since_camera is SinceCamera.UNKNOWN_CAMERA


def test_a_container_that_was_altered_here_leaves_what_the_camera_says_of_its_pictures(tmp_path: Path) -> None:
    package = package_of(tmp_path, signed_clip(tmp_path / "klip.mp4"))
    (original,) = (package / bag.ORIGINALS).iterdir()
    original.write_bytes(original.read_bytes() + b"\0\0\0\x08free")
    found = checked(package, ROOT[0])
    assert found.verdict is Verdict.ALTERED
    assert (found.claims.since_workstation, found.claims.since_camera) == (ClaimState.BROKEN, SinceCamera.UNCHANGED)


def test_an_original_that_is_no_video_any_more_is_not_verified(tmp_path: Path) -> None:
    package = package_of(tmp_path, signed_clip(tmp_path / "klip.mp4"))
    (original,) = (package / bag.ORIGINALS).iterdir()
    original.write_bytes(original.read_bytes()[100:])
    assert checked(package, ROOT[0]).claims.since_camera is SinceCamera.NOT_VERIFIED


def test_without_authorities_to_ask_the_camera_is_not_looked_at(tmp_path: Path) -> None:
    package = package_of(tmp_path, signed_clip(tmp_path / "klip.mp4"))
    found = verify_package(package, signers=SIGNERS, now=MADE_AT)
    assert (found.claims.since_camera, found.camera_signatures) == (None, ())
    assert "unchanged since the camera: not checked" in verification_lines(found, Translator(Language.EN))


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_messages_of_a_camera_are_counted_as_its_clip_is_copied(tmp_path: Path, codec: str) -> None:
    sei = b"\x06" if codec == "h264" else b"\x4e\x01"
    messages = sum(nal.startswith(sei) for unit in Signer(codec=codec).film() for nal in unit.nal_units)
    with signed_clip(tmp_path / "klip.mp4", codec=codec).open("rb") as source:
        video = copy_original(source, io.BytesIO()).video
    assert video is not None
    assert [track.signing_messages for track in video.tracks] == [messages]


def test_a_clip_without_a_cameras_messages_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise AssertionError

    package = package_of(tmp_path, write_clip(tmp_path / "klip.mp4", pictures(4)))
    monkeypatch.setattr(verify, "camera_signature", refuse)
    assert checked(package, ROOT[0]).claims.since_camera is SinceCamera.NOT_SIGNED


def test_authorities_are_the_pem_files_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "camera-authorities"
    assert authorities_of_folder(folder) == ()
    folder.mkdir()
    pem = ROOT[0].public_bytes(Encoding.PEM)
    (folder / "pabrik.pem").write_bytes(pem + CAMERA[0].public_bytes(Encoding.PEM))
    (folder / "catatan.txt").write_text("bukan sertifikat")
    assert authorities_of_folder(folder) == (ROOT[0], CAMERA[0])


@pytest.mark.parametrize("content", [b"", b"bukan sertifikat", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pabrik.pem").write_bytes(content)
    for ask in (lambda: authorities_of_file(tmp_path / "pabrik.pem"), lambda: authorities_of_folder(tmp_path)):
        with pytest.raises(DomainError) as refused:
            ask()
        assert refused.value.code is DomainCode.CAMERA_AUTHORITIES_UNREADABLE


def verified(package: Path, data: Path, capfd, *words: str) -> tuple[int, str]:
    command = ["evidence", "verify", str(package), "--data-dir", str(data), "--json", *words]
    capfd.readouterr()
    code = main(command)
    return code, json.loads(capfd.readouterr().out)["claims"]["since_camera"]


def test_verify_asks_the_workstations_folder_or_the_file_that_is_named(tmp_path: Path, capfd) -> None:
    package, data = package_of(tmp_path, signed_clip(tmp_path / "klip.mp4")), tmp_path / "data"
    (data / "camera-authorities").mkdir(parents=True)
    (data / "allowed_signers").write_text(SIGNERS[0].line())
    assert verified(package, data, capfd) == (0, "unknown-camera")
    pem = tmp_path / "pabrik.pem"
    pem.write_bytes(ROOT[0].public_bytes(Encoding.PEM))
    assert verified(package, data, capfd, "--camera-ca", str(pem)) == (0, "unchanged")
    (data / "camera-authorities" / "pabrik.pem").write_bytes(pem.read_bytes())
    assert verified(package, data, capfd) == (0, "unchanged")
    (data / "allowed_signers").unlink()
    assert verified(package, data, capfd) == (3, "unchanged")
    assert main(["evidence", "verify", str(package), "--camera-ca", str(tmp_path / "tidak ada.pem")]) == 2
